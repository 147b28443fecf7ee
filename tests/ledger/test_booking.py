"""What booking an event publishes: each fact with all that is known, under its own name, once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, Movement, ObjectKind, ObjectReport
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import (
    CONTEXT,
    NOW,
    balance,
    captured,
    eur,
    event,
    object_report,
    refund,
)

K = ObjectKind
USD = Money(amount_minor=100_00, currency="USD")
OF_OBJECT = {
    "method": "card",
    "brand": "visa",
    "reason": "fraudulent",
    "refund_request_id": "rr_1",
    "reference": "ARN-1",
    "belongs_to": "dp_1",
}
OF_PAYMENT = {"order_id": "order-1", "customer_id": "customer-1", "language": "fi"}


def stands(kind: ObjectKind, state: str, object_id: str = "ch_1", **fields: Any) -> ObjectReport:
    """Say how an object stands, and what else is said of it."""
    amount = fields.pop("amount", None)
    return object_report(object_id, kind, state, amount).model_copy(update=fields)


def event_of(*object_reports: ObjectReport, **fields: Any) -> GatewayEvent:
    """Return an event of these object reports, with words about its payment."""
    return event("evt_1", *object_reports).model_copy(update=fields)


def fold(
    events: Sequence[GatewayEvent], context: BookingContext = CONTEXT
) -> tuple[SubjectState, list[LedgerFact]]:
    """Book events in this order; return the state and all facts."""
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, news = book(state, one, context)
        facts.extend(news)
    return state, facts


def names(facts: Sequence[LedgerFact]) -> list[str]:
    """Return the names that facts were published under, without their payment's."""
    return [fact.metadata.fact_id.removeprefix("pi_1:") for fact in facts]


def content(fact: LedgerFact) -> dict[str, Any]:
    """Return what a fact says in words."""
    return {
        name: value
        for name, value in fact.data.model_dump(exclude_none=True).items()
        if name in OF_OBJECT.keys() | OF_PAYMENT.keys()
    }


@pytest.mark.parametrize(
    ("kind", "state", "known"),
    [
        (K.CHARGE, "captured", "order_id customer_id method brand language"),
        (K.CHARGE, "failed", "reason method brand"),
        (K.REFUND, "pending", "refund_request_id"),
        (K.REFUND, "succeeded", "customer_id refund_request_id reference"),
        (K.REFUND, "failed", "customer_id reason refund_request_id"),
        (K.REFUND, "canceled", "refund_request_id"),
        (K.DISPUTE, "open", "reason"),
        (K.DISPUTE_FUNDS, "withdrawn", "customer_id belongs_to"),
        (K.CHECKOUT, "completed", "order_id"),
        (K.PAYOUT, "failed", "reason"),
    ],
)
def test_a_fact_says_what_is_known_of_its_object_and_its_payment(
    kind: ObjectKind, state: str, known: str
) -> None:
    before = [captured(object_id="ch_0")] if kind in (K.REFUND, K.DISPUTE_FUNDS) else []

    _, facts = fold([*before, event_of(stands(kind, state, "o_1", **OF_OBJECT), **OF_PAYMENT)])

    every_field = OF_OBJECT | OF_PAYMENT
    assert content(facts[-1]) == {name: every_field[name] for name in known.split()}


def test_what_one_event_reports_of_a_payment_stands_in_the_facts_of_the_next() -> None:
    first = event_of(stands(K.CHECKOUT, "open", "cs_1"), **OF_PAYMENT)

    state, facts = fold([first, captured()])

    assert content(facts[-1]) == OF_PAYMENT
    assert (state.order_id, state.customer_id, state.language) == tuple(OF_PAYMENT.values())


def test_a_reversal_says_why_and_whose() -> None:
    failed = stands(K.CHARGE, "failed", happened_at=NOW, **OF_OBJECT)

    _, facts = fold([captured(), event_of(failed, **OF_PAYMENT)])

    kept = ("reason", "method")
    assert content(facts[-1]) == {name: OF_OBJECT[name] for name in kept} | {
        "order_id": "order-1",
        "customer_id": "customer-1",
    }


def test_the_version_rises_by_one_with_each_event_that_is_news_and_with_no_other() -> None:
    events = [captured(), captured(), refund("pending"), refund("pending"), refund("succeeded")]
    versions, state = list[int](), SubjectState()
    for one in events:
        state, facts = book(state, one, CONTEXT)
        versions.append(state.version)
        assert {fact.metadata.version for fact in facts} <= {state.version}

    assert versions == [1, 1, 2, 2, 3]


