"""Decide a refund request at once, and keep it with its receipt and the headroom it takes.

Whose payment, was the claim made before, what is left of the payment, what does the policy say,
what do the limits in code say: in that order. One transaction keeps the answer; then it is
enqueued. What the queue doesn't take stands on the work queue and is found by watch_gateways.
"""

from kassa.core.callers import Caller
from kassa.core.errors import ClaimTaken, LimitReached
from kassa.core.money import spelled
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import count_by, logger
from kassa.refunds.check_gateway_refunds import check_gateway_refunds
from kassa.refunds.find_payment import meant_by
from kassa.refunds.lifecycle.cases import RefundCase, RequestedRefund
from kassa.refunds.paying import wake_up
from kassa.refunds.request.body import RefundRequestBody, with_claim
from kassa.refunds.request.request import DERIVED, NOT_COVERED, Relied, refund_request_id
from kassa.refunds.store import RefundRequests
from kassa.refunds.weigh_refund import weigh_refund

RESERVE_S = 2.0  # kept back for enqueueing and answering


def approve_refund(
    request_body: RefundRequestBody,
    caller: Caller,
    requests: RefundRequests,
    time_left_s: TimeLeft,
    relies_on: Relied = (),
) -> RequestedRefund:
    """Decide what a caller wants; a claim made before is answered with what was decided then.

    `relies_on`: other payments that must still be whole, then and when it is submitted, or a person
    decides.

    Raises PaymentNotFound, InvalidRequest and OverHeadroom, each naming what is off, and
    ClaimTaken where the claim has a request that says something else.
    """
    case = retry_on_conflict(
        lambda: _decided_once(request_body, caller, requests, relies_on), time_left_s, RESERVE_S
    )
    wake_up.enqueue_refunds([case.request.refund_request_id])
    return case


def _decided_once(
    request_body: RefundRequestBody,
    caller: Caller,
    requests: RefundRequests,
    relies_on: Relied,
) -> RequestedRefund:
    """Find the payment and decide, unless the claim was decided before."""
    found = meant_by(request_body)
    whose = {"gateway": found.subject.gateway, "account": found.subject.account}
    request_body = with_claim(
        request_body.model_copy(update=whose), found.state, found.order.lines if found.order else ()
    )
    known = requests.find(refund_request_id(found.subject, request_body.claim))
    if known is not None:
        return RequestedRefund(**dict(_same(known, request_body)), repeated=True)
    seen = check_gateway_refunds(found.subject, found.state)
    found_now = found._replace(state=seen.state)
    is_covered = all(requests.payment(one).is_whole for one in relies_on)
    limit = seen.limit or ("" if is_covered else NOT_COVERED)
    weighed = weigh_refund(request_body, found_now, caller, limit, relies_on)
    try:
        requests.open(weighed.case, found.state, weighed.marks)
    except LimitReached as reached:
        weighed = weigh_refund(request_body, found_now, caller, reached.name, relies_on)
        requests.open(weighed.case, found.state, weighed.marks)
    _account(weighed.case)
    return RequestedRefund(**dict(weighed.case))


def _same(known: RefundCase, request_body: RefundRequestBody) -> RefundCase:
    """Return what was decided on the claim, if the caller requests the same again."""
    request = known.request
    is_other = request_body.amount_minor not in (None, request.amount.amount_minor)
    is_derived = request.claim_id.startswith(DERIVED)  # then neither comment nor reason name it
    if is_other or (request_body.reason != request.reason and not is_derived):
        raise ClaimTaken(
            f"claim_id: the claim has request {request.refund_request_id}, for"
            f" {spelled(request.amount)} and {request.reason}"
        )
    return known


def _account(case: RefundCase) -> None:
    """Log and count what was decided, and by which rule."""
    request, receipt = case.request, case.request.receipt
    count_by("RefundDecided", "decision", receipt.decision)
    logger.info(
        "refund decided",
        refund_request_id=request.refund_request_id,
        payment_id=request.payment.subject_id,
        decision=receipt.decision,
        why=receipt.why,
        rule_id=receipt.rule_id,
        policy_version=receipt.policy_version,
    )
