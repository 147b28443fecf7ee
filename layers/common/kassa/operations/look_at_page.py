"""Look whether a page is still open that may be closed by now, before it is shown again."""

from kassa.adapters import clock
from kassa.adapters.orders import Orders
from kassa.domain import attempts as stages
from kassa.domain.order_cases import OrderCase
from kassa.domain.order_life import OrderLife
from kassa.operations.ask_for_checkout import noted
from kassa.operations.learn_of_page import find_page


def look_at_page(case: OrderCase, orders: Orders) -> OrderLife:
    """Note how the gateway says that the newest page stands, and return the order's life.

    A gateway that can't say leaves the page as it is. Raises GatewayUnavailable for silence: a
    page that may be closed is neither shown nor replaced.
    """
    last = case.life.attempts[-1]
    page = find_page(case.order, last)
    if page is None:
        return case.life
    return noted(case.life, last.number, lambda one: stages.found(one, page, clock.now()), orders)
