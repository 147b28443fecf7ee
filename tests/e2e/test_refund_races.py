"""Races for one payment's refunds on the embedded stack: HTTP, keys, queues, processes and all.

The gateway's own limit is lifted, so that nothing but Kassa's guard holds.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe

from infra.demo.actors.fakes import FakeGateway
from infra.demo.actors.people import Answer, People, with_keys
from infra.demo.result import Result
from infra.local import observed
from infra.local.place import STRIPE as GATEWAY
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.ledger.state import SubjectState
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.refund_scene import payment_of

MANY, FEW, PATIENCE_S = 50, 10, 90.0
AGAIN = {429, 500, 502, 503, 504}
SMALL = {"amount": {"up_to": "80.00 EUR"}, "reason": "damaged"}
RULES = [{"id": "racing", "name": "Races", "when": SMALL, "then": "approve"}]


class Track:
    """A stack to race on: its API, its gateway, and its table."""

    def __init__(self, stack: Stack, office: People) -> None:
        self.stack, self.office, self.fake = stack, office, FakeGateway(str(stack.gateway_url))
        key, url = stack.api_keys[GATEWAY], str(stack.gateway_url)
        self._api: Any = stripe.StripeClient(key, base_addresses={"api": url}).v1

    def pay(self) -> str:
        """Let a customer pay 100.00 EUR; return the payment once it is booked."""
        params = {"amount": 100_00, "currency": "eur", "payment_method": "pm_card_visa"}
        payment_id = str(self._api.payment_intents.create(params | {"confirm": True}).id)
        assert observed.wait_until(lambda: self.payment(payment_id).captured_minor > 0, PATIENCE_S)
        return payment_id

    def charge_of(self, payment_id: str) -> str:
        """Return a payment's charge."""
        return str(self._api.payment_intents.retrieve(payment_id).latest_charge)

    def payment(self, payment_id: str) -> SubjectState:
        """Return how a payment stands in the table."""
        connect(self.stack)
        return RefundRequests().payment(payment_of(payment_id))

    def request_refund(
        self, payment_id: str, claim: str, amount: int, reason: str = "damaged"
    ) -> Answer:
        """Ask for a refund until there is an answer, as a shop would."""
        request_body = {"payment_id": payment_id, "claim_id": claim, "reason": reason}
        return answered(
            lambda: self.office.shop.post("/refunds", request_body | {"amount_minor": amount})
        )

    def paid(self, payment_id: str) -> list[int]:
        """Return the amounts of our refunds of a payment, once everything is at rest."""
        assert observed.wait_until(lambda: observed.is_at_rest(self.stack), PATIENCE_S)
        mine = [one for one in self.fake.truth().refunds or () if one.payment_id == payment_id]
        return [one.amount_minor for one in mine if one.refund_request_id]

    def posted(self, payment_id: str) -> list[int]:
        """Return the amounts of a payment's refunds in the ledger."""
        events = observed.read_books(self.stack).events
        mine = [
            fact for one in events for fact in one.facts if one.subject.subject_id == payment_id
        ]
        postings = [posting for fact in mine for posting in fact.data.postings]
        return sorted(one.amount.amount_minor for one in postings if one.kind == "refund")


def answered(call: Callable[[], Answer]) -> Answer:
    """Call until the API has time to answer: every act of this API may be repeated."""
    for tries in range(40):
        try:
            status, answer = call()
        except httpx.TransportError:
            status = 503
        if status not in AGAIN:
            return status, answer
        time.sleep(random.uniform(0, min(0.2 * 2**tries, 3)))
    raise AssertionError("the API never answered")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make all calls at once; return their answers."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [run.result() for run in [pool.submit(call) for call in calls]]


@pytest.fixture(scope="module")
def track(stack: Stack, result: Result) -> Iterator[Track]:
    """Lift the gateway's limits and let small refunds approve themselves; in the end undo both."""
    office = with_keys(stack)
    made = Track(stack, office)
    made.fake.do("switches", lifts_refund_limit=True, lifts_dispute_limit=True)
    before = Policies("main").active(datetime.now(UTC))
    policy = {"rules": RULES, "otherwise": "escalate", "undo_minutes": 0}
    status, answer = office.finance.post("/policies", policy)
    assert status == 201, answer
    yield made
    made.fake.do("switches", lifts_refund_limit=False, lifts_dispute_limit=False)
    connect(stack)
    newest = Policies("main").newest()
    assert newest
    again = {"version": newest.version + 1, "effective_from": datetime.now(UTC)}
    Policies("main").save(before.model_copy(update=again))


