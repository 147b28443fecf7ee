"""What customers order on the tour, where each order is to be paid, and what becomes of it.

Whatever gateways and books are expected to hold in the end is worked out from here and from the
gateways' terms alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from infra.local.orders import paid_at_once

CLOSED = "closed"  # an account whose key the gateway no longer takes
COUNTRY_OF_ADYEN, COUNTRY_OF_FAILOVER = "NL", "BE"


class Ending(StrEnum):
    """How a customer leaves the payment page, in the fakes' words."""

    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Order:
    """What a customer orders, and what becomes of it."""

    order_id: str
    gateway: str  # where it is paid, in the end
    amount_minor: int
    method: str | None = None  # none: sold past Kassa, at the gateway itself
    currency: str = "EUR"
    country: str = "DE"
    ending: Ending = Ending.PAID
    is_repeated: bool = False  # sent again, in the same words and then in others
    refund_minor: int = 0  # asked of Kassa, and small enough for its policy
    by_hand_minor: int = 0  # refunded at the gateway, past Kassa
    is_disputed: bool = False  # and lost
    returned_minor: int = 0  # of a lost dispute: the part that the bank gives back
    reversed_minor: int = 0  # taken back by the gateway, without a dispute
    is_unheard: bool = False  # the gateway's first answer is lost, its page is not
    refused_by: str | None = None  # the gateway whose refusal made Kassa go on to another
    paid_again_at: str | None = None  # the gateway where it is paid a second time, by mistake

    @property
    def charged_back_minor(self) -> int:
        """Return what banks and the gateway took back for good."""
        taken = self.amount_minor if self.is_disputed else 0
        return taken - self.returned_minor + self.reversed_minor

    @property
    def is_paid(self) -> bool:
        """Tell whether money is taken."""
        return self.ending is Ending.PAID

    @property
    def words(self) -> dict[str, Any]:
        """Return the order as the shop sends it."""
        line = {"name": "Goods", "quantity": 1, "amount_minor": self.amount_minor}
        return {
            "order_id": self.order_id,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "method": self.method,
            "country": self.country,
            "language": "en",
            "lines": [line],
            "success_url": "https://shop.example/thanks",
            "cancel_url": "https://shop.example/cart",
        }


ORDERS = (
    Order("order-1101", "stripe", 129_00, "card", is_repeated=True, refund_minor=29_00),
    Order("order-1102", "stripe", 75_50, "card", by_hand_minor=5_50),
    Order("order-1103", "stripe", 55_50, "card", ending=Ending.DECLINED),
    Order("order-1104", "stripe", 64_00, "card", is_disputed=True),
    Order("order-1201", "paypal", 210_00, "paypal", "USD", is_repeated=True, refund_minor=31_00),
    Order("order-1202", "paypal", 88_20, "paypal", "USD", by_hand_minor=8_20),
    Order("order-1203", "paypal", 45_10, "paypal", "USD", ending=Ending.DECLINED),
    Order(
        *("order-1204", "paypal", 99_00, "paypal", "USD"),
        is_disputed=True,
        returned_minor=40_00,
    ),
    Order("order-1205", "paypal", 52_00, "paypal", "USD", reversed_minor=12_00),
    Order(
        *("order-1301", "klarna", 1_490_00, "pay_later", "SEK", "SE"),
        is_repeated=True,
        refund_minor=190_00,
    ),
    Order("order-1302", "klarna", 820_00, "pay_later", "SEK", "SE", by_hand_minor=20_00),
    Order("order-1303", "klarna", 333_00, "pay_later", "SEK", "SE", ending=Ending.DECLINED),
    Order("order-1304", "klarna", 640_00, "pay_later", "SEK", "SE", is_disputed=True),
    Order(
        *("order-1401", "adyen", 149_90, "card", "EUR", COUNTRY_OF_ADYEN),
        is_repeated=True,
        refund_minor=24_90,
    ),
    Order("order-1402", "adyen", 63_00, "card", "EUR", COUNTRY_OF_ADYEN, by_hand_minor=3_00),
    Order("order-1403", "adyen", 71_00, "card", "EUR", COUNTRY_OF_ADYEN, ending=Ending.DECLINED),
    Order("order-1404", "adyen", 82_00, "card", "EUR", COUNTRY_OF_ADYEN, is_disputed=True),
    Order(  # Adyen counts krónur in hundredths, ISO 4217 doesn't
        *("order-1405", "adyen", 48_000, "card", "ISK", COUNTRY_OF_ADYEN),
        refund_minor=3_000,
    ),
    Order("order-1501", "btcpay", 180_00, "crypto", is_repeated=True, refund_minor=40_00),
    Order("order-1502", "btcpay", 95_00, "crypto", by_hand_minor=15_00),
    Order("order-1503", "btcpay", 50_00, "crypto", ending=Ending.EXPIRED),
    Order("order-1601", "standard", 119_00),
    Order("order-1602", "standard", 47_40, by_hand_minor=7_40),
    Order("order-1603", "standard", 58_00, is_disputed=True),
    Order("order-2001", "stripe", 36_00, "card", "EUR", COUNTRY_OF_FAILOVER, refused_by="adyen"),
    Order("order-2002", "stripe", 42_00, "card", paid_again_at="adyen"),
    Order("order-2003", "paypal", 27_00, "paypal", "USD", is_unheard=True),
)

SMALL = {"EUR": "50.00", "USD": "50.00", "SEK": "500.00", "ISK": "5000"}
POLICY: dict[str, Any] = {
    "note": "The tour's",
    "undo_minutes": 0,  # nobody wants to wait here for somebody's second thoughts
    "rules": paid_at_once(SMALL),
    "otherwise": "escalate",
}
ROUTES: dict[str, Any] = {
    "routes": [
        {
            "gateway": "adyen",
            "account": CLOSED,
            "methods": ["card"],
            "countries": {"allow": [COUNTRY_OF_FAILOVER]},
            "priority": 20,
        },
        {
            "gateway": "adyen",
            "methods": ["card"],
            "countries": {"allow": [COUNTRY_OF_ADYEN]},
            "priority": 10,
        },
        {"gateway": "stripe", "methods": ["card"]},
        {"gateway": "paypal", "methods": ["paypal"]},
        {"gateway": "klarna", "methods": ["pay_later"]},
        {"gateway": "btcpay", "methods": ["crypto"]},
    ]
}
