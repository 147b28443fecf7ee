"""What is published of an order: what was paid for, a payment twice, a link that is to be sent."""

from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import FactData, MeasuredFactData
from kassa.core.model import Model


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


class ProductShare(Model):
    """What a product of an order has of an amount."""

    product: str  # the shop's id of it, or else its name
    amount_minor: int


class PaymentAttributed(FactData):
    """What a captured payment or a failed attempt was for, and where it was ordered, became known.

    It is booked when that one was, and its `amount` is that one's. Products share all of it, or
    none are known.
    """

    fact: Literal["PaymentAttributed"] = "PaymentAttributed"
    order_id: str
    channel: str | None = None  # the shop's own word
    country: str | None = None  # ISO 3166-1, the customer's
    products: tuple[ProductShare, ...] = ()


class CheckoutSubmitted(MeasuredFactData):
    """An attempt to open a customer's payment page, and what its gateway answered.

    `object_id` is the attempt, as the gateway knows it.
    """

    fact: Literal["CheckoutSubmitted"] = "CheckoutSubmitted"
    order_id: str
    method: str | None = None  # chosen in the shop; none: the customer chooses at the page
    offered: tuple[str, ...]  # methods of the page
    country: str | None = None  # the order's
    device: str | None = None  # as the shop or the browser says
    outcome: str  # open, refused or unknown
    answered_ms: int | None = None  # none: no answer


OrderFactData = Annotated[
    DuplicatePaymentFound | PaymentLinkRequested | PaymentAttributed | CheckoutSubmitted,
    Field(discriminator="fact"),
]
