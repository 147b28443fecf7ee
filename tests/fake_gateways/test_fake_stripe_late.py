"""What comes late at the fake Stripe, sent by webhook or looked up, books the same at Kassa."""

import json
from typing import Any

import pytest
from stripe import StripeError

from kassa.core.postings import balances
from kassa.gateways.events import GatewayEvent, Ignored, Subject, SubjectKind
from kassa.gateways.stripe import client
from kassa.gateways.stripe import look_up as look_ups
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from kassa.platform.secrets import ApiAccess
from tests.support.builders import CONTEXT
from tests.support.fake_stripe import START_S, Scene
from tests.support.stripe_reading import read_body

ACCESS = ApiAccess(api_key="sk_test_1", merchant_id="main", mode="test")
DAY_S = 86_400
Sums = dict[tuple[str, str], int]


def booked(bodies: list[bytes]) -> tuple[SubjectState, Sums]:
    state, posted = SubjectState(), []
    for body in bodies:
        event = read_body(body, "main", "test")
        if isinstance(event, GatewayEvent):
            state, facts = book(state, event, CONTEXT)
            posted += [posting for fact in facts for posting in fact.data.postings]
    sums = balances(posted).items()
    return state, {(one.value, code): minor for (one, code), minor in sums if minor}


def both_ways(scene: Scene, payment_id: str, patch: pytest.MonkeyPatch) -> tuple[Sums, Sums]:
    """Book what was sent of a payment, and what a look-up of it says."""
    patch.setattr(client, "of", lambda access: scene.client)
    subject = Subject(
        gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    bodies = [json.dumps(event).encode() for event in scene.events]
    return booked(bodies)[1], booked(look_ups.look_up(ACCESS, subject))[1]


def paid(scene: Scene) -> str:
    """Collect a payment and let three days pass."""
    payment: Any = scene.pay()
    scene.now_s += 3 * DAY_S
    return str(payment.id)


def test_a_debit_that_comes_back_fails_and_moves_the_balance() -> None:
    scene = Scene()
    payment_id = paid(scene)
    scene.fake.return_debit(payment_id)

    assert scene.event_types()[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    assert scene.charge(payment_id).status == "failed"
    assert scene.moved()["payment_failure_refund"] == -100_00


def test_a_debit_that_came_back_is_found_by_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    payment_id = paid(scene)
    scene.fake.return_debit(payment_id)
    bodies, looked_up = both_ways(scene, payment_id, monkeypatch)
    assert bodies == looked_up == {}


def test_only_what_succeeded_comes_back() -> None:
    scene = Scene()
    payment_id = paid(scene)
    scene.fake.return_debit(payment_id)
    with pytest.raises(Exception, match="can't come back"):
        scene.fake.return_debit(payment_id)


def test_a_dispute_that_is_lost_in_part_gives_the_rest_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(dispute_fee=0)
    payment_id = paid(scene)
    dispute = scene.fake.open_dispute(payment_id)
    closed = scene.fake.close_dispute(dispute["id"], "lost", returned_minor=30_00)

    assert closed["status"] == "lost"
    assert [one["amount"] for one in closed["balance_transactions"]] == [-100_00, 30_00]
    bodies, looked_up = both_ways(scene, payment_id, monkeypatch)
    assert bodies["chargebacks", "EUR"] == 70_00
    assert bodies == looked_up


def test_no_dispute_gives_more_back_than_it_took() -> None:
    scene = Scene()
    dispute = scene.fake.open_dispute(paid(scene), amount_minor=30_00)
    with pytest.raises(Exception, match="no more than it took"):
        scene.fake.close_dispute(dispute["id"], "lost", returned_minor=30_01)


def test_what_a_lost_dispute_gave_back_may_be_refunded() -> None:
    scene = Scene()
    payment_id = paid(scene)
    dispute = scene.fake.open_dispute(payment_id)
    scene.fake.close_dispute(dispute["id"], "lost", returned_minor=30_00)
    with pytest.raises(StripeError):
        scene.refund(payment_id, 30_01)
    assert scene.refund(payment_id, 30_00).status == "succeeded"


def test_a_look_up_says_when_a_charge_was_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    payment: Any = scene.pay(capture_method="manual")
    scene.now_s += 2 * DAY_S
    scene.v1.payment_intents.capture(payment.id)
    scene.now_s += DAY_S

    monkeypatch.setattr(client, "of", lambda access: scene.client)
    (body, *_) = look_ups.look_up(
        ACCESS,
        Subject(gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=payment.id),
    )
    state, _ = booked([body])
    assert state.objects[payment.latest_charge].happened_at == START_S + 2 * DAY_S


def test_a_payment_captured_in_parts_has_a_movement_for_each() -> None:
    scene = Scene()
    sold = scene.fake.sell_in_parts("order-1", (60_00, 25_00, 15_00), "EUR")
    assert sold["status"] == "succeeded"
    rows = scene.v1.balance_transactions.list({"type": "charge"}).data
    assert [row.amount for row in rows] == [15_00, 25_00, 60_00]
    assert scene.event_types().count("charge.captured") == 3


def test_a_connected_accounts_payout_is_sent_and_is_not_ours() -> None:
    scene = Scene()
    scene.fake.pay_out_connected("acct_theirs", 80_00)
    (event,) = scene.events
    assert (event["type"], event["account"]) == ("payout.paid", "acct_theirs")
    assert scene.moved() == {}
    assert isinstance(read_body(json.dumps(event).encode(), "main", "test"), Ignored)
