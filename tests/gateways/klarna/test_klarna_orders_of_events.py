"""Klarna's events in any order, and twice: one state and one ledger."""

import json
import random
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.fake_gateways.klarna.account import Switches
from infra.fake_gateways.klarna.model import FakeKlarna
from kassa.core.postings import Account
from kassa.gateways.events import GatewayEvent
from kassa.gateways.klarna.events import read
from kassa.gateways.klarna.parsing import framed
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.klarna import delivery


def lifecycle() -> list[GatewayEvent]:
    """Live one payment at the fake; return every way in which its states can be reported."""
    at = [1_795_312_800.0]
    fake = FakeKlarna(lambda: at[0], random.Random(5), Switches(checks_fraud=True))
    bodies: list[bytes] = []

    def look() -> None:
        at[0] += 60
        bodies.append(framed("order", order=fake.account.order(payment_id)))
        bodies.extend(framed("dispute", dispute=one) for one in fake.account.disputes.values())

    payment_id = fake.sell("order-1", 100_00)["payment_id"]
    look()
    fake.decide_fraud(payment_id, "ACCEPTED")
    look()
    fake.capture_in_dashboard(payment_id, 60_00)
    look()
    fake.capture_in_dashboard(payment_id, 40_00)
    fake.refund_in_dashboard(payment_id, 25_00)
    look()
    dispute_id = fake.open_dispute(payment_id, 30_00)["dispute_id"]
    look()
    fake.refund_in_dashboard(payment_id, 5_00)
    fake.close_dispute(dispute_id, "won")
    look()
    reference = fake.pay_out_all()["payout_id"]
    bodies += [
        framed("transaction", transaction=one, id=f"{reference}/{number}")
        for number, one in enumerate(fake.account.transactions)
    ]
    events = [read(body, delivery("pull")) for body in bodies]
    assert all(isinstance(one, GatewayEvent) for one in events)
    return [one for one in events if isinstance(one, GatewayEvent)]


LIFECYCLE = lifecycle()


def outcome(events: list[GatewayEvent]) -> tuple[SubjectState, Counter[Any]]:
    state, moved = SubjectState(), Counter[Any]()
    for event in events:
        state, facts = book(state, event, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            name = posting.object_id, posting.kind, posting.source, posting.destination
            moved[name] += posting.amount.amount_minor
    return state.model_copy(update={"version": 0}), moved


EXPECTED = outcome(LIFECYCLE)


def test_a_payments_lifecycle_comes_out_to_the_cent() -> None:
    sums: Counter[str] = Counter()
    for (_, _, source, destination), minor in EXPECTED[1].items():
        sums[source] -= minor
        sums[destination] += minor
    fees = 1_74 + 30 + 1_16 + 30 + 15_00  # of two captures, and of the dispute
    assert {name: minor for name, minor in sums.items() if minor} == {
        Account.CUSTOMERS: -(100_00 - 30_00),
        Account.GATEWAY_BALANCE: 100_00 - 30_00 - fees,
        Account.GATEWAY_FEES: fees,
    }
    assert EXPECTED[0].waiting == ()
    assert EXPECTED[0].headroom_minor == 70_00


@given(st.randoms(use_true_random=False))
def test_the_order_of_events_and_their_duplicates_do_not_matter(source: random.Random) -> None:
    events = LIFECYCLE + source.choices(LIFECYCLE, k=5)
    source.shuffle(events)
    assert outcome(events) == EXPECTED


def test_what_is_reported_of_a_payment_names_one_subject() -> None:
    assert len({event.subject for event in LIFECYCLE}) == 1
    names = [event.event_id for event in LIFECYCLE]
    assert len(set(names)) == len({json.dumps(e.model_dump(mode="json")) for e in LIFECYCLE})
