"""What each person approved alone, in the table: of a payment and on a day, one number each.

They are counted in the transaction of the approval, so that no two approvals take the same room.
"""

from datetime import datetime
from typing import Any

from kassa.ledger.items import partition
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.refunds import keys as refund_keys
from kassa.refunds.decision.lone_approvals import LoneCount, LoneSums, day_of_share
from kassa.refunds.items import counted
from kassa.refunds.request.request import RefundRequest


def read(request: RefundRequest, person: str, at: datetime) -> LoneSums:
    """Return what a person approved alone, of a request's payment and that day; consistently."""
    sum_keys = _keys(request, person, day_of_share(at))
    found = table.get_all(list(sum_keys))
    return LoneSums(*(int(found.get(key, {}).get("approved_minor", 0)) for key in sum_keys))


def counts(request: RefundRequest, count: LoneCount) -> list[dict[str, Any]]:
    """Return what counts a person's approval for them alone, or gives it back."""
    sum_keys = _keys(request, count.share.person, count.share.day)
    return [
        {"Update": counted(key, count.added_minor, limit_minor)}
        for key, limit_minor in zip(sum_keys, count.limits, strict=True)
    ]


def _keys(request: RefundRequest, person: str, day: str) -> tuple[Key, Key]:
    """Return where a person's sums stand: of a request's payment, and of a day."""
    merchant_id, currency = request.merchant_id, request.amount.currency
    of_payment = partition(request.payment)
    return (
        refund_keys.person_payment(merchant_id, of_payment, currency, person),
        refund_keys.person_day(merchant_id, day, currency, person),
    )