def test_every_object_of_an_event_is_published_though_an_early_one_must_wait() -> None:
    early, charge = stands(K.REFUND, "succeeded", "a_1"), stands(K.CHARGE, "authorized", "ch_1")
    page = stands(K.CHECKOUT, "completed", "z_1")

    _, facts = fold([event_of(early, charge, page)])

    assert names(facts) == ["z_1:completed"]


def test_an_object_that_changed_nothing_keeps_none_from_being_published() -> None:
    again = stands(K.CHARGE, "captured", "a_1")

    _, facts = fold([event_of(again), event_of(again, stands(K.CHECKOUT, "completed", "z_1"))])

    assert names(facts) == ["a_1:captured:10000", "z_1:completed"]


def test_a_method_that_becomes_known_after_the_capture_is_published_once() -> None:
    described = event_of(stands(K.CHARGE, "captured", method="card", brand="visa"))

    _, facts = fold([captured(), described, described])

    assert names(facts) == ["ch_1:captured:10000", "ch_1:described"]
    assert (content(facts[1]), facts[1].data.postings) == ({"method": "card", "brand": "visa"}, ())
    assert facts[1].data.object_id == "ch_1"


@pytest.mark.parametrize(
    "events",
    [
        [event_of(stands(K.CHARGE, "captured", method="card"))],
        [
            event_of(stands(K.CHARGE, "captured", method="card")),
            event_of(stands(K.CHARGE, "captured", method="card", brand="visa")),
        ],
        [captured(), captured()],
        [
            event_of(stands(K.CHARGE, "authorized")),
            event_of(stands(K.CHARGE, "captured", method="card")),
        ],
        [
            captured(),
            refund("pending"),
            event_of(stands(K.REFUND, "succeeded", "re_1", method="card")),
        ],
        [event_of(stands(K.CHARGE, "failed")), event_of(stands(K.CHARGE, "failed", method="card"))],
    ],
)
def test_a_method_known_in_time_or_of_what_was_not_captured_is_not_published_by_itself(
    events: list[GatewayEvent],
) -> None:
    assert "PaymentDescribed" not in [fact.data.fact for fact in fold(events)[1]]


def test_a_trace_number_is_published_of_a_refund_that_left_and_not_of_one_that_came_back() -> None:
    failed = [
        captured(),
        refund("failed"),
        event_of(stands(K.REFUND, "failed", "re_1", amount=eur(10_00), reference="ARN-1")),
    ]

    assert names(fold(failed)[1]) == ["ch_1:captured:10000", "re_1:failed"]


@pytest.mark.parametrize("first", ["ARN-1", None])
def test_a_trace_number_is_published_once_though_the_amount_changes_too(first: str | None) -> None:
    two_events = [
        event_of(stands(K.REFUND, "succeeded", "re_1", amount=eur(minor), reference=reference))
        for minor, reference in ((10_00, first), (12_00, "ARN-1"))
    ]

    _, facts = fold([captured(), *two_events])

    assert [content(fact).get("reference") for fact in facts].count("ARN-1") == 1


def test_a_charge_assumed_and_then_reported_for_sure_is_named_twice() -> None:
    assumed = event_of(stands(K.CHARGE, "captured", is_assumed=True))

    _, facts = fold([assumed, event_of(stands(K.CHARGE, "released")), captured()])

    assert names(facts) == [
        "ch_1:captured:10000",
        "ch_1:reversed:10000@evt_1",
        "ch_1:captured:10000@evt_ch_1_10000",
    ]


def test_what_is_captured_anew_in_another_currency_has_a_name_of_its_own() -> None:
    dearer = event_of(
        stands(K.CHARGE, "captured", amount=USD.model_copy(update={"amount_minor": 101}))
    )
    state, facts = fold([captured(eur(100)), dearer])

    assert names(facts)[1:] == [
        "ch_1:corrected:EUR:100-0@evt_1",
        "ch_1:captured:101@evt_1",
    ]
    assert state.objects["ch_1"].posted_currency is None


def test_a_reversal_and_a_capture_after_it_are_named_by_their_events() -> None:
    failed = event("evt_failed", stands(K.CHARGE, "failed", happened_at=NOW))
    later = stands(K.CHARGE, "captured", happened_at=NOW + timedelta(days=1))

    assert names(fold([captured(), failed, event("evt_again", later)])[1]) == [
        "ch_1:captured:10000",
        "ch_1:reversed:10000@evt_failed",
        "ch_1:captured:10000@evt_again",
    ]


