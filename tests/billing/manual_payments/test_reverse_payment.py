"""What becomes of entered payments: bounced, entered by mistake, given back by hand."""

from datetime import timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approve_refund.app import lambda_handler as approve
from kassa.billing.manual_payments import reverse_payment as back
from kassa.billing.manual_payments.acts import EnteredBy, EntryResult
from kassa.billing.manual_payments.bodies import GivenBackBody
from kassa.billing.manual_payments.entry_store import Entries
from kassa.core.errors import OverHeadroom, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import Delivery, GatewayEvent
from kassa.gateways.manual import events
from kassa.gateways.manual.entries import EntryMethod, GivenBack, PaymentEntry, events_of
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.state import SubjectState
from kassa.orders.lifecycle import OrderStatus
from tests.support.api_requests import get, place
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context
from tests.support.builders import OPERATOR
from tests.support.manual_payments import ManualPayments
from tests.support.manual_payments import manual as manual
from tests.support.refund_stage import answered, http_event


def names(facts: list[dict[str, Any]]) -> list[str]:
    return [one["data"]["fact"] for one in facts]


def test_a_bounced_cheque_is_taken_back(manual: ManualPayments) -> None:
    payment_id = manual.entered(method="cheque")
    manual.book()
    status, answer = manual.reverse(payment_id)
    facts = manual.book()

    assert (status, answer["reversal_reason"], answer["left_minor"]) == (201, "bounced", 0)
    assert names(facts) == ["PaymentReversed"]
    assert facts[0]["data"]["reason"] == "bounced"
    assert manual.ledger() == {}
    assert manual.state(payment_id).captured_minor == 0


def test_an_order_whose_payment_bounced_is_open_again_and_can_be_paid_anew(
    manual: ManualPayments,
) -> None:
    place(1, manual.clock)
    payment_id = manual.entered(order_id="order-1", amount_minor=100_00, method="cheque")
    manual.follow()
    manual.reverse(payment_id)
    manual.follow()
    assert manual.lifecycle().status is not OrderStatus.PAID

    manual.entered(order_id="order-1", amount_minor=100_00, method="cash")
    manual.follow()
    assert manual.lifecycle().status is OrderStatus.PAID


def test_a_reversal_that_is_booked_before_its_payment_comes_to_the_same(
    manual: ManualPayments,
) -> None:
    payment_id = manual.entered()
    entered = manual.queued()
    manual.reverse(payment_id)
    manual.book([*manual.queued()[-1:], *entered])

    assert manual.ledger() == {}
    assert manual.state(payment_id).captured_minor == 0


def test_a_payment_reversed_within_its_own_second_is_reversed(manual: ManualPayments) -> None:
    payment_id = manual.entered(received_at=NOW.isoformat())
    manual.reverse(payment_id, "mistake")
    manual.book()
    assert manual.state(payment_id).captured_minor == 0


def test_a_reversal_is_said_once(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    first, again = manual.reverse(payment_id), manual.reverse(payment_id)

    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1]
    assert manual.reverse(payment_id, "mistake")[0] == 409
    facts = manual.book()
    assert names(facts).count("PaymentReversed") == 1


@pytest.mark.parametrize("act", ["reverse", "give_back"])
def test_nothing_becomes_of_what_nobody_entered(manual: ManualPayments, act: str) -> None:
    assert getattr(manual, act)("mp_nobodys")[0] == 404


@pytest.mark.parametrize(
    ("day", "param"), [("2026-11-22", "reversed_on"), ("2026-11-19", "reversed_on")]
)
def test_a_reversal_is_neither_to_come_nor_older_than_its_payment(
    manual: ManualPayments, day: str, param: str
) -> None:
    payment_id = manual.entered(received_on="2026-11-20")
    status, error = manual.reverse(payment_id, reversed_on=day)
    assert (status, error["param"]) == (400, param)


def test_money_given_back_is_a_refund_with_its_credit_of_the_order(manual: ManualPayments) -> None:
    place(1, manual.clock)
    payment_id = manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()
    status, answer = manual.give_back(payment_id, amount_minor=30_00)
    facts = manual.follow()

    assert (status, answer["left_minor"]) == (201, 70_00)
    assert [name for name in names(facts) if name != "PaymentAttributed"] == ["RefundSucceeded"]
    assert manual.state(payment_id).refunded_minor == 30_00
    assert manual.ledger()["gateway_clearing", "EUR"] == 70_00
    assert get("/payments", payment_id=payment_id)[1]["payments"][0]["status"] == "partly_refunded"


