"""What customers order in the main job, and what becomes of each order: the story that is judged.

Whatever the stack is expected to hold in the end is worked out from here alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CARD, JAPANESE_CARD, HONG_KONG_CARD = "4242424242424242", "4000003920000003", "4000003440000004"
DECLINED_CARD, SLOW_REFUND_CARD = "4000000000000341", "4000000000007726"
PAYOUT_EUR_MINOR = 150_00


def paid_at_once(limits: dict[str, str]) -> list[dict[str, Any]]:
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


POLICY: dict[str, Any] = {
    "note": "The main job's",
    "second_person_over": ["200.00 EUR"],
    "undo_minutes": 0,  # nobody wants to wait here for somebody's second thoughts
    "rules": paid_at_once({"EUR": "50.00", "JPY": "6000"}),
    "otherwise": "escalate",
}


class Course(StrEnum):
    """The course a refund takes once it was asked for."""

    SMALL = "small"  # approved by the policy and paid; the claim is made twice
    TOO_MUCH = "too much"  # more than is left of the payment
    BY_TWO = "by two"  # a person's, and above the limit over which two must approve
    REJECTED = "rejected"  # a person's, who says no
    DISPUTED = "disputed"  # approved by the policy; a dispute comes before the money goes
    COMES_BACK = "comes back"  # approved by the policy; days later the bank sends it back


@dataclass(frozen=True)
class RefundPlan:
    """A refund that is asked for."""

    course: Course
    amount_minor: int
    reason: str


@dataclass(frozen=True)
class Order:
    """What a customer orders, and what becomes of it."""

    order_id: str
    amount_minor: int
    currency: str
    language: str = "en"
    card: str = CARD
    refund: RefundPlan | None = None
    dashboard_minor: int = 0  # refunded by hand, at the gateway

    @property
    def is_captured(self) -> bool:
        """Tell whether money is taken."""
        return self.card != DECLINED_CARD

    @property
    def is_disputed(self) -> bool:
        """Tell whether the customer's bank takes the money back."""
        return self.refund is not None and self.refund.course is Course.DISPUTED

    @property
    def is_refunded(self) -> bool:
        """Tell whether what is asked for is paid."""
        return self.refund is not None and self.refund.course in (Course.SMALL, Course.BY_TWO)

    @property
    def refunded_minor(self) -> int:
        """Return what the customer has back in the end, disputes aside."""
        asked = self.refund.amount_minor if self.refund and self.is_refunded else 0
        return asked + self.dashboard_minor


@dataclass(frozen=True)
class Sale:
    """An order and how the gateway names what came of it."""

    order: Order
    payment_id: str
    charge_id: str | None = None


ORDERS = (
    Order("order-1001", 12_800, "JPY", "ja", JAPANESE_CARD),
    Order("order-1002", 129_00, "EUR", refund=RefundPlan(Course.SMALL, 29_00, "damaged")),
    Order(
        "order-1003",
        860_00,
        "HKD",
        card=HONG_KONG_CARD,
        refund=RefundPlan(Course.REJECTED, 860_00, "changed_mind"),
    ),
    Order("order-1004", 12_340, "KWD"),  # 12.340 dinars: three decimals
    Order("order-1005", 55_50, "EUR", card=DECLINED_CARD),
    Order(
        "order-1006",
        4_200,
        "JPY",
        "ja",
        JAPANESE_CARD,
        refund=RefundPlan(Course.DISPUTED, 4_200, "not_received"),
    ),
    Order(
        "order-1007",
        240_00,
        "EUR",
        refund=RefundPlan(Course.TOO_MUCH, 220_00, "not_as_described"),
        dashboard_minor=40_00,
    ),
    Order("order-1008", 349_00, "EUR", refund=RefundPlan(Course.BY_TWO, 260_00, "damaged")),
    Order(
        "order-1009",
        18_90,
        "EUR",
        card=SLOW_REFUND_CARD,
        refund=RefundPlan(Course.COMES_BACK, 18_90, "cancelled_order"),
    ),
)
