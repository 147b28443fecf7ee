"""What a person decides about an escalated refund request: read, decide, write, enqueue.

What people may do stands in `refunds/decision/`, in `escalation.py` and `approval.py`; here it is
written on what was read, an approval together with the headroom it takes. Of two people at once
one wins, and the other gets how the request stands now.
"""

from datetime import timedelta

from kassa.core.errors import Conflict
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import count_by, logger
from kassa.refunds import lone_approval_store
from kassa.refunds.check_gateway_refunds import check_gateway_refunds, gateway_answer
from kassa.refunds.decision.rejection import customer_text
from kassa.refunds.decision.review import ReviewedCase, decided
from kassa.refunds.decision.verdict import (
    Action,
    Decided,
    DecidedRefund,
    ResolvedRefund,
    Verdict,
)
from kassa.refunds.decision.verdict_effects import taking
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.outcomes import GatewayAnswer
from kassa.refunds.paying import wake_up
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests

RESERVE_S = 2.0  # kept back for enqueueing and answering


def decide_refund(
    refund_request_id: str,
    verdict: Verdict,
    requests: RefundRequests,
    time_left_s: TimeLeft,
) -> Decided:
    """Do what a person decided; said again by the same person, it is answered alike and done once.

    Raises RefundRequestNotFound, InvalidRequest naming the field, and Conflict or OverHeadroom
    saying how things stand.
    """
    case, gateway_status = retry_on_conflict(
        lambda: _decided(refund_request_id, verdict, requests), time_left_s, RESERVE_S
    )
    _enqueue(case)
    canned = verdict.body.reason or verdict.body.question
    text = customer_text(canned, case.request) if canned else None
    if gateway_status is not None:
        return ResolvedRefund(case=case, customer_text=text, gateway_status=gateway_status)
    return DecidedRefund(case=case, customer_text=text)


def _decided(
    refund_request_id: str, verdict: Verdict, requests: RefundRequests
) -> tuple[RefundCase, GatewayAnswer | None]:
    """Read, decide and write; raise StaleWrite where somebody else was first."""
    case, now = requests.named(refund_request_id), clock.now()
    payment = requests.payment(case.request.payment)
    policy = Policies(case.request.merchant_id).active(now)
    undo_min = timedelta(minutes=settings().undo_minutes_min)
    void = requests.void_approvers(case.lifecycle, verdict.caller.person_id)
    seen = _seen(verdict, ReviewedCase(case, payment, policy, now, undo_min=undo_min, void=void))
    gateway_status = seen.gateway if verdict.action is Action.RESOLVE else None
    after = decided(verdict, seen)
    if after is case.lifecycle:
        return case, gateway_status
    requests.keep_decided(case, after, payment, taking(verdict, seen, after))
    _account(verdict, after.state, refund_request_id)
    return case.model_copy(update={"lifecycle": after}), gateway_status


def _seen(verdict: Verdict, seen: ReviewedCase) -> ReviewedCase:
    """Look first at the gateway, which a verdict must not go past, and at what was approved alone.

    Raises Conflict where an approval would have to be given without the gateway.
    """
    if verdict.action is Action.RESOLVE:
        return seen._replace(gateway=gateway_answer(seen.case, seen.payment))
    if verdict.action is not Action.APPROVE:
        return seen
    found = check_gateway_refunds(seen.case.request.payment, seen.payment)
    if found.limit:
        raise Conflict("the gateway doesn't say now what it refunded: approve a little later")
    alone = lone_approval_store.read(seen.case.request, verdict.caller.actor_id, seen.now)
    return seen._replace(payment=found.state, alone=alone)


def _enqueue(case: RefundCase) -> None:
    """Enqueue what isn't published yet; an approval is due once it can't be undone any more."""
    lifecycle = case.lifecycle
    if lifecycle.published == len(lifecycle.changes):
        return
    wait_s = (lifecycle.not_before - clock.now()).total_seconds() if lifecycle.not_before else 0
    wake_up.enqueue_refunds([lifecycle.refund_request_id], max(0, -int(-wait_s // 1)))


def _account(verdict: Verdict, state: str, refund_request_id: str) -> None:
    """Log and count what was done, and by which key."""
    count_by("RefundVerdict", "action", verdict.action)
    logger.info(
        "refund verdict kept",
        refund_request_id=refund_request_id,
        action=verdict.action,
        by=verdict.caller.actor_id,
        state=state,
    )
