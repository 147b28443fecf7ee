"""Selling: by the shop's own client or on pages that Kassa opens; customers act, all is awaited."""

from infra.demo.demo import Demo
from infra.demo.result import OrderResult
from infra.demo.scenario import Order
from infra.local import observed
from kassa.ledger.facts import PaymentCaptured

PATIENCE_S = 90.0


def sell(demo: Demo) -> list[OrderResult]:
    """Sell every order, and let its customer act."""
    orders, sold = demo.scenario.orders, []
    for number, order in enumerate(orders, start=1):
        how = f"{_how(order)}, {order.currency}"
        demo.progress(f"order {number} of {len(orders)}: {order.order_id}, {how}")
        sold.append(sell_one(demo, order))
    if demo.scenario.payout_minor is not None:
        demo.stripe_shop.pay_out(demo.scenario.payout_minor)
    return sold


def _how(order: Order) -> str:
    return "invoiced" if order.is_invoiced else f"{order.method or 'sold'} at {order.gateway}"


def sell_one(demo: Demo, order: Order) -> OrderResult:
    """Sell an order the way it is sold, and let its customer act."""
    if order.card is not None:
        return demo.stripe_shop.sell(order)
    if order.is_invoiced:
        return demo.office.bill(order)
    if order.method is None:
        demo.world.sell_past_kassa(order, order.gateway)
        return OrderResult(order)
    if order.is_unanswered:
        demo.world.lose_answer(order)
    sent = demo.shop.send(order)
    if order.is_link_sent:
        demo.shop.send_link(order)
    if checkout_id := demo.shop.checkout_id(sent):
        demo.world.leave_page(order, checkout_id)
    return sent


def wait_until_booked(demo: Demo, sold: list[OrderResult]) -> None:
    """Wait until what selling must become is booked; what never is will be found."""
    by_id = {
        (one.payment_id, "PaymentCaptured" if one.order.is_paid else "PaymentFailed")
        for one in sold
        if one.payment_id
    }
    by_order = {one.order.order_id for one in sold if one.order.is_paid and not one.payment_id}

    def is_booked() -> bool:
        facts = observed.read_books(demo.stack).facts
        published = {(one.metadata.subject_id, one.data.fact) for one in facts}
        captured = {one.data.order_id for one in facts if isinstance(one.data, PaymentCaptured)}
        return by_id <= published and by_order <= captured

    observed.wait_until(is_booked, PATIENCE_S)
