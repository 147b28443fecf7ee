"""`kassa up --gateway all` exits by these judgements, so each kind of wrong must be seen."""

from dataclasses import replace

import pytest

from infra.local.observed import Books
from infra.local.tour import story
from infra.local.tour.fakes import FakePayment
from infra.local.tour.figures import Figures, expected
from infra.local.tour.judge import differing, problems
from infra.local.tour.outcome import TourOutcome
from infra.local.tour.story import Ending, Order
from infra.local.tour.terms import TERMS
from kassa.gateways import registry
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.model import Outcome as Decision
from tests.support import tours
from tests.support.refund_cases import a_receipt
from tests.support.tours import (
    AS_EXPECTED,
    BY_HAND,
    COINS,
    DECLINED,
    DISPUTED,
    EXPIRED,
    FAILED_OVER,
    NO_PAGE,
    REPEATED,
    SOLD,
    TWICE,
    UNHEARD,
    again,
    payment_id,
    with_shown,
    with_told,
    with_truth,
    without,
)

PAGE = AS_EXPECTED.told[0].pages[0]
OTHER_PAGE = (200, {"url": "https://pay.example/another", "gateway": "stripe"})


def found(outcome: TourOutcome, said: str) -> bool:
    """Tell whether something wrong is named by these words; show what was named."""
    named = problems(outcome)
    assert any(said in problem for problem in named), named
    return True


def test_nothing_is_wrong_when_the_books_the_gateways_and_the_story_agree() -> None:
    assert problems(AS_EXPECTED) == []
    assert differing(AS_EXPECTED) == []


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (with_told(BY_HAND, pages=(NO_PAGE,)), "order-2 was answered 503: ask again"),
        (with_told(REPEATED, pages=(PAGE, OTHER_PAGE)), "order-1 led to 2 pages in 2 answers"),
        (with_told(REPEATED, pages=(PAGE,)), "order-1 led to 1 pages in 1 answers"),
        (with_told(REPEATED, changed=(200, {})), "in other words was answered 200"),
        (with_told(REPEATED, changed=None), "in other words was answered 0"),
        (with_told(REPEATED, changed=(409, {"differences": []})), "answered 409 with []"),
        (with_told(UNHEARD, pages=(PAGE, PAGE)), "order-10 was answered ((200,"),
        (with_told(UNHEARD, pages=(NO_PAGE, NO_PAGE)), "order-10 was answered 503: ask again"),
        (with_told(UNHEARD, pages=(NO_PAGE,)), "order-10 led to 0 pages in 1 answers"),
        (with_told(BY_HAND, shown=None), "order-2 can't be read"),
        (with_shown(BY_HAND, status=OrderStatus.OPEN), "order-2 is open, not paid"),
        (with_shown(DECLINED, status=OrderStatus.PAID), "order-3 is paid, not failed or open"),
        (with_shown(EXPIRED, status=OrderStatus.OPEN), "order-5 is open, not expired"),
        (with_shown(BY_HAND, attempts=()), "order-2 was to be paid at None, not at paypal"),
        (
            with_shown(BY_HAND, attempts=tours.shown(REPEATED).attempts),
            "order-2 was to be paid at stripe, not at paypal",
        ),
        (
            with_shown(FAILED_OVER, attempts=tours.shown(FAILED_OVER).attempts[1:]),
            "order-8 took the attempts ['stripe paid']",
        ),
        (
            with_shown(REPEATED, attempts=tours.shown(FAILED_OVER).attempts),
            "order-1 took the attempts ['adyen refused', 'stripe paid']",
        ),
        (with_shown(TWICE, duplicate_payments=()), "order-9 was paid a second time at []"),
        (
            with_shown(REPEATED, duplicate_payments=tours.shown(TWICE).duplicate_payments),
            "order-1 was paid a second time at ['adyen']",
        ),
    ],
)
def test_what_is_wrong_with_an_order_is_named(outcome: TourOutcome, said: str) -> None:
    assert found(outcome, said)


