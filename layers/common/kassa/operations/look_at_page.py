"""Look whether a page is still open that may be closed by now, before it is shown again."""

from kassa.adapters import clock
from kassa.adapters.orders import Orders
from kassa.domain import attempts as stages
from kassa.domain.order_cases import OrderCase
from kassa.domain.order_life import OrderLife
from kassa.domain.order_steps import is_doubtful
from kassa.errors import GatewayUnavailable
from kassa.operations.ask_for_checkout import noted
from kassa.operations.learn_of_page import find_page


def look_at_page(case: OrderCase, orders: Orders) -> OrderLife:
    """Note how the gateway says that the newest page stands, and return the order's life.

    A gateway that can't say leaves the page as it is. Raises GatewayUnavailable for silence about
    a page that is likely closed: it is neither shown nor replaced.
    """
    last = case.life.attempts[-1]
    try:
        page = find_page(case.order, last)
    except GatewayUnavailable:
        if is_doubtful(last, clock.now()):
            raise
        return case.life
    if page is None:
        return case.life
    return noted(case.life, last.number, lambda one: stages.found(one, page, clock.now()), orders)
