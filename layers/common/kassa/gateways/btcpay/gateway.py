"""What BTCPay can do; each part stands in its own module."""

from kassa.gateways.btcpay.checkouts import find_checkout, open_checkout
from kassa.gateways.btcpay.event_list import list_events
from kassa.gateways.btcpay.history import history
from kassa.gateways.btcpay.look_up import confirm, look_up, payment_of
from kassa.gateways.btcpay.refunds import find_refund, refund

__all__ = [
    "confirm",
    "find_checkout",
    "find_refund",
    "history",
    "list_events",
    "look_up",
    "open_checkout",
    "payment_of",
    "refund",
]
