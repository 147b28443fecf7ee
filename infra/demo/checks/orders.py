"""How each order must have been answered and must stand in the end, by the scenario alone."""

from collections.abc import Iterator

from infra.demo.result import Answer, OrderResult
from infra.demo.scenario import Ending, Order
from kassa.orders.attempts import AttemptState
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.views import OrderView

ENDS = {
    Ending.PAID: {OrderStatus.PAID},
    Ending.DECLINED: {OrderStatus.OPEN, OrderStatus.FAILED},  # some pages let one try again
    Ending.EXPIRED: {OrderStatus.EXPIRED},
}


def order_problems(one: OrderResult) -> Iterator[str]:
    """Yield what isn't as it must be with an order."""
    order_id = one.order.order_id
    yield from (f"{order_id} {problem}" for problem in _problems(one))


def _problems(one: OrderResult) -> Iterator[str]:
    if one.order.method is not None:
        yield from _sent_again(one)
        yield from _stands(one.order, one.view)


def _sent_again(one: OrderResult) -> Iterator[str]:
    """With the same fields the same checkout is the answer; with others it is a conflict."""
    unanswered = one.answers[:1] if one.order.is_unanswered else ()
    if [status for status, _ in unanswered] != [503] * one.order.is_unanswered:
        yield f"was answered {unanswered}, though the gateway stayed silent"
    for status, body in one.answers[len(unanswered) :]:
        if status != 200:
            yield f"was answered {status}: {body.get('message')}"
    expected = 2 if one.order.is_repeated or one.order.is_unanswered else 1
    shown = {
        (body.get("url"), body.get("gateway")) for status, body in one.answers if status == 200
    }
    if len(one.answers) != expected or len(shown) > 1:
        yield f"led to {len(shown)} checkouts in {len(one.answers)} answers"
    if one.order.is_repeated:
        yield from _changed(one.changed)


def _changed(answer: Answer | None) -> Iterator[str]:
    status, body = answer or (0, {})
    fields = {str(one.get("field")) for one in body.get("differences", [])}
    if status != 409 or "amount_minor" not in fields:
        yield f"in other words was answered {status} with {sorted(fields)}, not 409"


def _stands(order: Order, view: OrderView | None) -> Iterator[str]:
    if view is None:
        yield "can't be read"
        return
    # What the gateway itself takes back of a payment, its order lacks.
    ends = {OrderStatus.PART_PAID} if order.reversed_minor else ENDS[order.ending]
    if view.status not in ends:
        yield f"is {view.status}, not {' or '.join(sorted(ends))}"
    last = view.attempts[-1] if view.attempts else None
    if last is None or last.gateway != order.gateway:
        yield f"was to be paid at {last and last.gateway}, not at {order.gateway}"
    refused = [one.gateway for one in view.attempts if one.state is AttemptState.REFUSED]
    expected = [order.refused_by] if order.refused_by else []
    if refused != expected or len(view.attempts) != len(expected) + 1:
        tried = [f"{one.gateway} {one.state}" for one in view.attempts]
        yield f"took the attempts {tried}"
    second = [one.gateway for one in view.duplicate_payments]
    if second != ([order.paid_again_at] if order.paid_again_at else []):
        yield f"was paid a second time at {second}"
