"""How each order must have been answered and must stand in the end, by its story alone."""

from collections.abc import Iterator

from infra.local.tour.outcome import Answer, Told
from infra.local.tour.story import Ending, Order
from kassa.orders.attempts import AttemptState
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.views import OrderView
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.model import Outcome as Decision

ENDS = {
    Ending.PAID: {OrderStatus.PAID},
    Ending.DECLINED: {OrderStatus.OPEN, OrderStatus.FAILED},  # some pages let one try again
    Ending.EXPIRED: {OrderStatus.EXPIRED},
}


def order_problems(told: Told) -> Iterator[str]:
    """Yield what isn't as it must be with an order."""
    order_id = told.order.order_id
    yield from (f"{order_id} {problem}" for problem in _problems(told))


def _problems(told: Told) -> Iterator[str]:
    if told.order.method is not None:
        yield from _pages(told)
        yield from _stands(told.order, told.shown)
    yield from _refunds(told)


def _pages(told: Told) -> Iterator[str]:
    """Sent again in the same words it is the same page; in other words it is a conflict."""
    unheard = told.pages[:1] if told.order.is_unheard else ()
    if [status for status, _ in unheard] != [503] * told.order.is_unheard:
        yield f"was answered {unheard}, though nobody heard the gateway"
    for status, said in told.pages[len(unheard) :]:
        if status != 200:
            yield f"was answered {status}: {said.get('message')}"
    wanted = 2 if told.order.is_repeated or told.order.is_unheard else 1
    shown = {(said.get("url"), said.get("gateway")) for status, said in told.pages if status == 200}
    if len(told.pages) != wanted or len(shown) > 1:
        yield f"led to {len(shown)} pages in {len(told.pages)} answers"
    if told.order.is_repeated:
        yield from _changed(told.changed)


def _changed(answer: Answer | None) -> Iterator[str]:
    status, said = answer or (0, {})
    fields = {str(one.get("field")) for one in said.get("differences", [])}
    if status != 409 or "amount_minor" not in fields:
        yield f"in other words was answered {status} with {sorted(fields)}, not 409"


def _stands(order: Order, shown: OrderView | None) -> Iterator[str]:
    if shown is None:
        yield "can't be read"
        return
    if shown.status not in ENDS[order.ending]:
        yield f"is {shown.status}, not {' or '.join(sorted(ENDS[order.ending]))}"
    last = shown.attempts[-1] if shown.attempts else None
    if last is None or last.gateway != order.gateway:
        yield f"was to be paid at {last and last.gateway}, not at {order.gateway}"
    refused = [one.gateway for one in shown.attempts if one.state is AttemptState.REFUSED]
    wanted = [order.refused_by] if order.refused_by else []
    if refused != wanted or len(shown.attempts) != len(wanted) + 1:
        tried = [f"{one.gateway} {one.state}" for one in shown.attempts]
        yield f"took the attempts {tried}"
    second = [one.gateway for one in shown.duplicate_payments]
    if second != ([order.paid_again_at] if order.paid_again_at else []):
        yield f"was paid a second time at {second}"


def _refunds(told: Told) -> Iterator[str]:
    """What was asked for was approved by the policy and is paid; nothing else was asked."""
    order = told.order
    if order.refund_minor and (told.refund is None or told.refund[0] != 200):
        yield f"had its refund answered by {told.refund}"
    wanted = [order.refund_minor] if order.refund_minor else []
    wanted += [order.amount_minor] if order.paid_again_at else []
    asked = sorted(case.request.amount.amount_minor for case in told.cases)
    if asked != sorted(wanted):
        yield f"has refund requests of {asked} (minor units), not of {wanted}"
    for case in told.cases:
        yield from _of_case(case)


def _of_case(case: RefundCase) -> Iterator[str]:
    decision, state = case.request.receipt.decision, case.lifecycle.state
    if decision is not Decision.APPROVE:
        yield f"had its refund decided {decision}, not {Decision.APPROVE}"
    if state is not RequestState.PAID:
        yield f"has its refund {state}, not {RequestState.PAID}"