def test_no_more_is_given_back_than_came_in(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    manual.give_back(payment_id, amount_minor=10_00)
    status, error = manual.give_back(payment_id, amount_minor=2_91)
    assert (status, error["code"], error["left_minor"]) == (409, "more_than_refundable", 2_90)

    assert manual.give_back(payment_id)[1]["left_minor"] == 0
    assert manual.give_back(payment_id)[0] == 409
    manual.book()
    assert manual.ledger() == {}


def test_the_same_name_gives_back_once(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    first = manual.give_back(payment_id, "key-1", amount_minor=1_00, entry_id="g-1")
    again = manual.give_back(payment_id, "key-2", amount_minor=1_00, entry_id="g-1")
    other = manual.give_back(payment_id, amount_minor=2_00, entry_id="g-1")

    assert (first[0], again[0], other[0]) == (201, 200, 409)
    assert again[1] == first[1]
    manual.book()
    assert manual.state(payment_id).refunded_minor == 1_00


def test_the_same_amount_again_is_refused_unless_it_is_said_to_be_more(
    manual: ManualPayments,
) -> None:
    payment_id = manual.entered()
    manual.give_back(payment_id, amount_minor=1_00)
    status, error = manual.give_back(payment_id, amount_minor=1_00)
    assert (status, error["param"]) == (409, "is_repeat")

    assert manual.give_back(payment_id, amount_minor=1_00, is_repeat=True)[0] == 201
    manual.book()
    assert manual.state(payment_id).refunded_minor == 2_00


def test_of_many_at_once_no_more_is_given_back_than_came_in(manual: ManualPayments) -> None:
    payment_id = manual.entered()

    def give_back(minor: int) -> EntryResult:
        body = GivenBackBody(amount_minor=minor)
        return back.give_back(payment_id, body, EnteredBy(OPERATOR), Entries("main"), lambda: 29.0)

    results = at_once(partial(give_back, 4_00 + n) for n in range(6))

    given = [one for one in results if isinstance(one, EntryResult)]
    assert [type(one) for one in results].count(OverHeadroom) == 6 - len(given) == 3
    manual.book()
    state = manual.state(payment_id)
    assert len(given) * 4_00 <= state.refunded_minor <= 12_90
    assert state.headroom_minor >= 0


def test_what_was_given_back_in_part_isnt_reversed_nor_the_other_way_round(
    manual: ManualPayments,
) -> None:
    given = manual.entered()
    manual.give_back(given, amount_minor=1_00)
    assert manual.reverse(given)[0] == 409

    reversed_ = manual.entered(reference="slip-2")
    manual.reverse(reversed_)
    status, error = manual.give_back(reversed_, amount_minor=1_00)
    assert (status, error["left_minor"]) == (409, 0)


def test_another_currency_than_the_payments_isnt_given_back(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    status, error = manual.give_back(payment_id, amount_minor=1_00, currency="USD")
    assert (status, error["param"]) == (400, "currency")


def test_kassa_never_asks_a_gateway_for_what_came_in_by_hand(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    manual.book()
    body = {
        "gateway": "manual",
        "account": "till-1",
        "payment_id": payment_id,
        "reason": "requested_by_customer",
    }
    status, error = answered(approve(http_event("POST /refunds", body, "k"), Context()))
    assert status in (400, 404), error


CONTEXT = BookingContext(merchant_id="main", booked_at=NOW)


def read(entry: PaymentEntry) -> list[GatewayEvent]:
    delivery = Delivery(
        gateway="manual", account="till-1", merchant_id="main", mode="live", received_at=NOW
    )
    return [events.read(one.model_dump_json().encode(), delivery) for one in events_of(entry)]


@given(
    st.sampled_from(["JPY", "EUR", "KWD"]),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=3),
    st.integers(0, 10**6),
)
def test_in_whatever_order_it_is_booked_it_comes_to_the_same(
    currency: str, parts: list[int], rest: int
) -> None:
    entry = PaymentEntry(
        payment_id="mp_1",
        account="till-1",
        method=EntryMethod.CASH,
        amount=Money(amount_minor=sum(parts) + rest, currency=currency),
        received_at=NOW,
        given_back=tuple(
            GivenBack(refund_id=f"mr_{n}", amount_minor=part, given_at=NOW + timedelta(hours=1))
            for n, part in enumerate(parts)
        ),
    )
    for order in permutations(read(entry)):
        state, cleared = SubjectState(), 0
        for event in order:
            state, facts = book(state, event, CONTEXT)
            for posting in (one for fact in facts for one in fact.data.postings):
                is_in = posting.destination == "gateway_clearing"
                cleared += posting.amount.amount_minor * (1 if is_in else -1)
        assert (cleared, state.headroom_minor) == (rest, rest)
        assert state.currency == currency


def test_an_event_of_an_unknown_type_or_form_waits_for_a_release_that_knows_it() -> None:
    delivery = Delivery(
        gateway="manual", account="till-1", merchant_id="main", mode="live", received_at=NOW
    )
    entry = PaymentEntry(
        payment_id="mp_1",
        account="till-1",
        method=EntryMethod.CASH,
        amount=Money(amount_minor=1, currency="EUR"),
        received_at=NOW,
    )
    (event,) = events_of(entry)
    for raw in (
        event.model_copy(update={"type": "payment.lost"}).model_dump_json(),
        event.model_copy(update={"type": "payment.given_back"}).model_dump_json(),
        "{}",
        "[]",
        "no JSON",
    ):
        with pytest.raises(UnreadableEvent):
            events.read(raw.encode(), delivery)
