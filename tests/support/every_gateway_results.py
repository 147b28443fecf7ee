"""A result of the demo at every gateway as it must be; tests plant deviations in it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.demo import every_gateway
from infra.demo.actors.fakes import FakePayment, Truth
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Ending, Order
from infra.demo.terms import TERMS
from infra.local.observed import Books
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment, OrderStatus
from kassa.orders.order import Order as SentOrder
from kassa.orders.views import OrderCase, OrderView, shown_order
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.builders import NOW
from tests.support.every_gateway_books import ORDERS, event, events, money, payment_id
from tests.support.one_gateway_results import certified
from tests.support.refund_cases import RR, a_lifecycle, a_request

NO_PAGE = (503, {"message": "ask again"})


def truths() -> dict[str, Truth]:
    """Return what each gateway says: everything was paid out."""
    payments: dict[str, list[FakePayment]] = {name: [] for name in TERMS}
    for order in (order for order in ORDERS if order.is_paid):
        back = order.refunded_minor
        payments[order.gateway].append(_paid(order, order.gateway, back))
        if order.paid_again_at:
            payments[order.paid_again_at].append(
                _paid(order, order.paid_again_at, order.amount_minor)
            )
    return {name: Truth({"EUR": 0}, tuple(found)) for name, found in payments.items()}


def _paid(order: Order, gateway: str, back_minor: int) -> FakePayment:
    named = payment_id(order, gateway), order.order_id, order.currency
    return FakePayment(*named, order.amount_minor, back_minor)


def attempt(order: Order, gateway: str, state: AttemptState, number: int = 1) -> Attempt:
    return Attempt(
        number=number,
        gateway=gateway,
        account="main",
        state=state,
        submitted_at=NOW,
        changed_at=NOW,
    )


def view(order: Order) -> OrderView:
    """Return an order as GET /orders/{order_id} answers in the end."""
    state = AttemptState.OPEN if order.ending is Ending.DECLINED else AttemptState(order.ending)
    refused = [attempt(order, order.refused_by, AttemptState.REFUSED)] if order.refused_by else []
    attempts = (*refused, attempt(order, order.gateway, state, len(refused) + 1))
    second = [paid_by(order, order.paid_again_at)] if order.paid_again_at else []
    lifecycle = OrderLifecycle(
        order_id=order.order_id,
        attempts=attempts,
        paid_by=paid_by(order, order.gateway) if order.is_paid else None,
        duplicate_payments=tuple(second),
    )
    shown = shown_order(OrderCase(SentOrder.model_validate(order.request_body), lifecycle))
    if order.reversed_minor:  # what the gateway took back by itself, its order lacks
        return shown.model_copy(update={"status": OrderStatus.PART_PAID})
    return shown


def paid_by(order: Order, gateway: str) -> OrderPayment:
    """Return what is noted of an order's payment once its capture was reported."""
    named = gateway, payment_id(order, gateway)
    (captured,) = event(order, "PaymentCaptured", named).facts
    return OrderPayment(
        gateway=gateway,
        account="main",
        payment_id=payment_id(order, gateway),
        amount=money(order.amount_minor, order.currency),
        captured_at=NOW,
        object_id=captured.data.object_id,
        last_fact=captured.metadata,
    )


def case(order: Order, amount_minor: int, state: RequestState = RequestState.PAID) -> RefundCase:
    """Return a refund request of an order, approved by the policy."""
    request = a_request(amount_minor)
    requested = request.model_copy(update={"amount": money(amount_minor, order.currency)})
    return RefundCase(
        request=requested,
        lifecycle=a_lifecycle(state, approved_minor=amount_minor, reference="7000"),
    )


def result_of(order: Order) -> OrderResult:
    """Return an order with all that must be answered and stand in the end."""
    if order.method is None:
        return OrderResult(order, payment_id(order))
    page = (200, {"url": f"https://pay.example/{order.order_id}", "gateway": order.gateway})
    payment = payment_id(order) if order.is_paid else None
    usual = OrderResult(order, payment, answers=(page,), view=view(order))
    refunded_minor = order.refund.amount_minor if order.refund else 0
    amounts = [refunded_minor, order.amount_minor if order.paid_again_at else 0]
    cases = tuple(case(order, minor) for minor in amounts if minor)
    if order.is_unanswered:
        return replace(usual, answers=(NO_PAGE, page))
    if not order.is_repeated:
        return replace(usual, cases=cases)
    changed: tuple[int, dict[str, Any]] = (409, {"differences": [{"field": "amount_minor"}]})
    answered: tuple[int, dict[str, Any]] = (200, {"request": {"refund_request_id": RR}})
    return replace(usual, answers=(page, page), changed=changed, refunds=(answered,), cases=cases)


def reported() -> dict[str, dict[str, int]]:
    """Return today's report's totals."""
    euros = {"gross": 400_00, "refunds": 62_00, "disputes": 60_00, "fees": 25_79}
    dollars = {"gross": 227_00, "refunds": 8_00, "disputes": 56_00, "fees": 22_78}
    return {"EUR": euros, "USD": dollars}


AS_EXPECTED = Result(
    scenario=replace(every_gateway.SCENARIO, orders=ORDERS),
    orders=tuple(map(result_of, ORDERS)),
    books=Books(tuple(events())),
    truths=truths(),
    unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
    invoices=tuple(Path(f"{number}.pdf") for number in range(1, 12)),
    certificates=(certified(11),),
    report=(Path("report.html"), Path("report.json"), Path("report.csv")),
    reported=reported(),
)


def with_result(order: Order, **fields: Any) -> Result:
    """Return the result with something of one order changed."""
    changed = tuple(
        replace(one, **fields) if one.order is order else one for one in AS_EXPECTED.orders
    )
    return replace(AS_EXPECTED, orders=changed)


def with_view(order: Order, **fields: Any) -> Result:
    """Return the result with an order standing otherwise."""
    return with_result(order, view=view(order).model_copy(update=fields))


def without(order: Order, fact: str) -> Books:
    """Return the books without a fact of an order's payment, or of its share of the payout."""
    gone = {f"evt_{payment_id(order)}_{fact}", f"evt_payout-of-{payment_id(order)}_{fact}"}
    return Books(tuple(one for one in AS_EXPECTED.books.events if one.event_id not in gone))


def paid_with(order: Order, method: str) -> Result:
    """Return the result with an order's payment made by another method."""
    changed = []
    for one in AS_EXPECTED.books.events:
        if one.event_id == f"evt_{payment_id(order)}_PaymentCaptured":
            (fact,) = one.facts
            data = fact.data.model_copy(update={"method": method})
            one = one.model_copy(update={"facts": (fact.model_copy(update={"data": data}),)})
        changed.append(one)
    return replace(AS_EXPECTED, books=Books(tuple(changed)))


def again(order: Order, fact: str) -> Books:
    """Return the books with a fact of an order's payment once more."""
    twice = (one for one in events() if one.event_id == f"evt_{payment_id(order)}_{fact}")
    return Books((*AS_EXPECTED.books.events, *twice))


def with_truth(gateway: str, **fields: Any) -> Result:
    """Return the result with a gateway saying something else."""
    changed = {gateway: replace(AS_EXPECTED.truths[gateway], **fields)}
    return replace(AS_EXPECTED, truths=AS_EXPECTED.truths | changed)
