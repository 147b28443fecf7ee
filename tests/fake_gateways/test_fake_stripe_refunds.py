"""Refunds at the fake Stripe: its own limits, without them, and a refund's lifecycle until the
bank.
"""

import random
import threading

import pytest
import stripe

from infra.fake_gateways.stripe.api.errors import Refusal
from tests.support.fake_stripe import KEY, Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_refund_of_a_card_leaves_at_once_and_is_sent(scene: Scene) -> None:
    payment = scene.pay()
    scene.event_types()
    refund = scene.refund(payment.id, 30_00, reason="duplicate", metadata={"claim": "c-1"})

    assert (refund.status, refund.amount, refund.currency) == ("succeeded", 30_00, "eur")
    assert (refund.reason, refund.metadata.to_dict()) == ("duplicate", {"claim": "c-1"})
    assert (refund.payment_intent, refund.charge) == (payment.id, payment.latest_charge)
    assert refund.balance_transaction
    charge = scene.charge(payment.id)
    assert (charge.amount_refunded, charge.refunded) == (30_00, False)
    assert scene.event_types() == ["refund.created", "charge.refunded"]
    assert scene.moved() == {"charge": 100_00, "refund": -30_00}


def test_without_an_amount_the_rest_goes_back(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 30_00)
    rest = scene.v1.refunds.create({"charge": payment.latest_charge})
    assert rest.amount == 70_00
    assert scene.charge(payment.id).refunded


def test_stripe_refuses_more_than_is_left_and_anything_after_that(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 60_00)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as refused:
        scene.refund(payment.id, 40_01)
    assert (refused.value.http_status, refused.value.param) == (400, "amount")
    scene.refund(payment.id, 40_00)
    with pytest.raises(stripe.InvalidRequestError) as gone:
        scene.refund(payment.id, 1)
    assert gone.value.code == "charge_already_refunded"
    assert scene.moved()["refund"] == -100_00


def test_what_a_partial_capture_let_go_cannot_be_refunded(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    scene.v1.payment_intents.capture(payment.id, {"amount_to_capture": 60_00})
    with pytest.raises(stripe.InvalidRequestError, match=r"60\.00"):
        scene.refund(payment.id, 60_01)
    scene.refund(payment.id)
    assert scene.charge(payment.id).refunded
    assert scene.moved() == {"charge": 60_00, "refund": -60_00}


def test_with_the_limit_lifted_a_race_really_over_refunds() -> None:
    scene = Scene(lifts_refund_limit=True)
    payment = scene.pay()
    starts = threading.Barrier(10)

    def refund_one(number: int) -> None:
        starts.wait()
        scene.refund(payment.id, 60_00, key=f"refund:{number}")

    askers = [threading.Thread(target=refund_one, args=(n,)) for n in range(10)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert scene.moved() == {"charge": 100_00, "refund": -600_00}
    assert scene.charge(payment.id).amount_refunded == 600_00


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "1.5"}, "amount"),
        ({"reason": "because"}, "reason"),
        ({"metadata": {"k" * 41: "v"}}, "metadata[" + "k" * 41 + "]"),
        ({"charge": "ch_unknown", "payment_intent": ""}, "charge"),
        ({"payment_intent": "pi_unknown"}, "payment_intent"),
        ({"charge": "ch_1"}, "charge"),  # both are named
        ({"colour": "red"}, "colour"),
    ],
)
def test_parameters_that_do_not_validate_are_refused(
    scene: Scene, params: dict[str, object], param: str
) -> None:
    payment = scene.pay()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        scene.v1.refunds.create({"payment_intent": payment.id} | params)
    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert scene.moved() == {"charge": 100_00}


@pytest.mark.parametrize("currency", ["kwd", "isk"])
def test_a_fraction_that_a_currency_does_not_have_is_no_refund(scene: Scene, currency: str) -> None:
    payment = scene.pay(currency=currency)
    with pytest.raises(stripe.InvalidRequestError):
        scene.refund(payment.id, 15)


