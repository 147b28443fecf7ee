"""The lean client returns and raises what the official one does."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.stripe.lean_client import LeanClient
from tests.support.fake_stripe import Scene

CHARGED: dict[str, Any] = {"amount": 100_00, "currency": "eur", "confirm": True}


def clients(scene: Scene) -> tuple[Any, Any]:
    return scene.client, LeanClient(scene.http)


def test_both_see_the_same_objects() -> None:
    scene = Scene()
    payment = scene.pay()
    scene.refund(payment.id, 30_00)
    official, lean = clients(scene)
    for call in (
        lambda client: client.v1.payment_intents.retrieve(
            payment.id, {"expand": ["latest_charge"]}
        ),
        lambda client: client.v1.refunds.list({"payment_intent": payment.id, "limit": 5}),
        lambda client: client.v1.balance_transactions.list({"expand": ["data.source"]}),
    ):
        assert call(official).to_dict() == call(lean).to_dict()


def test_it_writes_as_well_and_once_a_key() -> None:
    scene = Scene()
    lean = LeanClient(scene.http).v1
    payment = lean.payment_intents.create(CHARGED | {"payment_method": "pm_card_visa"})
    assert payment.status == "succeeded"
    key = {"idempotency_key": "k"}
    first = lean.refunds.create({"payment_intent": payment["id"], "amount": 30_00}, key)
    again = lean.refunds.create({"payment_intent": payment["id"], "amount": 30_00}, key)
    assert first == again
    assert scene.moved()["refund"] == -30_00


@pytest.mark.parametrize(
    "call",
    [
        lambda v1: v1.charges.retrieve("ch_unknown"),
        lambda v1: v1.refunds.create({"charge": "ch_unknown"}),
        lambda v1: v1.payment_intents.create(
            CHARGED | {"payment_method": "pm_card_chargeDeclined"}
        ),
        lambda v1: v1.payment_intents.create(
            CHARGED | {"amount": 5}, {"idempotency_key": "used already"}
        ),
    ],
)
def test_both_raise_the_same_errors(call: Callable[[Any], object]) -> None:
    scene = Scene()
    scene.v1.customers.create({}, {"idempotency_key": "used already"})
    raised = list[tuple[Any, ...]]()
    for client in clients(scene):
        with pytest.raises(stripe.StripeError) as refused:
            call(client.v1)
        error = refused.value
        raised.append((type(error), error.http_status, error.code, error.user_message))
    assert raised[0] == raised[1]


@pytest.mark.parametrize("kind", list(Kind))
def test_both_meet_the_same_faults(kind: Kind) -> None:
    scene = Scene()
    raised = list[tuple[Any, ...]]()
    for client in clients(scene):
        scene.fake.faults.expect(Fault(kind, "/v1/customers"))
        with pytest.raises(stripe.StripeError) as broken:
            client.v1.customers.create({"name": "Aino"}, {"idempotency_key": str(len(raised))})
        raised.append((type(broken.value), broken.value.http_status))
    assert raised[0] == raised[1]
