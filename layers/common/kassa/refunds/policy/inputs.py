"""What a refund decision may look at: named inputs, each a whole number, a word or an amount.

They stand in the decision receipt as they were, so a decision can be explained and replayed.
What isn't known is None, and a condition on it never holds.
"""

from enum import StrEnum

from kassa.core.model import Model
from kassa.core.money import Money


class Reason(StrEnum):
    """Why a customer wants money back; the customer's comment stands beside it."""

    NOT_RECEIVED = "not_received"
    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    CHANGED_MIND = "changed_mind"
    CANCELLED_ORDER = "cancelled_order"
    CHARGED_TWICE = "charged_twice"
    WRONG_AMOUNT = "wrong_amount"
    UNRECOGNIZED = "unrecognized"
    GOODWILL = "goodwill"
    OTHER = "other"


class RefundInputs(Model):
    """The inputs of one decision; scores only route, they never reject."""

    amount: Money
    payment_age_days: int
    amount_percent: int  # of what was captured, rounded up
    reason: Reason
    category: str | None = None  # of all line items; "mixed" where they differ
    gateway: str
    method: str | None = None  # one of payment_methods.PaidMethod
    brand: str | None = None  # of the method: visa, applepay, klarna, konbini …
    country: str | None = None  # ISO 3166-1 alpha-2, of the card
    gateway_risk: str | None = None  # the gateway's own level: normal, elevated, highest
    has_open_dispute: bool = False
    lost_dispute: bool = False  # a bank gave money back already; by default a person decides
    disputed_percent: int = 0  # of what was captured, what disputes took, rounded up
    customer_payments: int | None = None  # captured payments we know of
    customer_paid: Money | None = None  # captured in the payment's currency, in all
    customer_age_days: int | None = None  # since the first payment
    customer_refunds: int | None = None  # payments of theirs that were refunded, even in part
    refund_share_percent: int | None = None  # of their payments, shrunk to the merchant's mean
    dispute_share_percent: int | None = None  # the same for disputes
    amount_ratio_percent: int | None = None  # amount against the mean of their payments
    requests_customer_day: int | None = None  # refund requests of the last 24 hours, this one aside
    requests_card_day: int | None = None
    requests_address_day: int | None = None
    requests_ip_day: int | None = None
    requests_email_day: int | None = None  # by the e-mail's hash, which links a guest's orders
    risk_score: int = 0  # 0 to 100; see refunds/risk/signals.py


SCORES = {
    "gateway_risk",
    "refund_share_percent",
    "dispute_share_percent",
    "amount_ratio_percent",
    "requests_customer_day",
    "requests_card_day",
    "requests_address_day",
    "requests_ip_day",
    "requests_email_day",
    "risk_score",
}