def test_of_fifty_requests_at_once_exactly_one_pays(track: Track) -> None:
    payment_id = track.pay()
    calls = [lambda n=n: track.request_refund(payment_id, f"claim-{n}", 60_00) for n in range(MANY)]
    answers = at_once(*calls)

    assert Counter(status for status, _ in answers) == {200: 1, 409: MANY - 1}
    # Between a charge's new total and the refund's own event the refund counts twice: less is safe.
    assert {answer["left_minor"] for status, answer in answers if status == 409} <= {40_00, 0}
    assert (track.paid(payment_id), track.posted(payment_id)) == ([60_00], [60_00])
    assert track.payment(payment_id).available_minor == 40_00
    assert track.payment(payment_id).reservations == {}


def test_of_fifty_copies_of_one_claim_exactly_one_pays(track: Track) -> None:
    payment_id = track.pay()
    answers = at_once(*[lambda: track.request_refund(payment_id, "the-claim", 40_00)] * MANY)

    assert Counter(status for status, _ in answers) == {200: MANY}
    assert len({answer["request"]["refund_request_id"] for _, answer in answers}) == 1
    assert (track.paid(payment_id), track.posted(payment_id)) == ([40_00], [40_00])
    assert track.payment(payment_id).available_minor == 60_00


def test_of_all_that_two_people_approve_at_once_exactly_one_pays(track: Track) -> None:
    payment_id = track.pay()
    requested = [
        track.request_refund(payment_id, f"claim-{n}", 60_00, "other")[1] for n in range(3)
    ]
    ids = [str(answer["request"]["refund_request_id"]) for answer in requested]
    people = (track.office.clerk, track.office.second_clerk)
    calls = [
        lambda one=one, person=person: answered(lambda: person.decide(one, "approve"))
        for one in ids
        for person in people
    ]
    answers = at_once(*calls)

    assert {answer["lifecycle"]["state"] for answer in requested} == {"escalated"}
    assert Counter(status for status, _ in answers) == {200: 1, 409: len(calls) - 1}
    assert (track.paid(payment_id), track.posted(payment_id)) == ([60_00], [60_00])
    assert track.payment(payment_id).available_minor == 40_00


def race(track: Track, payment_id: str, control: str, amount: int) -> list[int]:
    """Ask for 60.00 under several claims while something happens at the gateway."""
    charge_id = track.charge_of(payment_id)

    def happens() -> None:
        time.sleep(random.uniform(0, 1.0))
        track.fake.do(control, charge_id=charge_id, amount=amount)

    calls = [lambda n=n: track.request_refund(payment_id, f"claim-{n}", 60_00) for n in range(FEW)]
    statuses = Counter(answer[0] for answer in at_once(*calls, happens) if answer)
    assert set(statuses) <= {200, 409}
    return track.paid(payment_id)


def test_a_dashboard_refund_in_between_is_counted_and_an_excess_is_visible(track: Track) -> None:
    payment_id = track.pay()
    paid = race(track, payment_id, "refund_in_dashboard", 50_00)
    payment = track.payment(payment_id)

    assert paid in ([], [60_00])
    assert track.posted(payment_id) == sorted([50_00, *paid])
    assert payment.available_minor == 50_00 - sum(paid)
    assert payment.excess_minor == max(0, sum(paid) - 50_00)
    assert payment.reservations == {}


def test_a_dispute_in_between_stops_what_was_approved_and_not_yet_submitted(track: Track) -> None:
    payment_id = track.pay()
    paid = race(track, payment_id, "open_dispute", 30_00)
    payment = track.payment(payment_id)

    assert paid in ([], [60_00])
    assert track.posted(payment_id) == paid
    assert payment.available_minor == 70_00 - sum(paid)
    assert payment.reservations == {}
