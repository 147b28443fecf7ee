"""The demo at Stripe alone: the shop sells by its own client, in four currencies.

One order is paid on a page that Kassa opens, once its customer was sent the link: it says who buys
and how each line is taxed. Another is invoiced first and paid by transfer. Refunds take every way
there is: by the policy, by people, too much, disputed, sent back.
"""

from typing import Any

from infra.demo.scenario import (
    Ending,
    Flow,
    OpenWork,
    Order,
    RefundPlan,
    Scenario,
    approved,
    small_refund,
)
from infra.demo.terms import BY_HAND, LOCALSTRIPE_TERMS, TERMS
from kassa.gateways.registry import MANUAL

CARD, JAPANESE_CARD, HONG_KONG_CARD = "4242424242424242", "4000003920000003", "4000003440000004"
DECLINED_CARD, SLOW_REFUND_CARD = "4000000000000341", "4000000000007726"
PAYOUT_EUR_MINOR = 150_00

POLICY: dict[str, Any] = {
    "note": "The demo's, at one gateway",
    "second_person_over": ["200.00 EUR"],
    "undo_minutes": 0,  # nobody wants to wait here for somebody's second thoughts
    "rules": approved({"EUR": "50.00", "JPY": "6000"}),
    "otherwise": "escalate",
}


def sold(order_id: str, amount_minor: int, currency: str, card: str = CARD, **more: Any) -> Order:
    """Return an order that is paid by card at Stripe, past Kassa's checkouts."""
    return Order(order_id, "stripe", amount_minor, currency=currency, card=card, **more)


ORDERS = (
    sold("order-1001", 12_800, "JPY", JAPANESE_CARD, language="ja"),
    sold("order-1002", 129_00, "EUR", refund=RefundPlan(Flow.SMALL, 29_00, "damaged", times=2)),
    sold(
        *("order-1003", 860_00, "HKD", HONG_KONG_CARD),
        refund=RefundPlan(Flow.REJECTED, 860_00, "changed_mind"),
    ),
    sold("order-1004", 12_340, "KWD"),  # 12.340 dinars: three decimals
    sold("order-1005", 55_50, "EUR", DECLINED_CARD, ending=Ending.DECLINED),
    sold(
        *("order-1006", 4_200, "JPY", JAPANESE_CARD),
        language="ja",
        refund=RefundPlan(Flow.DISPUTED, 4_200, "not_received"),
    ),
    sold(
        *("order-1007", 240_00, "EUR"),
        refund=RefundPlan(Flow.TOO_MUCH, 220_00, "not_as_described"),
        by_hand_minor=40_00,
    ),
    sold("order-1008", 349_00, "EUR", refund=RefundPlan(Flow.BY_TWO, 260_00, "damaged")),
    sold(
        *("order-1009", 18_90, "EUR", SLOW_REFUND_CARD),
        refund=RefundPlan(Flow.COMES_BACK, 18_90, "cancelled_order"),
    ),
    Order(
        *("order-1010", "stripe", 186_00, "card"),
        country="FI",
        language="fi",
        refund=small_refund(31_00),
        is_taxed=True,
        is_link_sent=True,
    ),
    Order("order-1011", MANUAL, 372_00, language="fi", is_taxed=True, is_invoiced=True),
)
ROUTES: dict[str, Any] = {"routes": [{"gateway": "stripe", "methods": ["card"]}]}
AT_STRIPE = {"stripe": TERMS["stripe"], MANUAL: BY_HAND}
OPEN = OpenWork("order-1010", 60_00, "order-1003")
SCENARIO = Scenario(
    ORDERS, AT_STRIPE, POLICY, ROUTES, payout_minor=PAYOUT_EUR_MINOR, open_work=OPEN
)
AT_LOCALSTRIPE = SCENARIO.at_localstripe({"stripe": LOCALSTRIPE_TERMS})
