"""Selling everywhere: pages are opened, customers act, and all is waited for that follows."""

from concurrent.futures import ThreadPoolExecutor

from infra.local import observed
from infra.local.tour import waking
from infra.local.tour.cast import Cast
from infra.local.tour.outcome import Told
from infra.local.tour.story import ORDERS
from kassa.ledger.facts import PaymentCaptured

PATIENCE_S = 60.0
STARTERS = 2  # how many functions start at once: more don't start sooner


def sell(cast: Cast) -> list[Told]:
    """Send every order and let its customer act; start meanwhile what comes later."""
    with ThreadPoolExecutor(STARTERS) as pool:
        cast.tell("waking what opens pages")
        waking.wake_checkouts(cast.people, pool)
        waking.wake_others(cast.stack, cast.people, pool)
        told = []
        for number, order in enumerate(ORDERS, start=1):
            how = f"{order.method or 'sold'} at {order.gateway}"
            cast.tell(f"order {number} of {len(ORDERS)}: {order.order_id}, {how}")
            if order.is_unheard:
                cast.world.lose_answer(order)
            told.append(cast.shop.send(order))
            finish(cast, told[-1])
        cast.tell("booking")
    observed.wait_until(lambda: is_captured(cast), PATIENCE_S)
    observed.wait_until(lambda: observed.is_at_rest(cast.stack), PATIENCE_S)  # orders hear of it
    return told


def finish(cast: Cast, told: Told) -> None:
    """Let an order's customer act, on the page or past Kassa."""
    if told.order.method is None:
        cast.world.sell_past_kassa(told.order, told.order.gateway)
    elif checkout_id := cast.shop.checkout_id(told):
        cast.world.leave_page(told.order, checkout_id)


def is_captured(cast: Cast) -> bool:
    """Tell whether every payment that the story has is booked."""
    facts = observed.read_books(cast.stack).facts
    captured = {one.data.order_id for one in facts if isinstance(one.data, PaymentCaptured)}
    return {order.order_id for order in ORDERS if order.is_paid} <= captured
