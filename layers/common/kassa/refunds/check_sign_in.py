"""Check that a refund is asked for by a sign-in of just now, where it is a large one.

The API's callers show their key with every request; so only the console asks.
"""

from kassa.core.callers import Caller, require_fresh
from kassa.core.money import Money
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.decision.lone_approvals import require_fresh_over
from kassa.refunds.policy.store import Policies
from kassa.refunds.request.body import RefundRequestBody


def check_sign_in(caller: Caller, request_body: RefundRequestBody) -> None:
    """Raise SignInTooOld for more than one person may approve alone, by an old sign-in.

    A request that names no amount is for all that is left, which may be a lot.
    """
    now, currency = clock.now(), request_body.currency
    if request_body.amount_minor is None or currency is None:
        require_fresh(caller, now)
        return
    amount = Money(amount_minor=request_body.amount_minor, currency=currency)
    require_fresh_over(Policies(settings().merchant_id).active(now), amount, caller, now)
