"""Submit a refund to a gateway, or look for one submitted before; every outcome is written down.

That it is submitted is noted before the call, on what was read of the request and of its payment. A
crash in between leaves a request that may be with the gateway: it is looked up before anything
else. No answer is no failure: the outcome is unknown until the gateway reports it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from kassa.core.errors import GatewayRefused, GatewayUnavailable, StaleWrite
from kassa.gateways import dispatch
from kassa.gateways.submissions import GatewayRefund
from kassa.ledger.state import SubjectState
from kassa.platform import clock
from kassa.platform.telemetry import count, logger
from kassa.refunds.lifecycle.cases import RefundCase, submission_of
from kassa.refunds.lifecycle.lifecycle import (
    GATEWAY,
    Change,
    RefundLifecycle,
    Step,
    Why,
    accepted,
    escalated,
    submitted,
)
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests

# When what isn't known yet is looked up again; ten tries stay within any gateway's memory.
_AGAIN_MINUTES = (5, 15, 30, 60, 120, 180)


def submit_refund(
    case: RefundCase,
    payment: SubjectState,
    relied: Sequence[SubjectState],
    requests: RefundRequests,
) -> None:
    """Note that the refund is submitted, submit it, and note what the gateway answered.

    Raises StaleWrite where the request or a payment moved on meanwhile, ApprovalVoid where who
    approved it may not approve any more.
    """
    request, now = case.request, clock.now()
    lifecycle = submitted(case.lifecycle, now, now + again_in(case.lifecycle.attempts))
    requests.keep_submitted(case, lifecycle, payment, relied)
    try:
        made = dispatch.refund(submission_of(case))
    except GatewayUnavailable as error:
        count("RefundUnknown")
        logger.warning("refund outcome unknown", reason=str(error))
    except GatewayRefused as error:
        reason = str(error)
        _keep(lifecycle, requests, lambda one: _refused(one, reason, request.merchant_id))
    else:
        _keep(lifecycle, requests, lambda one: accepted(one, clock.now(), made.refund_id))


def _keep(
    lifecycle: RefundLifecycle,
    requests: RefundRequests,
    answered: Callable[[RefundLifecycle], RefundLifecycle],
) -> None:
    """Write the gateway's answer, also where the submission was published meanwhile.

    Whoever is woken beside us notes that, which changes nothing of what was submitted; were the
    answer dropped for it, it would be looked up only minutes later. Raises StaleWrite where the
    request moved on.
    """
    try:
        requests.keep(lifecycle, answered(lifecycle))
    except StaleWrite:
        newer = requests.named(lifecycle.refund_request_id).lifecycle
        if newer.changes != lifecycle.changes:
            raise
        requests.keep(newer, answered(newer))


def look_for_refund(case: RefundCase) -> GatewayRefund | None:
    """Look for a submission's refund at the gateway; raise GatewayUnavailable if it is silent."""
    return dispatch.find_refund(submission_of(case))


def again_in(attempts: int) -> timedelta:
    """Return how long to wait before an outcome that isn't known is looked up again."""
    return timedelta(minutes=_AGAIN_MINUTES[min(attempts, len(_AGAIN_MINUTES) - 1)])


def _refused(lifecycle: RefundLifecycle, reason: str, merchant_id: str) -> RefundLifecycle:
    """Hand to a person what the gateway refused: nothing was paid, what it held is released."""
    change = Change(
        step=Step.ESCALATED,
        at=clock.now(),
        by=GATEWAY,
        why=f"{Why.REFUSED}:{reason}",
        amount_minor=lifecycle.approved_minor,
    )
    policy = Policies(merchant_id).active(clock.now())
    return escalated(lifecycle, change, policy, is_over=True)
