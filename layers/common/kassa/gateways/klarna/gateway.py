"""What Klarna can do: hosted checkouts, refunds, look-ups and settlements; it lists no events."""

from kassa.gateways.klarna.checkouts import find_checkout, open_checkout
from kassa.gateways.klarna.dispute_answers import accept_dispute, answer_dispute, find_dispute
from kassa.gateways.klarna.history import history
from kassa.gateways.klarna.look_up import confirm, look_up, payment_of
from kassa.gateways.klarna.payouts import payouts
from kassa.gateways.klarna.refunds import find_refund, refund

__all__ = [
    "accept_dispute",
    "answer_dispute",
    "confirm",
    "find_checkout",
    "find_dispute",
    "find_refund",
    "history",
    "look_up",
    "open_checkout",
    "payment_of",
    "payouts",
    "refund",
]