def test_a_method_that_a_gateway_calls_otherwise_is_named() -> None:
    paid = tours.paid_with(REPEATED, "visa")
    assert found(paid, "order-1 at stripe was paid with visa, not with card")


def decided(decision: Decision) -> TourOutcome:
    case = tours.case(REPEATED, 20_00)
    request = case.request.model_copy(update={"receipt": a_receipt(decision)})
    return with_told(REPEATED, cases=(case.model_copy(update={"request": request}),))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (with_told(REPEATED, refund=None), "order-1 had its refund answered by None"),
        (with_told(REPEATED, refund=(409, {})), "order-1 had its refund answered by (409"),
        (with_told(REPEATED, cases=()), "order-1 has refund requests of [] (minor units)"),
        (with_told(TWICE, cases=()), "order-9 has refund requests of [] (minor units)"),
        (
            with_told(BY_HAND, cases=(tours.case(BY_HAND, 8_00),)),
            "order-2 has refund requests of [800] (minor units), not of []",
        ),
        (
            with_told(REPEATED, cases=(tours.case(REPEATED, 20_00),) * 2),
            "order-1 has refund requests of [2000, 2000]",
        ),
        (
            with_told(REPEATED, cases=(tours.case(REPEATED, 20_00, RequestState.ACCEPTED),)),
            "order-1 has its refund accepted, not paid",
        ),
        (decided(Decision.ESCALATE), "order-1 had its refund decided escalate, not approve"),
    ],
)
def test_what_is_wrong_with_a_refund_is_named(outcome: TourOutcome, said: str) -> None:
    assert found(outcome, said)


@pytest.mark.parametrize(
    ("books", "said"),
    [
        (without(REPEATED, "PaymentCaptured"), "stripe: captured is 7800 EUR"),
        (without(BY_HAND, "RefundSucceeded"), "paypal: refunded is 0 USD (minor units) instead"),
        (without(DISPUTED, "DisputeFundsWithdrawn"), "adyen: charged_back is 0 EUR"),
        (without(DISPUTED, "DisputeFundsWithdrawn"), "adyen: fees is"),
        (without(SOLD, "PayoutPaid"), "standard: paid_out is 0 EUR"),
        (without(SOLD, "PayoutPaid"), "standard: balance is 2883 EUR (minor units) instead of 0"),
        (without(COINS, "PaymentCaptured"), "btcpay: clearing is 0 EUR (minor units) instead of"),
        (again(COINS, "PaymentCaptured"), "was told by two events"),
        (again(COINS, "PaymentCaptured"), "btcpay: capture of btcpay-pays-order-6"),
        (again(COINS, "PaymentCaptured"), "btcpay btcpay-pays-order-6 was captured 2 times"),
        (without(COINS, "PaymentCaptured"), "btcpay has (9000, 0) captured and refunded of"),
    ],
)
def test_what_is_wrong_with_the_books_is_named(books: Books, said: str) -> None:
    assert found(replace(AS_EXPECTED, books=books), said)


def moved(order: Order, captured_minor: int, refunded_minor: int) -> tuple[FakePayment, ...]:
    """Return a gateway's payments with one of them, or another one, having moved so much."""
    named = payment_id(order), order.order_id, order.currency
    others = AS_EXPECTED.truths[order.gateway].payments
    kept = (one for one in others if one.payment_id != named[0])
    return (*kept, FakePayment(*named, captured_minor, refunded_minor))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (with_truth("klarna", balance_minor={"SEK": 1}), "klarna holds 1 SEK (minor units)"),
        (with_truth("paypal", balance_minor={"USD": -1}), "the books say 0"),
        (
            with_truth("standard", payments=()),
            "standard has None captured and refunded of standard-pays-order-7, the books have",
        ),
        (
            with_truth("standard", payments=()),
            "standard has None captured and refunded of order-7, not [(3000, 0)]",
        ),
        (
            with_truth("paypal", payments=moved(BY_HAND, 80_00, 16_00)),
            "paypal has (8000, 1600) captured and refunded of paypal-pays-order-2",
        ),
        (
            with_truth("klarna", payments=moved(DECLINED, 55_00, 0)),
            "klarna has [(5500, 0)] captured and refunded of order-3, not None",
        ),
    ],
)
def test_what_a_gateway_says_otherwise_is_named(outcome: TourOutcome, said: str) -> None:
    assert found(outcome, said)
    assert differing(outcome) == [said.split(" ", 1)[0]] or said.startswith("the books")


