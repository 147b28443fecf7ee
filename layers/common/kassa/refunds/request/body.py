"""What a caller says who wants a refund: which payment, how much, why, and under which claim."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from kassa.core.errors import InvalidRequest, OverHeadroom
from kassa.core.model import Model
from kassa.core.money import Money, spelled
from kassa.gateways.events import ObjectKind
from kassa.gateways.submissions import OrderLine
from kassa.ledger.objects import ObjectState
from kassa.ledger.state import SubjectState
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.request.lines import requested_units
from kassa.refunds.request.request import LineItem, derived_claim_id

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{16,128}$")]
Name = Annotated[str, Field(pattern=r"^[\w.:/@+-]{1,200}$")]


class RefundRequestBody(Model):
    """A refund somebody wants; amounts are minor units, and none means all that is left."""

    gateway: Name = "stripe"
    account: Name = "main"
    payment_id: Name | None = None  # the gateway's id of the payment or of a charge of it
    order_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    amount_minor: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    line_items: Annotated[tuple[LineItem, ...], Field(max_length=100)] = ()
    reason: Reason
    comment: Annotated[str, Field(max_length=1000)] = ""  # the customer's own
    claim_id: Name | None = (
        None  # the caller's name for the complaint; else lines or amount name it
    )
    address_hash: Hash | None = None  # of the delivery address, hashed by the caller
    ip_hash: Hash | None = None
    email_hash: Hash | None = None  # the customer's; without one, the order's counts

    @model_validator(mode="after")
    def _names_one_payment(self) -> Self:
        if (self.payment_id is None) == (self.order_id is None):
            raise ValueError("name the payment by payment_id or by order_id")
        return self

    @property
    def claim(self) -> str:
        """Return the claim's name: the caller's, or else what is given back."""
        return self.claim_id or derived_claim_id(
            self.amount_minor, requested_units(self.line_items)
        )

    @property
    def category(self) -> str | None:
        """Return the product category of all lines, or that they differ."""
        named = {line.category for line in self.line_items}
        if len(named) > 1:
            return "mixed"
        return next(iter(named), None)


def with_claim(
    request_body: RefundRequestBody, payment: SubjectState, lines: Iterable[OrderLine]
) -> RefundRequestBody:
    """Return a request whose claim has a name; one that names no amount means the whole payment.

    So it stays one claim after a part of the payment is gone, and is the same as when the whole
    amount is said.
    """
    if request_body.claim_id is not None:
        return request_body
    amount_minor = request_body.amount_minor or payment.captured_minor
    given_back = requested_units(request_body.line_items, lines)
    return request_body.model_copy(update={"claim_id": derived_claim_id(amount_minor, given_back)})


def main_charge(payment: SubjectState) -> ObjectState:
    """Return the charge that took the most; raise OverHeadroom where nothing was taken."""
    captured = payment.of(ObjectKind.CHARGE, "captured").values()
    if not captured:
        raise OverHeadroom("amount_minor: nothing of the payment was captured", 0)
    return max(captured, key=lambda charge: (charge.amount_minor, charge.happened_at))


def requested_amount(request_body: RefundRequestBody, payment: SubjectState) -> Money:
    """Return what is requested of a payment: as given, as the lines sum up to, or all that is left.

    Raises InvalidRequest for another currency, OverHeadroom for more than is left.
    """
    currency = main_charge(payment).currency
    if request_body.currency not in (None, currency):
        raise InvalidRequest(f"currency: the payment is in {currency}")
    left_minor = max(0, payment.available_minor)
    lines = [line.amount_minor for line in request_body.line_items if line.amount_minor is not None]
    of_lines = sum(lines) if lines and len(lines) == len(request_body.line_items) else None
    if None not in (request_body.amount_minor, of_lines) and request_body.amount_minor != of_lines:
        sum_up = spelled(Money(amount_minor=of_lines or 0, currency=currency))
        raise InvalidRequest(f"amount_minor: the line items sum up to {sum_up}")
    amount_minor = request_body.amount_minor or of_lines or left_minor
    left = Money(amount_minor=left_minor, currency=currency)
    if not 0 < amount_minor <= left_minor:
        raise OverHeadroom(
            f"amount_minor: {spelled(left)} may still be refunded",
            left_minor,
        )
    return Money(amount_minor=amount_minor, currency=currency)
