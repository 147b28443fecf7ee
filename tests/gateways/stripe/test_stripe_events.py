"""Stripe's events in our words, alike in every API version."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.core.postings import Posting
from kassa.gateways.events import GatewayEvent, Ignored, ObjectReport, SubjectKind
from kassa.gateways.stripe.money import from_stripe
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support import stripe_events as s
from tests.support.builders import CONTEXT
from tests.support.stripe_reading import read_body


def readings(*events: dict[str, Any]) -> list[GatewayEvent]:
    found = [read_body(json.dumps(event).encode(), "main", "test") for event in events]
    assert all(isinstance(event, GatewayEvent) for event in found)
    return found  # type: ignore[return-value]


def postings(*events: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Book events and return what was posted, without who carried it."""
    state, made = SubjectState(), list[Posting]()
    for event in readings(*events):
        state, facts = book(state, event, CONTEXT)
        made += [posting for fact in facts for posting in fact.data.postings]
    return {
        (p.object_id, p.kind, p.source, p.destination, p.amount.amount_minor, p.amount.currency)
        for p in made
    }


def of_2020() -> list[dict[str, Any]]:
    """A payment of 100.00, 10.00 refunded: the intent lists charges, the charge its refunds."""
    refund = s.refund()
    plain = s.charge(refunds={"object": "list", "data": [], "has_more": False})
    charge = s.charge(amount_refunded=10_00, refunds={"object": "list", "data": [refund]})
    intent = s.payment_intent(charges={"object": "list", "data": [plain]})
    del intent["latest_charge"]
    return [
        s.event("payment_intent.succeeded", intent, "evt_1", api_version="2020-08-27"),
        s.event("charge.refunded", charge, "evt_2", api_version="2020-08-27"),
    ]


def of_2024() -> list[dict[str, Any]]:
    """The same payment: the intent names its latest charge, the refund has an event of its own."""
    return [
        s.event("payment_intent.succeeded", s.payment_intent(), "evt_1", api_version="2024-09-30"),
        s.event("charge.succeeded", s.charge(), "evt_2", api_version="2024-09-30"),
        s.event("charge.refunded", s.charge(amount_refunded=10_00), "evt_3"),
        s.event("charge.refund.updated", s.refund(), "evt_4", api_version="2024-09-30"),
    ]


def of_2025() -> list[dict[str, Any]]:
    """The same payment as today's version sends it."""
    return [
        s.event("charge.succeeded", s.charge(), "evt_1", api_version="2025-04-30.basil"),
        s.event("refund.created", s.refund(), "evt_2", api_version="2025-04-30.basil"),
        s.event("refund.updated", s.refund(), "evt_3", api_version="2025-04-30.basil"),
    ]


def test_one_payment_books_alike_in_every_api_version() -> None:
    assert postings(*of_2020()) == postings(*of_2024()) == postings(*of_2025())
    assert len(postings(*of_2020())) == 2


@pytest.mark.parametrize(
    ("amount", "currency", "money"),
    [
        (1234, "eur", Money(amount_minor=1234, currency="EUR")),
        (1234, "jpy", Money(amount_minor=1234, currency="JPY")),
        (1234, "kwd", Money(amount_minor=1234, currency="KWD")),
        (500, "isk", Money(amount_minor=5, currency="ISK")),
        (500, "ugx", Money(amount_minor=5, currency="UGX")),
        (5, "mga", Money(amount_minor=500, currency="MGA")),
        (100, "huf", Money(amount_minor=100, currency="HUF")),
        (100, "twd", Money(amount_minor=100, currency="TWD")),
    ],
)
def test_stripes_minor_units_become_iso_4217s(amount: int, currency: str, money: Money) -> None:
    assert from_stripe(amount, currency) == money


@pytest.mark.parametrize("amount", [501, 1])
def test_a_fraction_that_a_currency_does_not_have_is_refused(amount: int) -> None:
    with pytest.raises(UnreadableEvent):
        from_stripe(amount, "isk")


def test_an_authorization_that_is_let_go_refunds_nothing() -> None:
    released = s.charge(captured=False, amount_captured=0, amount_refunded=100_00, refunded=True)
    event = s.event("charge.refunded", released | {"refunds": {"data": [s.refund()]}}, "evt_1")
    assert postings(event) == set()


def test_what_a_partial_capture_lets_go_is_no_refund() -> None:
    let_go = s.refund("re_9", amount=40_00, balance_transaction=None)
    partly = s.charge(amount_captured=60_00, amount_refunded=40_00)
    listed = partly | {"refunds": {"object": "list", "data": [let_go]}}
    captured = s.event("charge.captured", listed, "evt_1")
    alone = s.event("charge.captured", partly, "evt_2")

    assert postings(captured) == postings(alone)
    assert {(posting[1], posting[4]) for posting in postings(captured)} == {("capture", 60_00)}


def test_a_refund_after_a_partial_capture_is_one() -> None:
    partly = s.charge(amount_captured=60_00, amount_refunded=50_00)
    refunded = s.event("charge.refunded", partly, "evt_1")
    named = s.event("refund.created", s.refund(balance_transaction="txn_1"), "evt_2")

    (summed,) = readings(refunded)
    assert [one.amount.amount_minor for one in summed.object_reports] == [60_00, 10_00]
    assert len(postings(refunded, named)) == 2


def test_a_charge_without_a_payment_intent_is_its_own_payment() -> None:
    (event,) = readings(s.event("charge.succeeded", s.charge(payment_id=None), "evt_1"))
    assert event.subject.subject_id == "ch_1"
    assert event.charge_reference is None