def test_a_payment_that_a_gateway_took_twice_is_seen_even_where_it_is_booked_twice() -> None:
    twice = replace(AS_EXPECTED.truths["btcpay"].payments[0], payment_id="another")
    truth = with_truth("btcpay", payments=(*AS_EXPECTED.truths["btcpay"].payments, twice))

    assert found(truth, "btcpay has [(9000, 0), (9000, 0)] captured and refunded of order-6")


def test_what_a_queue_still_holds_is_named() -> None:
    left = replace(AS_EXPECTED, unfinished={"EventsQueue": 0, "OrdersDeadLetterQueue": 2})
    assert problems(left) == ["OrdersDeadLetterQueue holds 2 messages"]


def test_a_missing_invoice_or_report_is_named() -> None:
    lacking = replace(AS_EXPECTED, invoices=AS_EXPECTED.invoices[1:], report=())
    assert problems(lacking) == [
        "10 invoices were issued for 11 captured payments",
        *(f"today's report has no {ending} file" for ending in ("html", "json", "csv")),
    ]


def test_a_report_that_says_otherwise_is_named() -> None:
    dollars = AS_EXPECTED.reported["USD"]
    short = {"EUR": AS_EXPECTED.reported["EUR"], "USD": dollars | {"fees": 0}}
    assert found(replace(AS_EXPECTED, reported=short), "today's report says {'gross': 22700")
    without_dollars = {"EUR": AS_EXPECTED.reported["EUR"]}
    assert found(replace(AS_EXPECTED, reported=without_dollars), "today's report says None in USD")


def test_a_gateway_whose_books_nobody_could_read_is_no_agreement() -> None:
    unread = {name: truth for name, truth in AS_EXPECTED.truths.items() if name != "adyen"}
    assert "adyen" in differing(replace(AS_EXPECTED, truths=unread))


def test_the_story_has_everything_happen_at_every_gateway_that_knows_it() -> None:
    for name, terms in TERMS.items():
        mine = [order for order in story.ORDERS if order.gateway == name]
        assert any(order.is_paid and order.by_hand_minor for order in mine), name
        assert any(order.is_disputed for order in mine) == terms.knows_disputes, name
        if registry.can(name, registry.Ability.OPEN_CHECKOUT):
            assert any(order.is_repeated and order.refund_minor for order in mine), name
            assert any(order.ending is not Ending.PAID for order in mine), name
    assert set(TERMS) == set(registry.GATEWAYS)
    assert any(order.refused_by for order in story.ORDERS)
    assert any(order.paid_again_at for order in story.ORDERS)
    assert any(order.is_unheard for order in story.ORDERS)


def test_every_refund_of_the_story_is_small_enough_for_its_policy() -> None:
    for order in story.ORDERS:
        most = int(story.SMALL[order.currency].replace(".", ""))
        assert order.refund_minor <= most
        assert not order.paid_again_at or order.amount_minor <= most


def test_what_a_gateway_must_come_to_follows_from_the_story_and_its_terms() -> None:
    sums = expected((REPEATED, COINS))

    assert sums["stripe", "EUR"] == Figures(
        captured=100_00, refunded=20_00, fees=3_20, paid_out=76_80, customers=-80_00
    )
    assert sums["btcpay", "EUR"] == Figures(captured=90_00, clearing=90_00, customers=-90_00)
    assert {figures.total for figures in expected(story.ORDERS).values()} == {0}
