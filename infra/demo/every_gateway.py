"""The demo at every gateway: customers pay on pages that Kassa opens, and everything happens once.

A gateway refuses, another loses its answer, an order is paid twice, banks and gateways take back.
"""

from typing import Any

from infra.demo.scenario import Ending, OpenWork, Order, Scenario, approved, small_refund
from infra.demo.terms import TERMS
from infra.local.accounts import CLOSED

COUNTRY_OF_ADYEN, COUNTRY_OF_FAILOVER = "NL", "BE"
HABITS = {"duplicates": 0.3, "delay_max_s": 0.5, "retry_max_s": 2.0}  # twice, and out of order

ORDERS = (
    Order(
        *("order-1101", "stripe", 129_00, "card"),
        is_repeated=True,
        refund=small_refund(29_00),
        is_taxed=True,
    ),
    Order("order-1102", "stripe", 75_50, "card", by_hand_minor=5_50),
    Order("order-1103", "stripe", 55_50, "card", ending=Ending.DECLINED),
    Order("order-1104", "stripe", 64_00, "card", is_disputed=True),
    Order(
        "order-1201",
        "paypal",
        210_00,
        "paypal",
        "USD",
        is_repeated=True,
        refund=small_refund(31_00),
    ),
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
        refund=small_refund(190_00),
    ),
    Order("order-1302", "klarna", 820_00, "pay_later", "SEK", "SE", by_hand_minor=20_00),
    Order("order-1303", "klarna", 333_00, "pay_later", "SEK", "SE", ending=Ending.DECLINED),
    Order("order-1304", "klarna", 640_00, "pay_later", "SEK", "SE", is_disputed=True),
    Order(
        *("order-1401", "adyen", 149_90, "card", "EUR", COUNTRY_OF_ADYEN),
        is_repeated=True,
        refund=small_refund(24_90),
    ),
    Order(
        *("order-1402", "adyen", 63_00, "card", "EUR", COUNTRY_OF_ADYEN),
        by_hand_minor=3_00,
        is_taxed=True,
    ),
    Order("order-1403", "adyen", 71_00, "card", "EUR", COUNTRY_OF_ADYEN, ending=Ending.DECLINED),
    Order("order-1404", "adyen", 82_00, "card", "EUR", COUNTRY_OF_ADYEN, is_disputed=True),
    Order(  # Adyen counts krónur in hundredths, ISO 4217 doesn't
        *("order-1405", "adyen", 48_000, "card", "ISK", COUNTRY_OF_ADYEN),
        refund=small_refund(3_000),
    ),
    Order("order-1501", "btcpay", 180_00, "crypto", is_repeated=True, refund=small_refund(40_00)),
    Order("order-1502", "btcpay", 95_00, "crypto", by_hand_minor=15_00),
    Order("order-1503", "btcpay", 50_00, "crypto", ending=Ending.EXPIRED),
    Order("order-1601", "standard", 119_00),
    Order("order-1602", "standard", 47_40, by_hand_minor=7_40),
    Order("order-1603", "standard", 58_00, is_disputed=True),
    Order("order-2001", "stripe", 36_00, "card", "EUR", COUNTRY_OF_FAILOVER, refused_by="adyen"),
    Order("order-2002", "stripe", 42_00, "card", paid_again_at="adyen"),
    Order("order-2003", "paypal", 27_00, "paypal", "USD", is_unanswered=True),
)

SMALL = {"EUR": "50.00", "USD": "50.00", "SEK": "500.00", "ISK": "5000"}
POLICY: dict[str, Any] = {
    "note": "The demo's, at every gateway",
    "undo_minutes": 0,  # nobody wants to wait here for somebody's second thoughts
    "rules": approved(SMALL),
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

OPEN = OpenWork("order-1101", 60_00, "order-1402")
SCENARIO = Scenario(ORDERS, TERMS, POLICY, ROUTES, webhook_habits=HABITS, open_work=OPEN)
