"""What is planted: every anomaly's own record, by which alarms are counted."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from kassa.core.facts import Fact


class Kind(StrEnum):
    """What can be wrong with a shop's payments."""

    DUPLICATE_PAYMENT = "duplicate_payment"  # one customer and amount, a short gap
    FAILED_THEN_SUCCESS = "failed_then_success"  # many declines of a payment, then a capture
    CARD_TESTING = "card_testing"  # many small attempts of strangers, nearly all declined
    VELOCITY = "velocity"  # one customer pays again and again within the hour
    UNUSUAL_FOR_CUSTOMER = "unusual_for_customer"  # a regular pays twenty times what they do
    UNUSUAL_FOR_HOUR = "unusual_for_hour"  # the night sells as the evening does
    CAPTURED_WITHOUT_PAYOUT = "captured_without_payout"  # no balance transaction ever came
    INVOICE_WITHOUT_PAYMENT = "invoice_without_payment"  # months after it was issued
    FEE_DRIFT = "fee_drift"  # an account charges more than its contract for some weeks
    SILENT_GATEWAY = "silent_gateway"  # an account says nothing at all for two days
    REFUND_BURST = "refund_burst"  # a day's worth of refunds within two hours
    DISPUTE_RATIO = "dispute_ratio"  # a month of an account's cards is disputed above limits
    METHOD_FAILURES = "method_failures"  # a method fails several times as often for a week
    SALE_DAY = "sale_day"  # expected: an alarm of it is neither due nor false

    @property
    def is_wrong(self) -> bool:
        """Tell whether an alarm is due."""
        return self is not Kind.SALE_DAY


class Planted(NamedTuple):
    """One planted anomaly: when, whose, and the events behind it."""

    kind: Kind
    begins_at: datetime  # of its first event
    ends_at: datetime  # of its last one, or when the shop is well again
    gateway: str
    account: str
    currency: str
    amount_minor: int  # at stake
    subject_ids: tuple[str, ...]  # payments, or invoices
    event_ids: tuple[str, ...]
    method: str | None = None
    brand: str | None = None
    customer_id: str | None = None


def planted(kind: Kind, facts: Sequence[Fact], amount_minor: int, **more: object) -> Planted:
    """Return the record of what these facts show; `more` says what they don't."""
    first = facts[0]
    known: dict[str, object] = {
        "begins_at": min(one.metadata.booked_at for one in facts),
        "ends_at": max(one.metadata.booked_at for one in facts),
        "gateway": first.metadata.gateway,
        "account": first.metadata.account,
        "currency": first.data.amount.currency,
        "subject_ids": tuple(dict.fromkeys(one.metadata.subject_id for one in facts)),
        "event_ids": tuple(one.metadata.event_id for one in facts),
    }
    return Planted(kind=kind, amount_minor=amount_minor, **(known | more))  # type: ignore[arg-type]
