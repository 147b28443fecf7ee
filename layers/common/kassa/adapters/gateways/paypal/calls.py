"""What PayPal can be asked for; each function stands in the module of its meaning."""

from kassa.adapters.gateways.paypal.checkouts import find_checkout, open_checkout
from kassa.adapters.gateways.paypal.listings import list_events, payouts
from kassa.adapters.gateways.paypal.look_ups import confirm, look_up, payment_of
from kassa.adapters.gateways.paypal.refunds import find_refund, refund

__all__ = [
    "confirm",
    "find_checkout",
    "find_refund",
    "list_events",
    "look_up",
    "open_checkout",
    "payment_of",
    "payouts",
    "refund",
]