def test_nothing_captured_nothing_refunded(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        scene.refund(payment.id)


def test_a_pending_refund_touches_the_balance_when_it_leaves() -> None:
    scene = Scene(refunds_begin="pending")
    payment = scene.pay()
    refund = scene.refund(payment.id, 30_00)
    assert (refund.status, refund.balance_transaction) == ("pending", None)
    assert scene.moved() == {"charge": 100_00}
    scene.event_types()

    scene.fake.settle_refund(refund.id, "succeeded")

    assert scene.event_types() == ["refund.updated", "charge.refund.updated"]
    assert scene.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert scene.moved() == {"charge": 100_00, "refund": -30_00}
    with pytest.raises(Refusal):
        scene.fake.settle_refund(refund.id, "canceled")


@pytest.mark.parametrize("begins", ["succeeded", "pending"])
def test_a_refund_that_fails_brings_the_money_back(begins: str) -> None:
    scene = Scene(refunds_begin=begins)
    payment = scene.pay()
    refund = scene.refund(payment.id, 30_00)
    scene.event_types()

    scene.now_s += 5 * 86_400
    scene.fake.settle_refund(refund.id, "failed", "lost_or_stolen_card")

    assert scene.event_types() == ["refund.failed", "refund.updated", "charge.refund.updated"]
    failed = scene.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    back = failed.failure_balance_transaction
    assert isinstance(back, stripe.BalanceTransaction)
    assert (back.type, back.amount) == ("refund_failure", 30_00)
    assert scene.moved() == {"charge": 100_00, "refund": -30_00, "refund_failure": 30_00}
    assert scene.charge(payment.id).amount_refunded == 0
    assert scene.refund(payment.id, 100_00).amount == 100_00


def test_a_refund_that_requires_its_customer_can_be_canceled() -> None:
    scene = Scene(refunds_begin="pending")
    payment = scene.pay()
    refund = scene.refund(payment.id, 30_00)
    with pytest.raises(stripe.InvalidRequestError):
        scene.v1.refunds.cancel(refund.id)
    scene.fake.settle_refund(refund.id, "requires_action")
    assert scene.v1.refunds.cancel(refund.id).status == "canceled"
    assert scene.charge(payment.id).amount_refunded == 0
    assert scene.moved() == {"charge": 100_00}


def test_the_banks_reference_comes_later(scene: Scene) -> None:
    refund = scene.refund(scene.pay().id, 30_00)
    where = refund.destination_details.card
    assert (where.type, where.reference_status) == ("refund", "pending")
    assert "reference" not in where
    scene.event_types()

    scene.fake.trace_refund(refund.id)

    assert scene.event_types() == ["refund.updated", "charge.refund.updated"]
    found = scene.v1.refunds.retrieve(refund.id).destination_details
    assert found is not None
    assert found.card is not None
    assert found.card.reference_status == "available"
    assert found.card.reference is not None
    assert len(found.card.reference) == 23
    assert found.card.reference_type == "acquirer_reference_number"


@pytest.mark.parametrize(
    ("card", "statuses"),
    [
        ("pm_card_visa", ["succeeded", "succeeded", "succeeded"]),
        ("pm_card_pendingRefund", ["pending", "succeeded", "succeeded"]),
        ("pm_card_refundFail", ["succeeded", "failed", "failed"]),
    ],
)
def test_cards_decide_how_their_refunds_end_when_time_passes(
    card: str, statuses: list[str]
) -> None:
    scene = Scene(settle_after_s=60.0, trace_after_s=3600.0)
    refund = scene.refund(scene.pay(card=card).id, 30_00)
    seen = [refund.status]
    for _ in range(2):
        scene.now_s += 4000
        scene.fake.run_due()
        seen.append(scene.v1.refunds.retrieve(refund.id).status)
    assert seen == statuses
    found = scene.v1.refunds.retrieve(refund.id).destination_details
    assert found is not None
    assert found.card is not None
    assert ("reference" in found.card) == (statuses[-1] == "succeeded")


def test_refunds_are_listed_by_charge_and_by_payment_page_by_page(scene: Scene) -> None:
    payment, other = scene.pay(), scene.pay()
    made = [scene.refund(payment.id, 1_00).id for _ in range(7)]
    scene.refund(other.id, 5_00)
    for by in ({"payment_intent": payment.id}, {"charge": payment.latest_charge}):
        rows = scene.v1.refunds.list({**by, "limit": 3}).auto_paging_iter()
        assert [row.id for row in rows] == list(reversed(made))
    with pytest.raises(stripe.InvalidRequestError):
        scene.v1.refunds.list({"starting_after": "re_unknown"})


def test_only_a_refunds_metadata_can_be_changed(scene: Scene) -> None:
    refund = scene.refund(scene.pay().id, 1_00, metadata={"a": "1", "b": "2"})
    scene.event_types()
    changed = scene.v1.refunds.update(refund.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert scene.event_types() == ["refund.updated", "charge.refund.updated"]


def test_a_refund_in_the_dashboard_has_no_metadata_of_ours(scene: Scene) -> None:
    payment = scene.pay()
    scene.event_types()
    made = scene.fake.refund_in_dashboard(payment.latest_charge, 70_00)
    assert made["metadata"] == {}
    assert scene.events[0]["request"] == {"id": None, "idempotency_key": None}
    assert scene.event_types() == ["refund.created", "charge.refunded"]
    with pytest.raises(stripe.InvalidRequestError):
        scene.refund(payment.id, 30_01)


def test_the_same_seed_clock_and_acts_give_the_same_bytes() -> None:
    def lifecycle() -> str:
        scene = Scene()
        params = {"amount": 100_00, "currency": "eur", "payment_method": "pm_card_visa"}
        paid = scene.fake.request("POST", "/v1/payment_intents", params | {"confirm": True}, KEY)
        shuffler = random.Random(3)
        for amount in shuffler.sample(range(1, 50), 5):
            scene.now_s += amount
            scene.fake.trace_refund(scene.refund(paid.body["id"], amount, key=str(amount)).id)
        return repr([event | {"request": None} for event in scene.events])

    assert lifecycle() == lifecycle()
