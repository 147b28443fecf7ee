"""What is booked in the demo at every gateway when all is as it must be."""

from collections.abc import Iterator

from infra.demo.checks.books import PAID_WITH
from infra.demo.scenario import Ending, Order, small_refund
from infra.demo.terms import DISPUTE_FEE, TERMS
from kassa.core.money import Money
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import BookedEvent
from tests.support.booked_events import A, Move, P, booked_event, capture, refund
from tests.support.builders import NOW

REPEATED = Order("order-1", "stripe", 100_00, "card", is_repeated=True, refund=small_refund(20_00))
BY_HAND = Order("order-2", "paypal", 80_00, "paypal", "USD", by_hand_minor=8_00)
DECLINED = Order("order-3", "klarna", 55_00, "pay_later", "SEK", "SE", ending=Ending.DECLINED)
DISPUTED = Order("order-4", "adyen", 60_00, "card", country="NL", is_disputed=True)
EXPIRED = Order("order-5", "btcpay", 40_00, "crypto", ending=Ending.EXPIRED)
COINS = Order("order-6", "btcpay", 90_00, "crypto")
SOLD = Order("order-7", "standard", 30_00)
FAILED_OVER = Order("order-8", "stripe", 36_00, "card", country="BE", refused_by="adyen")
UNANSWERED = Order("order-10", "paypal", 27_00, "paypal", "USD", is_unanswered=True)
TWICE = Order("order-9", "stripe", 42_00, "card", paid_again_at="adyen")
RETURNED = Order(
    *("order-11", "paypal", 70_00, "paypal", "USD"), is_disputed=True, returned_minor=25_00
)
REVERSED = Order("order-12", "paypal", 50_00, "paypal", "USD", reversed_minor=11_00)
ORDERS = (
    *(REPEATED, BY_HAND, DECLINED, DISPUTED, EXPIRED, COINS, SOLD, FAILED_OVER, TWICE, UNANSWERED),
    *(RETURNED, REVERSED),
)


def money(minor: int, currency: str) -> Money:
    return Money(amount_minor=minor, currency=currency)


def event(order: Order, fact: str, of: tuple[str, str], *moves: Move) -> BookedEvent:
    """Return an event of one fact, reported by a gateway, with a posting for each move."""
    gateway, subject_id = of
    kind = SubjectKind.PAYOUT if fact == "PayoutPaid" else SubjectKind.PAYMENT
    subject = Subject(gateway=gateway, account="main", kind=kind, subject_id=subject_id)
    fields = {"fact": fact}
    if fact == "PaymentCaptured":
        fields["order_id"] = order.order_id
        fields["method"] = PAID_WITH.get(order.method or "", ("other",))[0]
    amount = money(order.amount_minor, order.currency)
    return booked_event(subject, NOW, amount, moves, **fields)


def payment_id(order: Order, gateway: str | None = None) -> str:
    return f"{gateway or order.gateway}-pays-{order.order_id}"


def lifecycle_of(order: Order, gateway: str, back_minor: int) -> Iterator[BookedEvent]:
    """Yield what is booked of one payment of an order, and of its share of the payout."""
    terms, named = TERMS[gateway], (gateway, payment_id(order, gateway))
    gross, fee = order.amount_minor, terms.fee(order.amount_minor, order.currency)
    settled = gross if terms.pays_out else 0
    yield event(order, "PaymentCaptured", named, *capture(gross, settled, fee))
    left = gross - fee - back_minor
    if back_minor:
        yield event(order, "RefundSucceeded", named, *refund(back_minor))
    if order.is_disputed or order.reversed_minor:
        taken, fee = (gross, DISPUTE_FEE) if order.is_disputed else (order.reversed_minor, 0)
        left -= order.charged_back_minor + fee
        yield event(
            order,
            "DisputeFundsWithdrawn",
            named,
            (P.CHARGEBACK, A.GATEWAY_CLEARING, A.CHARGEBACKS, taken),
            (P.SETTLEMENT, A.GATEWAY_BALANCE, A.GATEWAY_CLEARING, taken),
            (P.FEE, A.GATEWAY_BALANCE, A.GATEWAY_FEES, fee),
        )
    if order.returned_minor:
        yield event(
            order,
            "DisputeFundsReinstated",
            named,
            (P.CHARGEBACK_REVERSAL, A.CHARGEBACKS, A.GATEWAY_CLEARING, order.returned_minor),
            (P.SETTLEMENT, A.GATEWAY_CLEARING, A.GATEWAY_BALANCE, order.returned_minor),
        )
    if terms.pays_out:
        payout = f"payout-of-{named[1]}"
        yield event(
            order, "PayoutPaid", (gateway, payout), (P.PAYOUT, A.GATEWAY_BALANCE, A.BANK, left)
        )


def events() -> list[BookedEvent]:
    """Return all that is booked of the orders."""
    found: list[BookedEvent] = []
    for order in (order for order in ORDERS if order.is_paid):
        found += lifecycle_of(order, order.gateway, order.refunded_minor)
        if order.paid_again_at:
            found += lifecycle_of(order, order.paid_again_at, order.amount_minor)
    return found
