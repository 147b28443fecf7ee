"""What Stripe can do; each function stands in the module of its meaning."""

from kassa.gateways.stripe.checkouts import find_checkout, open_checkout
from kassa.gateways.stripe.dispute_answers import accept_dispute, answer_dispute, find_dispute
from kassa.gateways.stripe.event_list import list_events
from kassa.gateways.stripe.history import history
from kassa.gateways.stripe.look_up import look_up, payment_of
from kassa.gateways.stripe.payouts import payouts
from kassa.gateways.stripe.refunds import find_refund, refund

__all__ = [
    "accept_dispute",
    "answer_dispute",
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
