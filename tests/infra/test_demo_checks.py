"""What is checked at every gateway: `make gateways` exits by it, so each kind of wrong is seen."""

from dataclasses import replace

import pytest

from infra.demo import every_gateway
from infra.demo.actors.fakes import FakePayment
from infra.demo.checks.check import problems
from infra.demo.checks.expected import expected
from infra.demo.checks.figures import Figures
from infra.demo.checks.gateways import differing
from infra.demo.result import Result
from infra.demo.scenario import Ending, Flow, Order
from infra.demo.terms import TERMS
from infra.local.observed import Books
from kassa.billing.numbering.verification import Break
from kassa.gateways import registry
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.model import Outcome as Decision
from tests.support import every_gateway_results as results
from tests.support.every_gateway_books import (
    BY_HAND,
    COINS,
    DECLINED,
    DISPUTED,
    EXPIRED,
    FAILED_OVER,
    REPEATED,
    SOLD,
    TWICE,
    UNANSWERED,
    payment_id,
)
from tests.support.every_gateway_results import (
    AS_EXPECTED,
    NO_PAGE,
    again,
    with_result,
    with_truth,
    with_view,
    without,
)
from tests.support.one_gateway_results import certified
from tests.support.refund_cases import a_receipt

PAGE = AS_EXPECTED.orders[0].answers[0]
OTHER_PAGE = (200, {"url": "https://pay.example/another", "gateway": "stripe"})


def found(result: Result, text: str) -> bool:
    """Tell whether something wrong is named by these words; show what was named."""
    named = problems(result)
    assert any(text in problem for problem in named), named
    return True


def test_nothing_is_wrong_when_the_books_the_gateways_and_the_scenario_agree() -> None:
    assert problems(AS_EXPECTED) == []
    assert differing(AS_EXPECTED) == []


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (with_result(BY_HAND, answers=(NO_PAGE,)), "order-2 was answered 503: ask again"),
        (
            with_result(REPEATED, answers=(PAGE, OTHER_PAGE)),
            "order-1 led to 2 checkouts in 2 answers",
        ),
        (with_result(REPEATED, answers=(PAGE,)), "order-1 led to 1 checkouts in 1 answers"),
        (with_result(REPEATED, changed=(200, {})), "in other words was answered 200"),
        (with_result(REPEATED, changed=None), "in other words was answered 0"),
        (with_result(REPEATED, changed=(409, {"differences": []})), "answered 409 with []"),
        (with_result(UNANSWERED, answers=(PAGE, PAGE)), "order-10 was answered ((200,"),
        (
            with_result(UNANSWERED, answers=(NO_PAGE, NO_PAGE)),
            "order-10 was answered 503: ask again",
        ),
        (with_result(UNANSWERED, answers=(NO_PAGE,)), "order-10 led to 0 checkouts in 1 answers"),
        (with_result(BY_HAND, view=None), "order-2 can't be read"),
        (with_view(BY_HAND, status=OrderStatus.OPEN), "order-2 is open, not paid"),
        (with_view(DECLINED, status=OrderStatus.PAID), "order-3 is paid, not failed or open"),
        (with_view(EXPIRED, status=OrderStatus.OPEN), "order-5 is open, not expired"),
        (with_view(BY_HAND, attempts=()), "order-2 was to be paid at None, not at paypal"),
        (
            with_view(BY_HAND, attempts=results.view(REPEATED).attempts),
            "order-2 was to be paid at stripe, not at paypal",
        ),
        (
            with_view(FAILED_OVER, attempts=results.view(FAILED_OVER).attempts[1:]),
            "order-8 took the attempts ['stripe paid']",
        ),
        (
            with_view(REPEATED, attempts=results.view(FAILED_OVER).attempts),
            "order-1 took the attempts ['adyen refused', 'stripe paid']",
        ),
        (with_view(TWICE, duplicate_payments=()), "order-9 was paid a second time at []"),
        (
            with_view(REPEATED, duplicate_payments=results.view(TWICE).duplicate_payments),
            "order-1 was paid a second time at ['adyen']",
        ),
    ],
)
def test_what_is_wrong_with_an_order_is_named(result: Result, text: str) -> None:
    assert found(result, text)


def test_a_method_that_a_gateway_calls_otherwise_is_named() -> None:
    paid = results.paid_with(REPEATED, "visa")
    assert found(paid, "order-1 at stripe was paid with visa, not with card")


def decided(decision: Decision) -> Result:
    case = results.case(REPEATED, 20_00)
    request = case.request.model_copy(update={"receipt": a_receipt(decision)})
    return with_result(REPEATED, cases=(case.model_copy(update={"request": request}),))


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (with_result(REPEATED, refunds=()), "the refund of order-1 was never requested"),
        (with_result(REPEATED, refunds=((409, {}),)), "the refund of order-1 was answered 409"),
        (with_result(REPEATED, cases=()), "the refund of order-1 has requests of [] (minor units)"),
        (with_result(TWICE, cases=()), "the refund of order-9 has requests of [] (minor units)"),
        (
            with_result(BY_HAND, cases=(results.case(BY_HAND, 8_00),)),
            "the refund of order-2 has requests of [800] (minor units), not of []",
        ),
        (
            with_result(REPEATED, cases=(results.case(REPEATED, 20_00),) * 2),
            "the refund of order-1 has requests of [2000, 2000]",
        ),
        (
            with_result(REPEATED, cases=(results.case(REPEATED, 20_00, RequestState.ACCEPTED),)),
            "the refund of order-1 is accepted by 0, not paid by 0",
        ),
        (decided(Decision.ESCALATE), "the refund of order-1 was decided escalate, not approve"),
    ],
)
def test_what_is_wrong_with_a_refund_is_named(result: Result, text: str) -> None:
    assert found(result, text)


