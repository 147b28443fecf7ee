"""What is published of an order: a payment came twice, or its link is to be sent."""

from typing import Annotated, Literal

from pydantic import Field

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


class PaymentLinkRequested(FactData):
    """Somebody asked that a customer be sent the link by which their order is paid.

    `object_id` is the order's id, `amount` what it costs.
    """

    fact: Literal["PaymentLinkRequested"] = "PaymentLinkRequested"
    order_id: str
    customer_id: str  # under which the buyer stands


OrderFactData = Annotated[DuplicatePaymentFound | PaymentLinkRequested, Field(discriminator="fact")]
