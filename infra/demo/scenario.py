"""What a scenario of the demo is: orders, what becomes of each, and the rules that decide.

Whatever gateways and books are expected to hold in the end is worked out from a scenario and its
gateways' terms alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from infra.demo.terms import Terms
from kassa.gateways.registry import MANUAL


class OpenWork(NamedTuple):
    """Of which orders something is left to do, where the stack stays up."""

    refund_of: str  # a part of it is asked back, more than the policy approves
    refund_minor: int
    dispute_of: str  # a bank questions it, and nobody has answered yet


class Ending(StrEnum):
    """How a customer leaves the payment page, as the fake gateways name it."""

    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


class Flow(StrEnum):
    """The way a refund takes once it was requested."""

    SMALL = "small"  # approved by the policy and paid
    TOO_MUCH = "too much"  # more than is left of the payment
    BY_TWO = "by two"  # a person's, and above the limit over which two must approve
    REJECTED = "rejected"  # a person's, who says no
    DISPUTED = "disputed"  # approved by the policy; a dispute comes before the money goes
    COMES_BACK = "comes back"  # approved by the policy; days later the bank sends it back


@dataclass(frozen=True)
class RefundPlan:
    """A refund that is requested of Kassa."""

    flow: Flow
    amount_minor: int
    reason: str = "damaged"
    times: int = 1  # more: as a network repeats a request


BUYER = {  # of whoever says who buys
    "name": "Example Buyer Oy",
    "address": {
        "lines": ["Example Road 2"],
        "city": "Turku",
        "postal_code": "20100",
        "country": "FI",
    },
    "tax_id": "FI20774740",
    "email": "buyer@example.com",
}


@dataclass(frozen=True)
class Order:
    """What a customer orders, and what becomes of it."""

    order_id: str
    gateway: str  # where it is paid, in the end
    amount_minor: int
    method: str | None = None  # none: sold past Kassa, at the gateway itself
    currency: str = "EUR"
    country: str = "DE"
    language: str = "en"
    card: str | None = None  # sold by the shop's own Stripe client, by this card
    ending: Ending = Ending.PAID
    is_repeated: bool = False  # sent again, with the same fields and then with others
    refund: RefundPlan | None = None
    by_hand_minor: int = 0  # refunded at the gateway, past Kassa
    is_disputed: bool = False  # and lost
    returned_minor: int = 0  # of a lost dispute: the part that the bank gives back
    reversed_minor: int = 0  # taken back by the gateway, without a dispute
    is_unanswered: bool = False  # the gateway's first answer is lost, its page is not
    refused_by: str | None = None  # the gateway whose refusal made Kassa go on to another
    paid_again_at: str | None = None  # the gateway where it is paid a second time, by mistake
    is_taxed: bool = False  # the shop says who buys, and how each line is taxed
    is_link_sent: bool = False  # its customer is sent the link, and pays then
    is_invoiced: bool = False  # paid later: the office has it invoiced, and enters a transfer

    @property
    def is_paid(self) -> bool:
        """Return whether money is taken."""
        return self.ending is Ending.PAID

    @property
    def is_charged_back(self) -> bool:
        """Return whether the customer's bank takes the money back."""
        return self.is_disputed or self.has_flow(Flow.DISPUTED)

    @property
    def charged_back_minor(self) -> int:
        """Return what banks and the gateway took back for good."""
        taken = self.amount_minor if self.is_charged_back else 0
        return taken - self.returned_minor + self.reversed_minor

    @property
    def refunded_minor(self) -> int:
        """Return what the customer has back in the end, disputes aside."""
        paid = self.has_flow(Flow.SMALL) or self.has_flow(Flow.BY_TWO)
        return (self.refund.amount_minor if self.refund and paid else 0) + self.by_hand_minor

    def has_flow(self, flow: Flow) -> bool:
        """Return whether a refund is requested that takes this way."""
        return self.refund is not None and self.refund.flow is flow

    @property
    def request_body(self) -> dict[str, Any]:
        """Return the order as the shop sends it."""
        return {
            "order_id": self.order_id,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "method": self.method,
            "country": self.country,
            "language": self.language,
            "lines": self.lines,
            "success_url": "https://shop.example/thanks",
            "cancel_url": "https://shop.example/cart",
        } | ({"buyer": BUYER} if self.is_taxed else {})

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return what is ordered, as the shop sends it."""
        if not self.is_taxed:
            return [{"name": "Goods", "quantity": 1, "amount_minor": self.amount_minor}]
        book = {"name": "Book", "quantity": 1, "amount_minor": self.amount_minor // 3}
        lamp_minor = self.amount_minor - self.amount_minor // 3
        lamp = {"name": "Lamp", "quantity": 1, "amount_minor": lamp_minor}
        rates = ((lamp, "25.5"), (book, "13.5"))
        return [line | {"tax": {"category": "S", "rate": rate}} for line, rate in rates]


@dataclass(frozen=True)
class Scenario:
    """Everything that happens in one run of the demo."""

    orders: tuple[Order, ...]
    terms: Mapping[str, Terms]  # by gateway
    policy: dict[str, Any] | None  # of refunds; none where the gateway knows none
    routes: dict[str, Any] | None = None  # none where nothing is sold through Kassa
    payout_minor: int | None = (
        None  # of euros, sent to the bank; none: all that there is, in the end
    )
    webhook_habits: dict[str, float] = field(default_factory=dict)  # how webhooks travel
    open_work: OpenWork | None = None

    @property
    def gateways(self) -> list[str]:
        """Return who takes money; what people enter comes from no gateway."""
        return [name for name in self.terms if name != MANUAL]

    def at_localstripe(self, terms: Mapping[str, Terms]) -> "Scenario":
        """Return it as localstripe can play it: payments and a payout alone."""
        sold = (order for order in self.orders if order.card is not None)
        orders = (replace(order, refund=None, by_hand_minor=0) for order in sold)
        return replace(
            self, orders=tuple(orders), terms=terms, policy=None, routes=None, open_work=None
        )


def small_refund(amount_minor: int) -> RefundPlan:
    """Return a refund that the policy approves."""
    return RefundPlan(Flow.SMALL, amount_minor)


def approved(limits: dict[str, str]) -> list[dict[str, Any]]:
    """Return a policy's rules by which what is small and recent needs no person."""
    return [
        {
            "id": f"small-{currency.lower()}",
            "name": "Small and recent is paid at once",
            "when": {"amount": {"up_to": f"{most} {currency}"}, "payment_age_days": {"up_to": 30}},
            "then": "approve",
        }
        for currency, most in limits.items()
    ]
