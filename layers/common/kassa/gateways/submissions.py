"""What Kassa submits to a gateway, a checkout or a refund, and what the gateway made of it."""

from enum import StrEnum

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.core.tax import Tax, TaxClass
from kassa.gateways.events import Subject


class PaymentMethod(StrEnum):
    """How a customer may want to pay; each gateway has its own names for them.

    What a payment was paid with in the end is `payment_methods.PaidMethod`.
    """

    CARD = "card"
    APPLE_PAY = "apple_pay"
    GOOGLE_PAY = "google_pay"
    MOBILE_WALLET = "mobile_wallet"
    BANK_TRANSFER = "bank_transfer"
    PAY_LATER = "pay_later"
    PAYPAL = "paypal"
    CRYPTO = "crypto"


class CheckoutState(StrEnum):
    """How a hosted checkout stands at its gateway."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class OrderLine(Model):
    """One line of an order: what, how many, and what they cost together."""

    name: str = Field(min_length=1, max_length=120)
    quantity: int = Field(ge=1, le=10**8, strict=True)
    amount_minor: int = Field(ge=0, strict=True)
    sku: str | None = Field(default=None, min_length=1, max_length=100)  # the shop's id of it
    tax: Tax | None = None  # in the amount; where every line says it, an invoice states it
    tax_class: TaxClass | None = None  # instead, as a shop sends it; `tax` is what it came to
    discount_minor: int | None = Field(default=None, ge=1, le=10**12, strict=True)  # off already
    unit: str | None = Field(default=None, pattern=r"^[A-Z0-9]{2,3}$")  # UNECE recommendation 20


class CheckoutSubmission(Model):
    """One hosted checkout as it is submitted to a gateway; submitted again, the same one."""

    order_id: str
    submission_id: str  # our name for this attempt: "<order_id>.<n>"
    amount: Money
    method: PaymentMethod | None = None
    country: str | None = None  # ISO 3166-1, the customer's
    language: str | None = None  # BCP 47
    lines: tuple[OrderLine, ...] = ()
    customer_id: str | None = None
    success_url: str
    cancel_url: str
    submitted_at: Instant | None = None
    closes_at: Instant | None = None  # when it shall close, where the gateway lets us say

    @property
    def idempotency_key(self) -> str:
        """Return the name of the intent, the same for every try."""
        return f"checkout:{self.submission_id}"


class OpenedCheckout(Model):
    """A hosted checkout that is open."""

    checkout_id: str
    url: str
    payment_id: str | None = None  # where the gateway names the payment beforehand
    expires_at: Instant | None = None


class FoundCheckout(Model):
    """A hosted checkout as the gateway has it."""

    state: CheckoutState
    opened: OpenedCheckout


class RefundSubmission(Model):
    """One refund as it is submitted to a gateway; submitting it again pays nothing more."""

    payment: Subject
    submission_id: str  # our name for it: in the refund's metadata, and in the idempotency key
    amount: Money

    @property
    def idempotency_key(self) -> str:
        """Return the name of the intent, the same for every try."""
        return f"refund:{self.submission_id}"


class GatewayRefund(Model):
    """A refund as the gateway has it; how it stands is reported by its events alone."""

    refund_id: str
