"""Ask a gateway for a refund, or look for one that was asked for; every outcome is written down.

That it is asked is noted before the call, on what was read of the request and of its payment. A
crash in between leaves a request that may be with the gateway: it is looked up before anything
else. No answer is no failure: the outcome is unknown until the gateway tells it.
"""

from datetime import timedelta

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import dispatch as calls
from kassa.gateways.refunds import GatewayRefund, RefundAsk
from kassa.ledger.state import SubjectState
from kassa.platform import clock
from kassa.platform.telemetry import count, logger
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import (
    GATEWAY,
    Change,
    RefundLife,
    Step,
    Why,
    accepted,
    asked,
    escalated,
)
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests

# When what isn't known yet is looked up again; ten tries stay within any gateway's memory.
_AGAIN_MINUTES = (5, 15, 30, 60, 120, 180)


def ask_for_refund(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> RefundLife:
    """Note that the gateway is asked, ask it, and note what it answered.

    Raises StaleWrite where the request or its payment moved on meanwhile, ApprovalVoid where who
    approved it may not approve any more.
    """
    request, now = case.request, clock.now()
    life = asked(case.life, now, now + again_in(case.life.attempts))
    requests.keep_asked(case, life, payment)
    try:
        made = calls.refund(ask_of(case))
    except GatewayUnavailable as error:
        count("RefundUnknown")
        logger.warning("refund outcome unknown", reason=str(error))
        return life
    except GatewayRefused as error:
        after = _refused(life, str(error), request.merchant_id)
    else:
        after = accepted(life, clock.now(), made.refund_id)
    requests.keep(life, after)
    return after


def look_for_refund(case: RefundCase) -> GatewayRefund | None:
    """Look for the refund of an ask at the gateway; raise GatewayUnavailable if it is silent."""
    return calls.find_refund(ask_of(case))


def again_in(attempts: int) -> timedelta:
    """Return how long to wait before an outcome that isn't known is looked up again."""
    return timedelta(minutes=_AGAIN_MINUTES[min(attempts, len(_AGAIN_MINUTES) - 1)])


def ask_of(case: RefundCase) -> RefundAsk:
    """Return a case's refund as its gateway is asked for it, in the same words every time."""
    request, life = case.request, case.life
    amount = request.amount.model_copy(update={"amount_minor": life.approved_minor})
    return RefundAsk(payment=request.payment, asked=life.ask_id, amount=amount)


def _refused(life: RefundLife, reason: str, merchant_id: str) -> RefundLife:
    """Hand to a person what the gateway refused: nothing was paid, what it held is released."""
    change = Change(
        step=Step.ESCALATED,
        at=clock.now(),
        by=GATEWAY,
        why=f"{Why.REFUSED}:{reason}",
        amount_minor=life.approved_minor,
    )
    policy = Policies(merchant_id).active(clock.now())
    return escalated(life, change, policy, is_over=True)
