"""An order as the merchant's shop sends it to be paid; its content never changes.

It holds ids only: an order with a name or a mail address in it is refused. What is malformed is
named by its field, all of it at once.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictInt, ValidationInfo, field_validator

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.submissions import CheckoutSubmission, OrderLine, PaymentMethod
from kassa.orders.attempts import Attempt

# Gateways keep our name of an attempt in fields of 80 characters and more, and in a header.
OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$")]
CustomerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$")]  # no mail
EmailHash = Annotated[str, Field(pattern=r"^[0-9a-f]{16,128}$")]
_URL_MAX = 1000
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _web_address(url: str) -> str:
    """Refuse what a customer's browser shouldn't be sent to; plain http only to this machine."""
    if len(url) > _URL_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"must be an address of at most {_URL_MAX} characters, without blanks")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError("is no web address") from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not is_safe or not host or parts.username is not None:
        raise ValueError("must begin with https:// and name a host")
    return url


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Device(StrEnum):
    """What a customer has before them, as the shop or their browser says."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"


def device_of(user_agent: str) -> Device | None:
    """Return what a browser runs on, by what it says of itself; none of what is no browser."""
    if not user_agent.startswith("Mozilla/"):
        return None
    is_android, is_mobile = "Android" in user_agent, "Mobi" in user_agent
    if "iPad" in user_agent or "Tablet" in user_agent or (is_android and not is_mobile):
        return Device.TABLET
    return Device.PHONE if is_mobile or "iPhone" in user_agent else Device.DESKTOP


class Order(Model):
    """What is to be paid, how the customer wants to, and where they go afterwards."""

    order_id: OrderId
    amount_minor: Annotated[StrictInt, Field(ge=1, le=10**12)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
    lines: Annotated[tuple[OrderLine, ...], Field(max_length=100)] = ()
    channel: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")] | None = (
        None  # where it was placed, in the shop's own word: web, app, store-1
    )
    method: PaymentMethod | None = None  # none: the customer chooses at the checkout
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None  # ISO 3166-1
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | None = (
        None  # BCP 47
    )
    device: Device | None = None  # for reports; another one is no other order
    customer_id: CustomerId | None = None
    email_hash: EmailHash | None = None  # the customer's, hashed by the shop with its secret
    success_url: WebAddress
    cancel_url: WebAddress
    pay_by: date | None = None  # then it is invoiced first, and paid by the invoice's link
    marketing_consent_at: Instant | None = None  # when the customer agreed to be written to

    @field_validator("lines")
    @classmethod
    def _sum_up(cls, lines: tuple[OrderLine, ...], known: ValidationInfo) -> tuple[OrderLine, ...]:
        """Refuse lines that don't sum up to the amount, as some gateways would and others not."""
        amount_minor = known.data.get("amount_minor")
        total = sum(line.amount_minor for line in lines)
        if lines and amount_minor is not None and total != amount_minor:
            raise ValueError(f"sum up to {total} minor units, the amount is {amount_minor}")
        return lines

    @property
    def buyer_id(self) -> str:
        """Return under which customer's id its buyer stands; a guest's is the order's."""
        return self.customer_id or f"order:{self.order_id}"

    @property
    def amount(self) -> Money:
        """Return what is to be paid."""
        return Money(amount_minor=self.amount_minor, currency=self.currency)

    def submission(self, attempt: Attempt) -> CheckoutSubmission:
        """Return what one attempt submits, the same whenever it is submitted again."""
        return CheckoutSubmission(
            order_id=self.order_id,
            submission_id=f"{self.order_id}.{attempt.number}",
            submitted_at=attempt.submitted_at,
            closes_at=attempt.closes_at,
            amount=self.amount,
            method=self.method,
            country=self.country,
            language=self.language,
            lines=self.lines,
            customer_id=self.customer_id,
            success_url=self.success_url,
            cancel_url=self.cancel_url,
        )


def differences(was: Order, now: Order) -> list[dict[str, Any]]:
    """Return every field in which two tellings of one order differ, as it was and as it is."""
    before, after = _fields(was), _fields(now.model_copy(update={"device": was.device}))
    return [
        {"field": name, "was": before[name], "is": after[name]}
        for name in before
        if before[name] != after[name]
    ]


def _fields(order: Order) -> dict[str, Any]:
    """Return an order as it was sent: a line without an id of its own has no such field."""
    lines = [line.model_dump(mode="json", exclude_none=True) for line in order.lines]
    return order.model_dump(mode="json") | {"lines": lines}
