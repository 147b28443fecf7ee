"""The steps of a refund request that follow from what stands: each is one write, or one submission.

Which one is due is decided in `refunds/lifecycle/next_step.py`; here it is done, on what was read.
"""

from collections.abc import Callable

from kassa.audit.trail import Act, Actor
from kassa.core.errors import ApprovalVoid, GatewayUnavailable, LimitReached
from kassa.ledger.state import SubjectState
from kassa.platform import clock
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.check_gateway_refunds import check_gateway_refunds
from kassa.refunds.lifecycle import lifecycle as lifecycles
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import GATEWAY, KASSA, Change, RefundLifecycle, Step, Why
from kassa.refunds.lifecycle.next_step import (
    Do,
    NextStep,
    Tries,
    after_look_up,
    left_of,
    may_approve_itself,
)
from kassa.refunds.paying.gateway_refund import again_in, look_for_refund, submit_refund
from kassa.refunds.policy.model import OnExpiry
from kassa.refunds.policy.store import Policies
from kassa.refunds.request.holds import Hold, Taking
from kassa.refunds.store import RefundRequests


def take_step(
    step: NextStep,
    case: RefundCase,
    payment: SubjectState,
    requests: RefundRequests,
    tries: Tries,
) -> None:
    """Do what is due; raise StaleWrite where the request or its payment moved on meanwhile."""
    match step.do:
        case Do.NOTHING:
            pass
        case Do.SUBMIT:
            _submit(case, payment, requests)
        case Do.LOOK_UP:
            _look_up(case, payment, requests, tries)
        case Do.RELEASE:
            _release(case, payment, requests)
        case Do.EXPIRE:
            expire_refund(case, payment, requests)
        case _:
            requests.keep(case.lifecycle, _CHANGES[step.do](step, case, payment))


def _accepted(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    return lifecycles.accepted(case.lifecycle, clock.now(), step.refund_id)


def _paid(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    return lifecycles.paid(case.lifecycle, clock.now(), step.refund_id)


def _differing(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    """Note that the gateway paid another amount than was approved, and raise the alarm."""
    left = left_of(case.lifecycle, payment)
    metrics.add_metric(name="RefundDiscrepancy", unit="Count", value=1)
    logger.warning("refund discrepancy", left=left, approved_minor=case.lifecycle.approved_minor)
    return lifecycles.discrepant(case.lifecycle, clock.now(), step.refund_id, left)


def _traced(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    return lifecycles.noted(case.lifecycle, reference=payment.objects[step.refund_id].reference)


def _escalated(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    """Hand to a person; a refund that came back is over, so that it may be submitted anew."""
    policy = Policies(case.request.merchant_id).active(clock.now())
    change = _change(
        case.lifecycle, Step.ESCALATED, str(step.why), GATEWAY if step.refund_id else KASSA
    )
    return lifecycles.escalated(case.lifecycle, change, policy, is_over=bool(step.refund_id))


def _reminded(step: NextStep, case: RefundCase, payment: SubjectState) -> RefundLifecycle:
    return lifecycles.changed(
        case.lifecycle, _change(case.lifecycle, Step.REMINDED), remind_at=None
    )


_CHANGES: dict[Do, Callable[[NextStep, RefundCase, SubjectState], RefundLifecycle]] = {
    Do.ACCEPT: _accepted,
    Do.PAY: _paid,
    Do.DIFFER: _differing,
    Do.TRACE: _traced,
    Do.ESCALATE: _escalated,
    Do.REMIND: _reminded,
}


def _submit(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> None:
    """Submit it; what was approved by somebody who may not any more goes back to people.

    So does what relies on payments that aren't whole any more, unless people knew and approved.
    """
    relied = requests.relied_on(case)
    if not all(one.is_whole for one in relied) and not _was_shown(case):
        logger.warning("refund not covered any more", order_id=case.request.order_id)
        step = NextStep(Do.ESCALATE, why=Why.NOT_COVERED)
        requests.keep(case.lifecycle, _escalated(step, case, payment))
        return
    try:
        submit_refund(case, payment, relied, requests)
    except ApprovalVoid as error:
        logger.warning("refund approval void", reason=str(error))
        after = _escalated(NextStep(Do.ESCALATE, why=Why.VOID), case, payment)
        act = Act(
            operation="refund.void",
            object_id=f"refund_request/{case.request.refund_request_id}",
            by=Actor(system=KASSA),
            before=str(case.lifecycle.version),
            after=str(after.version),
            reason=str(error),
        )
        requests.keep_decided(case, after, payment, Taking(hold=None, lone=None, act=act))


def _was_shown(case: RefundCase) -> bool:
    """Tell whether people were shown already that what it relies on is gone: then they decided."""
    whys = (case.request.receipt.why, *(change.why for change in case.lifecycle.changes))
    return Why.NOT_COVERED in whys


def _look_up(
    case: RefundCase, payment: SubjectState, requests: RefundRequests, tries: Tries
) -> None:
    """Look for a submission's refund; without one, submit again, or leave it to a person."""
    lifecycle, now = case.lifecycle, clock.now()
    try:
        found = look_for_refund(case)
    except GatewayUnavailable as error:
        logger.warning("refund not looked up", reason=str(error))
        requests.keep(
            lifecycle, lifecycles.noted(lifecycle, next_check_at=now + again_in(lifecycle.attempts))
        )
        return
    if found is not None:
        requests.keep(lifecycle, lifecycles.accepted(lifecycle, now, found.refund_id))
        return
    take_step(after_look_up(lifecycle, payment, now, tries), case, payment, requests, tries)


def _release(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> None:
    """Give back what was reserved: by now it is known that nothing was or will be paid."""
    lifecycle = case.lifecycle
    after = lifecycles.noted(lifecycle, is_over=True, next_check_at=clock.now())
    requests.keep_held(case, after, payment, Hold(lifecycle.submission_id))


def _change(
    lifecycle: RefundLifecycle, step: Step, why: str | None = None, by: str = KASSA
) -> Change:
    """Return a change of ours, for what is approved or was requested."""
    amount_minor = lifecycle.approved_minor or lifecycle.changes[0].amount_minor
    return Change(step=step, at=clock.now(), by=by, why=why, amount_minor=amount_minor)


def expire_refund(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> None:
    """Reject or approve what nobody decided; raise StaleWrite where it moved on meanwhile.

    An approval by expiry is automatic, so it stays within the limits in code; where they, the
    headroom or a dispute stand against it, the request stays with people.
    """
    lifecycle = case.lifecycle
    if lifecycle.on_expiry is OnExpiry.REJECT:
        requests.reject_automatically(case, Why.OVERDUE, clock.now())
        return
    stays = lifecycles.noted(lifecycle, on_expiry=OnExpiry.KEEP)
    if not _may_approve_itself(case, payment, requests):
        requests.keep(lifecycle, stays)
        return
    minor = case.request.amount.amount_minor
    change = Change(
        step=Step.APPROVED, at=clock.now(), by=KASSA, why=Why.OVERDUE, amount_minor=minor
    )
    try:
        requests.approve_automatically(case, lifecycles.approved(lifecycle, change), payment)
    except LimitReached:
        requests.keep(lifecycle, stays)


def _may_approve_itself(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> bool:
    """Hold an approval that no person makes against how the payment stands at its gateway now."""
    seen = check_gateway_refunds(case.request.payment, payment)
    is_free = not seen.limit and all(one.is_whole for one in requests.relied_on(case))
    return is_free and may_approve_itself(case.request, case.lifecycle, seen.state)
