"""How each refund must end, by its course alone: at Kassa, and at the gateway."""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.local.fake_stripe import GatewayRefund
from infra.local.orders import Course
from infra.local.outcome import Asked, Refunds
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Why
from kassa.refunds.policy.model import Outcome as Decision
from kassa.refunds.request.request import request_of

ALIVE = {"pending", "requires_action", "succeeded"}


@dataclass(frozen=True)
class End:
    """How a request must have been decided and must stand, and what the gateway has of it."""

    decision: Decision
    state: RequestState
    at_gateway: tuple[str, ...] = ()  # its refunds' states
    why: str | None = None  # the last change's, where it says one
    approvals: int = 0


ENDS = {
    Course.SMALL: End(Decision.APPROVE, RequestState.PAID, ("succeeded",)),
    Course.BY_TWO: End(Decision.ESCALATE, RequestState.PAID, ("succeeded",), approvals=2),
    Course.REJECTED: End(Decision.ESCALATE, RequestState.REJECTED, why="not_refundable"),
    Course.DISPUTED: End(Decision.APPROVE, RequestState.ESCALATED, why=Why.DISPUTE),
    Course.COMES_BACK: End(Decision.APPROVE, RequestState.ESCALATED, ("failed",), Why.FAILED),
}


def has_ended(course: Course, lifecycle: RefundLifecycle) -> bool:
    """Tell whether a request stands as it must in the end."""
    end = ENDS[course]
    is_known = end.why in (None, lifecycle.changes[-1].why)
    is_traced = lifecycle.state is not RequestState.PAID or lifecycle.reference is not None
    return lifecycle.state is end.state and is_known and is_traced


def refund_problems(refunds: Refunds) -> Iterator[str]:
    """Yield what isn't as it must be with any refund."""
    for asked in refunds.asked:
        order_id = asked.sale.order.order_id
        found = _of_course(asked, refunds)
        yield from (f"the refund of {order_id} {problem}" for problem in found)
    alive: dict[str, int] = {}
    for refund in refunds.truth.refunds:
        if refund.asked and refund.status in ALIVE:
            request = request_of(refund.asked)
            alive[request] = alive.get(request, 0) + 1
    yield from (f"{request} was paid {n} times" for request, n in alive.items() if n > 1)


def _of_course(asked: Asked, refunds: Refunds) -> Iterator[str]:
    if asked.plan.course is Course.TOO_MUCH:
        yield from _of_too_much(asked)
        return
    yield from _of_answers(asked)
    if asked.case is None:
        yield "has no request"
        return
    yield from _of_case(asked.case, ENDS[asked.plan.course])
    yield from _of_gateway(asked, refunds)


def _of_too_much(asked: Asked) -> Iterator[str]:
    """Over the headroom it is refused with what is left, the refund by hand taken off."""
    order, (status, said) = asked.sale.order, asked.answers[0]
    left_minor = order.amount_minor - order.dashboard_minor
    if (status, said.get("left_minor")) != (409, left_minor):
        yield f"was answered {status} with {said.get('left_minor')} left, not 409 with {left_minor}"


def _of_answers(asked: Asked) -> Iterator[str]:
    """Asked again under one claim, it is the same request and the same receipt."""
    yield from (f"was answered {status}: {said}" for status, said in asked.answers if status != 200)
    if len({str(said.get("request")) for _, said in asked.answers}) != 1:
        yield "was answered differently when it was asked again"


def _of_case(case: RefundCase, end: End) -> Iterator[str]:
    lifecycle, receipt = case.lifecycle, case.request.receipt
    if receipt.decision is not end.decision:
        yield f"was decided {receipt.decision}, not {end.decision}"
    if (lifecycle.state, len(lifecycle.approvals)) != (end.state, end.approvals):
        by = len(lifecycle.approvals)
        yield f"is {lifecycle.state} by {by}, not {end.state} by {end.approvals}"
    if end.why is not None and lifecycle.changes[-1].why != end.why:
        yield f"is {lifecycle.state} because of {lifecycle.changes[-1].why}, not of {end.why}"
    if lifecycle.state is RequestState.PAID and lifecycle.reference is None:
        yield "is paid without the bank's reference"


def _of_gateway(asked: Asked, refunds: Refunds) -> Iterator[str]:
    """The gateway has what was approved, once, and nothing of what wasn't."""
    mine = [one for one in refunds.truth.refunds if _is_of(one, asked)]
    wanted = [(state, asked.plan.amount_minor) for state in ENDS[asked.plan.course].at_gateway]
    if (has := [(one.status, one.amount_minor) for one in mine]) != wanted:
        yield f"is {has} at the gateway, not {wanted}"


def _is_of(refund: GatewayRefund, asked: Asked) -> bool:
    return bool(refund.asked) and request_of(str(refund.asked)) == asked.refund_request_id
