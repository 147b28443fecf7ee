"""A tour as it must end: small, complete, and made of the story alone; tests plant deviations."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.local.observed import Books
from infra.local.tour.fakes import FakePayment, Truth
from infra.local.tour.judge import PAID_WITH
from infra.local.tour.outcome import Told, TourOutcome
from infra.local.tour.story import Ending, Order
from infra.local.tour.terms import DISPUTE_FEE, TERMS
from kassa.core.facts import FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind
from kassa.fact_catalog import FACT_DATA
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.order import Order as SentOrder
from kassa.orders.views import OrderCase, OrderView, shown_order
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.builders import NOW
from tests.support.refund_cases import a_lifecycle, a_request

A, P = Account, PostingKind
NO_PAGE = (503, {"message": "ask again"})
Move = tuple[PostingKind, Account, Account, int]

REPEATED = Order("order-1", "stripe", 100_00, "card", is_repeated=True, refund_minor=20_00)
BY_HAND = Order("order-2", "paypal", 80_00, "paypal", "USD", by_hand_minor=8_00)
DECLINED = Order("order-3", "klarna", 55_00, "pay_later", "SEK", "SE", ending=Ending.DECLINED)
DISPUTED = Order("order-4", "adyen", 60_00, "card", country="NL", is_disputed=True)
EXPIRED = Order("order-5", "btcpay", 40_00, "crypto", ending=Ending.EXPIRED)
COINS = Order("order-6", "btcpay", 90_00, "crypto")
SOLD = Order("order-7", "standard", 30_00)
FAILED_OVER = Order("order-8", "stripe", 36_00, "card", country="BE", refused_by="adyen")
UNHEARD = Order("order-10", "paypal", 27_00, "paypal", "USD", is_unheard=True)
TWICE = Order("order-9", "stripe", 42_00, "card", paid_again_at="adyen")
RETURNED = Order(
    *("order-11", "paypal", 70_00, "paypal", "USD"), is_disputed=True, returned_minor=25_00
)
REVERSED = Order("order-12", "paypal", 50_00, "paypal", "USD", reversed_minor=11_00)
ORDERS = (
    *(REPEATED, BY_HAND, DECLINED, DISPUTED, EXPIRED, COINS, SOLD, FAILED_OVER, TWICE, UNHEARD),
    *(RETURNED, REVERSED),
)


def money(minor: int, currency: str) -> Money:
    return Money(amount_minor=minor, currency=currency)


def event(order: Order, fact: str, of: tuple[str, str], *moves: Move) -> BookedEvent:
    """Return an event of one fact, told by a gateway of a subject, with a posting for each move."""
    gateway, subject_id = of
    kind = SubjectKind.PAYOUT if fact == "PayoutPaid" else SubjectKind.PAYMENT
    postings = tuple(
        Posting(
            object_id=f"{subject_id}/{fact}",
            kind=each,
            source=source,
            destination=target,
            amount=money(minor, order.currency),
        )
        for each, source, target, minor in moves
        if minor
    )
    words = {"fact": fact, "object_id": subject_id, "occurred_at": NOW, "postings": postings}
    words |= {"amount": money(order.amount_minor, order.currency)}
    if fact == "PaymentCaptured":
        words["order_id"] = order.order_id
        words["method"] = PAID_WITH.get(order.method or "", ("other",))[0]
    told = FactMetadata(
        fact_id=f"{subject_id}:{fact}",
        event_id=f"evt_{subject_id}_{fact}",
        merchant_id="main",
        gateway=gateway,
        account="main",
        subject_kind=kind,
        subject_id=subject_id,
        version=1,
        booked_at=NOW,
    )
    subject = Subject(gateway=gateway, account="main", kind=kind, subject_id=subject_id)
    return BookedEvent(
        event_id=told.event_id,
        subject=subject,
        merchant_id="main",
        gateway_type=fact,
        booked_at=NOW,
        version=1,
        is_ignored=False,
        raw=None,
        reading={},
        facts=(LedgerFact(metadata=told, data=FACT_DATA.validate_python(words)),),
    )


def payment_id(order: Order, gateway: str | None = None) -> str:
    return f"{gateway or order.gateway}-pays-{order.order_id}"


def lifecycle_of(order: Order, gateway: str, back_minor: int) -> Iterator[BookedEvent]:
    """Yield what is booked of one payment of an order, and of its share of the payout."""
    terms, named = TERMS[gateway], (gateway, payment_id(order, gateway))
    gross, fee = order.amount_minor, terms.fee(order.amount_minor, order.currency)
    settled = gross if terms.pays_out else 0
    yield event(
        order,
        "PaymentCaptured",
        named,
        (P.CAPTURE, A.CUSTOMERS, A.GATEWAY_CLEARING, gross),
        (P.SETTLEMENT, A.GATEWAY_CLEARING, A.GATEWAY_BALANCE, settled),
        (P.FEE, A.GATEWAY_BALANCE, A.GATEWAY_FEES, fee),
    )
    left = gross - fee - back_minor
    if back_minor:
        yield event(
            order,
            "RefundSucceeded",
            named,
            (P.REFUND, A.GATEWAY_CLEARING, A.CUSTOMERS, back_minor),
            (P.SETTLEMENT, A.GATEWAY_BALANCE, A.GATEWAY_CLEARING, back_minor),
        )
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
        found += lifecycle_of(order, order.gateway, order.refund_minor + order.by_hand_minor)
        if order.paid_again_at:
            found += lifecycle_of(order, order.paid_again_at, order.amount_minor)
    return found


def truths() -> dict[str, Truth]:
    """Return what each gateway says: everything was paid out."""
    payments: dict[str, list[FakePayment]] = {name: [] for name in TERMS}
    for order in (order for order in ORDERS if order.is_paid):
        back = order.refund_minor + order.by_hand_minor
        payments[order.gateway].append(_paid(order, order.gateway, back))
        if order.paid_again_at:
            payments[order.paid_again_at].append(
                _paid(order, order.paid_again_at, order.amount_minor)
            )
    return {name: Truth({"EUR": 0}, tuple(found)) for name, found in payments.items()}


def _paid(order: Order, gateway: str, back_minor: int) -> FakePayment:
    named = payment_id(order, gateway), order.order_id, order.currency
    return FakePayment(*named, order.amount_minor, back_minor)


def attempt(order: Order, gateway: str, state: AttemptState, number: int = 1) -> Attempt:
    return Attempt(
        number=number, gateway=gateway, account="main", state=state, asked_at=NOW, changed_at=NOW
    )


def shown(order: Order) -> OrderView:
    """Return an order as GET /orders/{order_id} answers in the end."""
    state = AttemptState.OPEN if order.ending is Ending.DECLINED else AttemptState(order.ending)
    refused = [attempt(order, order.refused_by, AttemptState.REFUSED)] if order.refused_by else []
    attempts = (*refused, attempt(order, order.gateway, state, len(refused) + 1))
    second = [paid_by(order, order.paid_again_at)] if order.paid_again_at else []
    lifecycle = OrderLifecycle(
        order_id=order.order_id,
        attempts=attempts,
        paid_by=paid_by(order, order.gateway) if order.is_paid else None,
        duplicate_payments=tuple(second),
    )
    return shown_order(OrderCase(SentOrder.model_validate(order.words), lifecycle))


def paid_by(order: Order, gateway: str) -> OrderPayment:
    """Return what is noted of an order's payment once its capture was told."""
    named = gateway, payment_id(order, gateway)
    (captured,) = event(order, "PaymentCaptured", named).facts
    return OrderPayment(
        gateway=gateway,
        account="main",
        payment_id=payment_id(order, gateway),
        amount=money(order.amount_minor, order.currency),
        captured_at=NOW,
        object_id=captured.data.object_id,
        heard=captured.metadata,
    )


