"""What is told of an order: a second payment was found, and it is up for refund."""

from typing import Literal

from kassa.core.facts import FactData


class SecondPaymentFound(FactData):
    """An order that was paid was paid again; the second payment is up for refund."""

    fact: Literal["SecondPaymentFound"] = "SecondPaymentFound"
    order_id: str
    gateway: str
    account: str
    payment_id: str
    paid_by: str  # the payment that came first, as gateway/account/payment_id
    refund_request_id: str | None = None  # none: nothing of it was left to refund
