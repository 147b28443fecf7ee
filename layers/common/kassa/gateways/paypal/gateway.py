"""What PayPal can do; each function stands in the module of its meaning."""

from kassa.gateways.paypal.checkouts import find_checkout, open_checkout
from kassa.gateways.paypal.dispute_answers import accept_dispute, answer_dispute, find_dispute
from kassa.gateways.paypal.event_list import list_events
from kassa.gateways.paypal.history import history
from kassa.gateways.paypal.look_up import confirm, look_up, payment_of
from kassa.gateways.paypal.payouts import payouts
from kassa.gateways.paypal.refunds import find_refund, refund

__all__ = [
    "accept_dispute",
    "answer_dispute",
    "confirm",
    "find_checkout",
    "find_dispute",
    "find_refund",
    "history",
    "list_events",
    "look_up",
    "open_checkout",
    "payment_of",
    "payouts",
    "refund",
]