def case(order: Order, amount_minor: int, state: RequestState = RequestState.PAID) -> RefundCase:
    """Return a refund request of an order, approved by the policy."""
    request = a_request(amount_minor)
    asked = request.model_copy(update={"amount": money(amount_minor, order.currency)})
    return RefundCase(request=asked, lifecycle=a_lifecycle(state, approved_minor=amount_minor))


def told(order: Order) -> Told:
    """Return an order with all that must be answered and stand in the end."""
    if order.method is None:
        return Told(order)
    page = (200, {"url": f"https://pay.example/{order.order_id}", "gateway": order.gateway})
    usual = Told(order, (page,), shown=shown(order))
    wanted = [order.refund_minor, order.amount_minor if order.paid_again_at else 0]
    cases = tuple(case(order, minor) for minor in wanted if minor)
    if order.is_unheard:
        return replace(usual, pages=(NO_PAGE, page))
    if not order.is_repeated:
        return replace(usual, cases=cases)
    changed: tuple[int, dict[str, Any]] = (409, {"differences": [{"field": "amount_minor"}]})
    answered: tuple[int, dict[str, Any]] = (200, {})
    return replace(usual, pages=(page, page), changed=changed, refund=answered, cases=cases)


def reported() -> dict[str, dict[str, int]]:
    """Return today's report's totals."""
    euros = {"gross": 400_00, "refunds": 62_00, "disputes": 60_00, "fees": 25_79}
    dollars = {"gross": 227_00, "refunds": 8_00, "disputes": 56_00, "fees": 22_78}
    return {"EUR": euros, "USD": dollars}