def test_a_session_that_belongs_to_no_payment_stands_on_its_own() -> None:
    session = s.checkout(payment_intent=None, mode="setup", amount_total=None, currency=None)
    (event,) = readings(s.event("checkout.session.completed", session, "evt_1"))
    assert event.subject.kind is SubjectKind.OBJECT


def test_the_fields_of_the_order_come_from_its_metadata() -> None:
    (event,) = readings(s.event("payment_intent.succeeded", s.payment_intent(), "evt_1"))
    assert (event.order_id, event.customer_id, event.language) == ("order-1", "cus_1", "en")


@pytest.mark.parametrize(
    ("failed", "attempt"),
    [
        ({"latest_charge": "ch_9", "last_payment_error": {"decline_code": "stolen_card"}}, "ch_9"),
        ({"last_payment_error": {"charge": "ch_8", "decline_code": "stolen_card"}}, "ch_8"),
        ({"last_payment_error": {"decline_code": "stolen_card"}}, "pi_1/attempt"),
    ],
)
def test_a_failed_attempt_is_reported_with_its_reason(failed: dict[str, Any], attempt: str) -> None:
    intent = s.payment_intent(status="requires_payment_method") | failed
    (event,) = readings(s.event("payment_intent.payment_failed", intent, "evt_1"))
    _, (fact,) = book(SubjectState(), event, CONTEXT)
    assert (fact.data.fact, fact.data.object_id) == ("PaymentFailed", attempt)
    assert fact.data.reason == "stolen_card"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [
        ("card_declined", {"reason": "authentication_required"}, "authentication_required"),
        ("card_declined", {"reason": "highest_risk_level"}, "highest_risk_level"),
        ("card_declined", {"reason": None}, "card_declined"),
        ("card_declined", None, "card_declined"),
        ("expired_card", {"reason": "expired_card"}, "expired_card"),
        (None, {"reason": "rule"}, None),
    ],
)
def test_a_failed_charge_keeps_the_banks_code(
    code: str | None, outcome: dict[str, Any] | None, reason: str | None
) -> None:
    charge = s.charge(status="failed", failure_code=code, outcome=outcome)
    (event,) = readings(s.event("charge.failed", charge, "evt_1"))
    assert (event.object_reports[0].state, event.object_reports[0].reason) == ("failed", reason)


def charged(**more: Any) -> ObjectReport:
    (event,) = readings(s.event("charge.updated", s.charge(**more), "evt_1"))
    return event.object_reports[0]


def test_a_captured_charge_says_whose_card_it_was_where_from_and_how_risky() -> None:
    stands = charged()
    seen = stands.fingerprint, stands.country, stands.gateway_risk
    assert seen == ("Xt5EWLLDS7FJjR1c", "FI", "normal")


@pytest.mark.parametrize(
    "unpaid",
    [
        {"status": "failed", "captured": False},
        {"status": "pending", "captured": False},
        {"captured": False},
    ],
)
def test_of_a_card_that_paid_nothing_nothing_is_kept(unpaid: dict[str, Any]) -> None:
    stands = charged(**unpaid)
    assert (stands.fingerprint, stands.country, stands.gateway_risk) == (None, None, None)


def test_without_a_card_the_country_is_the_billing_addresss() -> None:
    billed = {"address": {"country": "SE"}}
    assert charged(payment_method_details=None, billing_details=billed).country == "SE"
    assert charged(payment_method_details=None, billing_details=None).country is None


@pytest.mark.parametrize(
    ("outcome", "level"),
    [
        ({"risk_level": "elevated"}, "elevated"),
        ({"risk_level": "highest"}, "highest"),
        ({"risk_level": "not_assessed"}, None),
        ({"risk_level": "unknown"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_risk_that_was_not_assessed_is_not_called_normal(outcome: Any, level: str | None) -> None:
    assert charged(outcome=outcome).gateway_risk == level


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        (s.traced("arn-1"), "arn-1"),
        (
            {
                "destination_details": {
                    "type": "jp_bank_transfer",
                    "jp_bank_transfer": {
                        "reference": "furikomi-1",
                        "reference_status": "available",
                    },
                }
            },
            "furikomi-1",
        ),
        ({"destination_details": {"card": {"reference": "arn-1"}}}, "arn-1"),
        ({"destination_details": {"type": "card", "card": {"reference_status": "pending"}}}, None),
        ({"destination_details": {"type": "alipay", "alipay": {}}}, None),
        ({"acquirer_reference_number": "arn-old"}, "arn-old"),
        ({}, None),
    ],
)
def test_a_refund_says_the_number_by_which_the_bank_finds_it(
    fields: dict[str, Any], reference: str | None
) -> None:
    (event,) = readings(s.event("refund.updated", s.refund(**fields), "evt_1"))
    assert event.object_reports[0].reference == reference


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = [s.payment_intent, s.charge, s.refund, s.dispute, s.payout, s.checkout]


@given(st.sampled_from(BODIES), st.data())
def test_a_broken_event_is_unreadable_or_ignored_but_never_a_crash(
    body_of: Any, data: st.DataObject
) -> None:
    body = body_of()
    broken = data.draw(st.sampled_from(sorted(body)))
    body[broken] = data.draw(json_values)
    raw = json.dumps(s.event("charge.updated", body, "evt_1")).encode()
    try:
        read_body(raw, "main", "test")
    except UnreadableEvent:
        return


@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_bytes_that_are_no_event_are_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read_body(raw, "main", "test")


def test_a_thin_event_is_kept_though_it_says_nothing_yet() -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v2.core.account.updated",
        "created": "2026-11-21T09:00:00.000Z",
        "livemode": False,
    }
    assert isinstance(read_body(json.dumps(thin).encode(), "main", "test"), Ignored)