@pytest.mark.parametrize(
    ("books", "text"),
    [
        (without(REPEATED, "PaymentCaptured"), "stripe: captured is 7800 EUR"),
        (without(BY_HAND, "RefundSucceeded"), "paypal: refunded is 0 USD (minor units) instead"),
        (without(DISPUTED, "DisputeFundsWithdrawn"), "adyen: charged_back is 0 EUR"),
        (without(DISPUTED, "DisputeFundsWithdrawn"), "adyen: fees is"),
        (without(SOLD, "PayoutPaid"), "standard: paid_out is 0 EUR"),
        (without(SOLD, "PayoutPaid"), "standard: balance is 2883 EUR (minor units) instead of 0"),
        (without(COINS, "PaymentCaptured"), "btcpay: clearing is 0 EUR (minor units) instead of"),
        (again(COINS, "PaymentCaptured"), "was published by two events"),
        (again(COINS, "PaymentCaptured"), "btcpay: capture of btcpay-pays-order-6"),
        (again(COINS, "PaymentCaptured"), "btcpay btcpay-pays-order-6 was captured 2 times"),
        (without(COINS, "PaymentCaptured"), "btcpay has (9000, 0) captured and refunded of"),
    ],
)
def test_what_is_wrong_with_the_books_is_named(books: Books, text: str) -> None:
    assert found(replace(AS_EXPECTED, books=books), text)


def moved(order: Order, captured_minor: int, refunded_minor: int) -> tuple[FakePayment, ...]:
    """Return a gateway's payments with one of them, or another one, having moved so much."""
    named = payment_id(order), order.order_id, order.currency
    others = AS_EXPECTED.truths[order.gateway].payments
    kept = (one for one in others if one.payment_id != named[0])
    return (*kept, FakePayment(*named, captured_minor, refunded_minor))


@pytest.mark.parametrize(
    ("result", "text"),
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
def test_what_a_gateway_says_otherwise_is_named(result: Result, text: str) -> None:
    assert found(result, text)
    assert differing(result) == [text.split(" ", 1)[0]] or text.startswith("the books")


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
        "11 numbers are certified, 10 documents were issued",
        *(f"today's report has no {ending} file" for ending in ("html", "json", "csv")),
    ]


def test_an_invoice_that_nothing_has_settled_is_named() -> None:
    later = replace(AS_EXPECTED.orders[0], order=replace(REPEATED, is_invoiced=True))
    assert problems(replace(AS_EXPECTED, orders=(later, *AS_EXPECTED.orders[1:]))) == [
        "the invoice of order-1 is None, not paid"
    ]


def test_a_series_that_isnt_whole_is_named() -> None:
    gap = certified(11, Break("2026-00000007", "is missing"))
    assert problems(replace(AS_EXPECTED, certificates=(gap,))) == [
        "2026.jsonl isn't whole: 2026-00000007 is missing"
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


def test_the_scenario_has_everything_happen_at_every_gateway_that_knows_it() -> None:
    for name, terms in TERMS.items():
        mine = [order for order in every_gateway.ORDERS if order.gateway == name]
        assert any(order.is_paid and order.by_hand_minor for order in mine), name
        assert any(order.is_disputed for order in mine) == terms.knows_disputes, name
        if registry.can(name, registry.Ability.OPEN_CHECKOUT):
            assert any(order.is_repeated and order.has_flow(Flow.SMALL) for order in mine), name
            assert any(order.ending is not Ending.PAID for order in mine), name
    assert set(TERMS) == set(registry.GATEWAYS)
    assert any(order.refused_by for order in every_gateway.ORDERS)
    assert any(order.paid_again_at for order in every_gateway.ORDERS)
    assert any(order.is_unanswered for order in every_gateway.ORDERS)


def test_every_refund_of_the_scenario_is_small_enough_for_its_policy() -> None:
    for order in every_gateway.ORDERS:
        most = int(every_gateway.SMALL[order.currency].replace(".", ""))
        assert order.refund is None or order.refund.amount_minor <= most
        assert not order.paid_again_at or order.amount_minor <= most


def test_what_a_gateway_must_come_to_follows_from_the_scenario_and_its_terms() -> None:
    sums = expected(replace(every_gateway.SCENARIO, orders=(REPEATED, COINS)))

    assert sums["stripe", "EUR"] == Figures(
        captured=100_00, refunded=20_00, fees=3_20, paid_out=76_80, customers=-80_00
    )
    assert sums["btcpay", "EUR"] == Figures(captured=90_00, clearing=90_00, customers=-90_00)
    assert {figures.total for figures in expected(every_gateway.SCENARIO).values()} == {0}
