"""How each refund must end, by its flow alone: at Kassa, and at the gateway."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from infra.demo.actors.fakes import FakeRefund
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Flow
from infra.demo.terms import Terms
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
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
    Flow.SMALL: End(Decision.APPROVE, RequestState.PAID, ("succeeded",)),
    Flow.BY_TWO: End(Decision.ESCALATE, RequestState.PAID, ("succeeded",), approvals=2),
    Flow.REJECTED: End(Decision.ESCALATE, RequestState.REJECTED, why="not_refundable"),
    Flow.DISPUTED: End(Decision.APPROVE, RequestState.ESCALATED, why=Why.DISPUTE),
    Flow.COMES_BACK: End(Decision.APPROVE, RequestState.ESCALATED, ("failed",), Why.FAILED),
}
BY_ITSELF = ENDS[Flow.SMALL]  # as Kassa gives back what was paid a second time


def has_ended(one: OrderResult, terms: Terms) -> bool:
    """Return whether a request stands as it must before the gateway settles anything."""
    if one.case is None or one.order.refund is None:
        return False
    end, lifecycle = ENDS[one.order.refund.flow], one.case.lifecycle
    if not terms.notifies_refunds and end.state is RequestState.PAID:
        return lifecycle.state in (RequestState.ACCEPTED, RequestState.PAID)
    is_known = end.why in (None, lifecycle.changes[-1].why)
    return lifecycle.state is end.state and is_known and not _lacks_reference(one.case, terms)


def refund_problems(result: Result) -> Iterator[str]:
    """Yield what isn't as it must be with any refund."""
    for one in result.orders:
        yield from (f"the refund of {one.order.order_id} {problem}" for problem in _of(one, result))
    for gateway, truth in result.truths.items():
        requested = [each for each in truth.refunds or () if each.refund_request_id]
        alive = Counter(
            request_of(str(each.refund_request_id)) for each in requested if each.status in ALIVE
        )
        yield from (f"{of} was paid {n} times at {gateway}" for of, n in alive.items() if n > 1)
    yield from _by_hand(result)


def _of(one: OrderResult, result: Result) -> Iterator[str]:
    plan, terms = one.order.refund, result.scenario.terms[one.order.gateway]
    yield from _requests(one)
    for case in (case for case in one.cases if case is not one.case):
        yield from _of_case(case, BY_ITSELF)
    if plan is None:
        return
    if plan.flow is Flow.TOO_MUCH:
        yield from _of_too_much(one)
        return
    yield from _of_answers(one)
    if one.case is None:
        yield "has no request"
        return
    yield from _of_case(one.case, ENDS[plan.flow])
    if _lacks_reference(one.case, terms):
        yield "is paid without the bank's reference"
    truth = result.truths.get(one.order.gateway)
    if truth and truth.refunds is not None:
        yield from _of_gateway(one, truth.refunds)


def _requests(one: OrderResult) -> Iterator[str]:
    """There are as many requests as were made, and one of whatever was paid a second time."""
    plan = one.order.refund
    expected = [plan.amount_minor] if plan and plan.flow is not Flow.TOO_MUCH else []
    expected += [one.order.amount_minor] if one.order.paid_again_at else []
    found = sorted(case.request.amount.amount_minor for case in one.cases)
    if found != sorted(expected):
        yield f"has requests of {found} (minor units), not of {expected}"


def _of_too_much(one: OrderResult) -> Iterator[str]:
    """Over the headroom it is refused with what is left, the refund by hand taken off."""
    order, (status, body) = one.order, one.refunds[0]
    left_minor = order.amount_minor - order.by_hand_minor
    if (status, body.get("left_minor")) != (409, left_minor):
        yield f"was answered {status} with {body.get('left_minor')} left, not 409 with {left_minor}"


def _of_answers(one: OrderResult) -> Iterator[str]:
    """Asked again under one claim, it is the same request and the same receipt."""
    if not one.refunds:
        yield "was never requested"
    yield from (f"was answered {status}: {body}" for status, body in one.refunds if status != 200)
    if len({str(body.get("request")) for _, body in one.refunds}) > 1:
        yield "was answered differently when it was requested again"


def _of_case(case: RefundCase, end: End) -> Iterator[str]:
    lifecycle, receipt = case.lifecycle, case.request.receipt
    if receipt.decision is not end.decision:
        yield f"was decided {receipt.decision}, not {end.decision}"
    if (lifecycle.state, len(lifecycle.approvals)) != (end.state, end.approvals):
        by = len(lifecycle.approvals)
        yield f"is {lifecycle.state} by {by}, not {end.state} by {end.approvals}"
    if end.why is not None and lifecycle.changes[-1].why != end.why:
        yield f"is {lifecycle.state} because of {lifecycle.changes[-1].why}, not of {end.why}"


def _lacks_reference(case: RefundCase, terms: Terms) -> bool:
    is_paid = case.lifecycle.state is RequestState.PAID
    return terms.traces_refunds and is_paid and case.lifecycle.reference is None


def _of_gateway(one: OrderResult, refunds: tuple[FakeRefund, ...]) -> Iterator[str]:
    """The gateway has what was approved, once, and nothing of what wasn't."""
    plan = one.order.refund
    assert plan
    mine = [
        each
        for each in refunds
        if each.refund_request_id and request_of(each.refund_request_id) == _id(one)
    ]
    expected = [(state, plan.amount_minor) for state in ENDS[plan.flow].at_gateway]
    if (has := [(each.status, each.amount_minor) for each in mine]) != expected:
        yield f"is {has} at the gateway, not {expected}"


def _id(one: OrderResult) -> str:
    return str(one.refund_request_id)


def _by_hand(result: Result) -> Iterator[str]:
    """What was refunded by hand stands at the gateway, and nothing else that isn't ours."""
    for gateway, truth in result.truths.items():
        if truth.refunds is None:
            continue
        mine = [one for one in result.orders if one.order.gateway == gateway]
        planned = {
            (str(one.payment_id), one.order.by_hand_minor)
            for one in mine
            if one.order.by_hand_minor
        }
        found = {
            (one.payment_id, one.amount_minor) for one in truth.refunds if not one.refund_request_id
        }
        for payment_id, minor in sorted(found ^ planned):
            where = f"at {gateway} or in the plan alone"
            yield f"{minor} (minor units) of {payment_id}, by hand: {where}"
