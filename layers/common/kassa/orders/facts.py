"""What is published of an order: a duplicate payment was found, and it is up for refund."""

from typing import Literal

from kassa.core.facts import FactData


class DuplicatePaymentFound(FactData):
    """An order that was paid was paid again; the duplicate payment is up for refund."""

    fact: Literal["DuplicatePaymentFound"] = "DuplicatePaymentFound"
    order_id: str
    gateway: str
    account: str
    payment_id: str
    paid_by: str  # the payment that came first, as gateway/account/payment_id
    refund_request_id: str | None = None  # none: nothing of it was left to refund
