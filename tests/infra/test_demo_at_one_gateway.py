"""What is checked at one gateway: `kassa up --once` exits by it, so each kind of wrong is seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.demo.checks.check import problems
from infra.demo.checks.expected import expected, explained
from infra.demo.checks.figures import Figures
from infra.demo.checks.refunds import ENDS, has_ended
from infra.demo.one_gateway import AT_LOCALSTRIPE, ORDERS, PAYOUT_EUR_MINOR, SCENARIO, sold
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Flow
from infra.demo.terms import TERMS
from infra.local.observed import Books
from kassa.ledger.items import BookedEvent
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Step, Why
from kassa.refunds.policy.model import Outcome as Decision
from tests.support.one_gateway_results import (
    ANSWER,
    AS_EXPECTED,
    AT_GATEWAY,
    BY_HAND,
    CAPTURED,
    DECLINED,
    EVENTS,
    FAILED,
    GIVEN_BACK,
    HELD,
    PAID,
    PAID_OUT,
    REFUNDED,
    REFUSED,
    REPORTED,
    TRUTH,
    lived,
    refunded,
)
from tests.support.refund_cases import RR, a_change, a_lifecycle, a_request

TRACED = TERMS["stripe"]


def without(*events: BookedEvent) -> Books:
    return Books(tuple(event for event in EVENTS if event not in events))


def found(result: Result, text: str) -> bool:
    """Tell whether something wrong is named by these words; show what was named."""
    named = problems(result)
    assert any(text in problem for problem in named), named
    return True


def test_nothing_is_wrong_when_all_is_booked_refunded_invoiced_and_reported() -> None:
    assert problems(AS_EXPECTED) == []


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"books": without(FAILED)}, "PaymentFailed of pi_2 was not booked"),
        ({"books": without(GIVEN_BACK)}, "RefundSucceeded of pi_3 was not booked"),
        ({"books": Books((*EVENTS, CAPTURED))}, "was published by two events"),
        ({"books": Books((*EVENTS, CAPTURED))}, "of pi_1/PaymentCaptured was posted 2 times"),
        ({"books": without(PAID_OUT)}, "paid_out is 0 EUR (minor units) instead of 15000"),
        ({"invoices": ()}, "0 invoices were issued for 2 captured payments"),
        ({"report": (Path("report.json"),)}, "today's report has no html file"),
        ({"reported": {"EUR": REPORTED["EUR"] | {"fees": 1}}}, "today's report says"),
        ({"unfinished": {"EventsDeadLetterQueue": 1}}, "EventsDeadLetterQueue holds 1 messages"),
        ({"truths": {"stripe": replace(TRUTH, balance_minor={"EUR": HELD + 1})}}, f"{HELD + 1}"),
    ],
)
def test_what_is_wrong_with_the_books_is_named(wrong: dict[str, Any], text: str) -> None:
    assert found(replace(AS_EXPECTED, **wrong), text)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lived(a_lifecycle(RequestState.SUBMITTED)), "is submitted by 0, not paid by 0"),
        (lived(PAID.model_copy(update={"reference": None})), "without the bank's reference"),
        (lived(PAID, Decision.ESCALATE), "was decided escalate, not approve"),
        (refunded(cases=()), "the refund of order-3 has no request"),
        (refunded(cases=()), "the refund of order-3 has requests of [] (minor units), not of"),
        (refunded(None, refunds=()), "the refund of order-3 was never requested"),
        (refunded(None, refunds=(ANSWER, (500, {}))), "was answered 500"),
        (refunded(None, refunds=(ANSWER, (200, {"request": {}}))), "answered differently"),
        (refunded((BY_HAND,)), "is [] at the gateway"),
        (refunded((AT_GATEWAY,)), "500 (minor units) of pi_3, by hand"),
        (refunded((AT_GATEWAY, BY_HAND, AT_GATEWAY)), f"{RR} was paid 2 times"),
        (
            refunded((AT_GATEWAY, BY_HAND, replace(AT_GATEWAY, refund_request_id=f"{RR}.2"))),
            f"{RR} was paid 2 times",
        ),
        (
            replace(
                AS_EXPECTED, orders=(replace(REFUSED, refunds=((200, {}),)), DECLINED, REFUNDED)
            ),
            "was answered 200",
        ),
    ],
)
def test_what_is_wrong_with_a_refund_is_named(wrong: Result, text: str) -> None:
    assert found(wrong, text)


def test_every_flow_ends_somewhere_and_one_is_refused_at_once() -> None:
    assert set(ENDS) == set(Flow) - {Flow.TOO_MUCH}
    assert {order.refund.flow for order in ORDERS if order.refund} == set(Flow)


def result_with(flow: Flow, lifecycle: RefundLifecycle) -> OrderResult:
    """Return a refund of a flow that stands so."""
    assert REFUNDED.order.refund
    order = replace(REFUNDED.order, refund=replace(REFUNDED.order.refund, flow=flow))
    case = RefundCase(request=a_request(60_00), lifecycle=lifecycle)
    return replace(REFUNDED, order=order, cases=(case,))


def test_a_refund_has_ended_once_the_bank_named_it_or_its_reason_is_the_expected_one() -> None:
    assert has_ended(REFUNDED, TRACED)
    nameless = result_with(Flow.SMALL, PAID.model_copy(update={"reference": None}))
    assert not has_ended(nameless, TRACED)
    assert has_ended(nameless, TERMS["paypal"])
    escalated = a_lifecycle(
        RequestState.ESCALATED, changes=(a_change(Step.ESCALATED, why=Why.DISPUTE),)
    )
    assert has_ended(result_with(Flow.DISPUTED, escalated), TRACED)
    assert not has_ended(result_with(Flow.COMES_BACK, escalated), TRACED)
    accepted = result_with(Flow.SMALL, a_lifecycle(RequestState.ACCEPTED))
    assert has_ended(accepted, TERMS["klarna"])
    assert not has_ended(accepted, TRACED)


def test_the_books_are_expected_from_the_orders_and_the_gateways_terms_alone() -> None:
    sums = expected(SCENARIO)
    totals: dict[str, int] = {}
    for (_, currency), figures in sums.items():
        totals[currency] = totals.get(currency, 0) + figures.total
    assert set(totals.values()) == {0}
    entered = sums.pop(("manual", "EUR"))
    assert (entered.captured, entered.clearing, entered.fees) == (372_00, 372_00, 0)
    assert {figures.clearing for figures in sums.values()} == {0}
    euros = sums["stripe", "EUR"]
    assert (euros.fees, euros.balance, euros.exchange) == (51_73, 585_69, -224_52)
    assert (euros.customers, euros.paid_out) == (-562_90, PAYOUT_EUR_MINOR)
    assert sums["stripe", "JPY"].charged_back == 4_200
    assert explained(SCENARIO) == [
        "fees: 2.9 % and 0.30 a payment, 15.00 a dispute",
        "clearing: what people entered, until the bank's statement shows it",
        "exchange: stripe turns everything into EUR",
    ]


def test_localstripe_keeps_no_fees_and_changes_no_money() -> None:
    orders = (sold("order-1", 500_00, "EUR"), DECLINED.order, sold("order-4", 12_800, "JPY"))
    assert expected(replace(AT_LOCALSTRIPE, orders=orders)) == {
        ("stripe", "EUR"): Figures(
            captured=500_00,
            customers=-500_00,
            balance=500_00 - PAYOUT_EUR_MINOR,
            paid_out=PAYOUT_EUR_MINOR,
        ),
        ("stripe", "JPY"): Figures(captured=12_800, customers=-12_800, balance=12_800),
    }
    assert not any(order.refund or order.by_hand_minor for order in AT_LOCALSTRIPE.orders)
    assert AT_LOCALSTRIPE.policy is None