AS_EXPECTED = TourOutcome(
    told=tuple(map(told, ORDERS)),
    books=Books(tuple(events())),
    truths=truths(),
    unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
    invoices=tuple(Path(f"{number}.pdf") for number in range(1, 12)),
    report=(Path("report.html"), Path("report.json"), Path("report.csv")),
    reported=reported(),
)


def with_told(order: Order, **words: Any) -> TourOutcome:
    """Return the tour with something of one order changed."""
    changed = tuple(
        replace(one, **words) if one.order is order else one for one in AS_EXPECTED.told
    )
    return replace(AS_EXPECTED, told=changed)


def with_shown(order: Order, **words: Any) -> TourOutcome:
    """Return the tour with an order standing otherwise."""
    return with_told(order, shown=shown(order).model_copy(update=words))


def without(order: Order, fact: str) -> Books:
    """Return the books without a fact of an order's payment, or of its share of the payout."""
    gone = {f"evt_{payment_id(order)}_{fact}", f"evt_payout-of-{payment_id(order)}_{fact}"}
    return Books(tuple(one for one in AS_EXPECTED.books.events if one.event_id not in gone))


def paid_with(order: Order, method: str) -> TourOutcome:
    """Return the tour with an order's payment made by another method."""
    changed = []
    for one in AS_EXPECTED.books.events:
        if one.event_id == f"evt_{payment_id(order)}_PaymentCaptured":
            (fact,) = one.facts
            data = fact.data.model_copy(update={"method": method})
            one = one.model_copy(update={"facts": (fact.model_copy(update={"data": data}),)})
        changed.append(one)
    return replace(AS_EXPECTED, books=Books(tuple(changed)))


def again(order: Order, fact: str) -> Books:
    """Return the books with a fact of an order's payment once more."""
    twice = (one for one in events() if one.event_id == f"evt_{payment_id(order)}_{fact}")
    return Books((*AS_EXPECTED.books.events, *twice))


def with_truth(gateway: str, **words: Any) -> TourOutcome:
    """Return the tour with a gateway saying something else."""
    changed = {gateway: replace(AS_EXPECTED.truths[gateway], **words)}
    return replace(AS_EXPECTED, truths=AS_EXPECTED.truths | changed)
