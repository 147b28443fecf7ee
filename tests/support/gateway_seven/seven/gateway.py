"""What Seven can be asked for; each function stands in the module of its meaning."""

from tests.support.gateway_seven.seven.checkouts import find_checkout, open_checkout
from tests.support.gateway_seven.seven.look_up import look_up
from tests.support.gateway_seven.seven.refunds import find_refund, refund

__all__ = ["find_checkout", "find_refund", "look_up", "open_checkout", "refund"]