def test_a_refund_whose_amount_changes_publishes_the_difference_under_a_name_of_its_own() -> None:
    _, facts = fold([captured(), refund("failed", eur(10_00)), refund("failed", eur(12_00))])

    assert names(facts)[1:] == ["re_1:failed", "re_1:failed:1200-1200@evt_re_1_failed"]
    assert facts[-1].data.amount == eur(0)
    _, facts = fold([captured(), refund("succeeded", eur(10_00)), refund("succeeded", eur(12_00))])
    assert (names(facts)[-1], facts[-1].data.amount) == (
        "re_1:succeeded:1200-0@evt_re_1_succeeded",
        eur(2_00),
    )


def test_what_gives_way_and_counts_again_has_a_name_of_its_own_each_time() -> None:
    inferred = stands(K.DISPUTE_FUNDS, "withdrawn", "dp_1/funds", is_assumed=True)
    of_object = [inferred.model_copy(update={"amount": eur(10_00)})]
    of_object += [stands(K.REFUND, "succeeded", one, amount=eur(10_00)) for one in ("re_1", "re_2")]
    of_object.insert(2, stands(K.REFUND, "failed", "re_1", amount=eur(10_00)))

    _, facts = fold([captured(), *(event(f"evt_{n}", one) for n, one in enumerate(of_object))])

    of_funds = [one for one in facts if one.data.object_id == "dp_1/funds"]
    assert [one.data.fact for one in of_funds] == [
        "DisputeFundsWithdrawn",
        "MovementCorrected",
        "DisputeFundsWithdrawn",
        "MovementCorrected",
    ]
    assert names(of_funds) == [
        "dp_1/funds:withdrawn@evt_0",
        "dp_1/funds:withdrawn:0-0@evt_1",
        "dp_1/funds:withdrawn@evt_2",
        "dp_1/funds:withdrawn:0-0@evt_3",
    ]


def test_a_balance_transaction_is_published_with_its_movement_by_the_event_that_brings_it() -> None:
    movement = Movement(moves="charge", gross=eur(100_00), fee_minor=3_00)

    state, facts = fold([balance(movement), captured(), balance(movement)])

    assert names(facts) == ["txn_1:booked", "ch_1:captured:10000"]
    assert facts[0].data.model_dump()["movement"] == movement.model_dump()
    _, again = book(state, balance(movement), CONTEXT)
    assert again == ()


def test_two_movements_of_one_event_are_each_published_with_their_own() -> None:
    movements = [
        Movement(moves="charge", gross=eur(minor), fee_minor=0) for minor in (10_00, 20_00)
    ]
    both = [
        object_report(f"txn_{number}", K.BALANCE_TRANSACTION, "booked", one.gross, one)
        for number, one in enumerate(movements)
    ]

    _, facts = fold([event_of(*both)])

    assert [fact.data.model_dump()["movement"]["gross"]["amount_minor"] for fact in facts] == [
        10_00,
        20_00,
    ]


@pytest.mark.parametrize(
    ("named", "left"),
    [("rr_1", {"rr_2": 5_00}), ("rr_2", {"rr_1": 10_00}), (None, {"rr_1": 10_00, "rr_2": 5_00})],
)
def test_a_reservation_ends_with_the_event_that_names_its_refund(
    named: str | None, left: dict[str, int]
) -> None:
    state, _ = fold([captured()])
    state = state.model_copy(update={"reservations": {"rr_1": 10_00, "rr_2": 5_00}})
    given_back = stands(K.REFUND, "pending", "re_1", amount=eur(10_00), refund_request_id=named)

    assert book(state, event_of(given_back), CONTEXT)[0].reservations == left
    page = stands(K.CHECKOUT, "open", "cs_1", refund_request_id="rr_1")  # no refund names it
    assert book(state, event_of(page), CONTEXT)[0].reservations == state.reservations


def test_a_method_and_its_brand_are_of_one_report() -> None:
    two_events = [
        event_of(stands(K.CHARGE, "captured", method="card", brand="visa")),
        event_of(stands(K.CHARGE, "captured", method="wallet", brand="applepay")),
    ]
    for events in (two_events, two_events[::-1]):
        charge = fold(events)[0].objects["ch_1"]
        assert (charge.method, charge.brand) == ("wallet", "applepay")
