"""What BTCPay is asked for; each part stands in its own module."""

from kassa.adapters.gateways.btcpay.checkouts import find_checkout, open_checkout
from kassa.adapters.gateways.btcpay.listing import list_events, look_up, payment_of
from kassa.adapters.gateways.btcpay.read_back import confirm
from kassa.adapters.gateways.btcpay.refunds import find_refund, refund

__all__ = [
    "confirm",
    "find_checkout",
    "find_refund",
    "list_events",
    "look_up",
    "open_checkout",
    "payment_of",
    "refund",
]
