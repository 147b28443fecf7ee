"""The rarer corners of the fake Stripe: other methods, customers, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from infra.fake_gateways.stripe.api.errors import Refusal
from tests.support.fake_stripe import KEY, Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_payment_is_made_by_something_else_than_a_card(scene: Scene) -> None:
    params: Any = {"type": "klarna", "billing_details": {"email": "aino@shop.example"}}
    method = scene.v1.payment_methods.create(params)
    payment = scene.pay(card=method.id, payment_method_types=["klarna"])
    charge = scene.charge(payment.id)
    assert charge.payment_method_details.type == "klarna"
    assert charge.billing_details.email == "aino@shop.example"
    refund = scene.refund(payment.id, 1_00)
    assert refund.destination_details.type == "klarna"
    assert scene.fake.trace_refund(refund.id)["destination_details"]["klarna"] == {}


def test_a_method_is_described_where_it_is_used(scene: Scene) -> None:
    card = {"number": "4000002760000016", "exp_month": 1, "exp_year": 2031}
    payment = scene.v1.payment_intents.create(
        {
            "amount": 100_00,
            "currency": "eur",
            "confirm": True,
            "payment_method_data": {"type": "card", "card": card},
            "automatic_payment_methods": {"enabled": True},
        }
    )
    assert scene.charge(payment.id).payment_method_details.card.country == "DE"
    assert payment.automatic_payment_methods is not None
    assert payment.automatic_payment_methods.enabled


def test_a_customer_comes_with_a_card_is_renamed_and_leaves_it(scene: Scene) -> None:
    customer = scene.v1.customers.create({"payment_method": "pm_card_visa", "email": "a@b.example"})
    (card,) = scene.v1.payment_methods.list({"customer": customer.id}).data
    assert scene.v1.customers.update(customer.id, {"name": "Eino"}).name == "Eino"
    assert [one.id for one in scene.v1.customers.list({"email": "a@b.example"}).data] == [
        customer.id
    ]
    scene.v1.payment_methods.detach(card.id)
    assert scene.v1.payment_methods.list({"customer": customer.id}).data == []
    assert scene.event_types()[-2:] == ["customer.updated", "payment_method.detached"]


def test_an_unpaid_payment_changes_its_amount_and_a_paid_one_does_not(scene: Scene) -> None:
    payment = scene.v1.payment_intents.create({"amount": 100_00, "currency": "eur"})
    assert scene.v1.payment_intents.update(payment.id, {"amount": 90_00}).amount == 90_00
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        scene.v1.payment_intents.confirm(payment.id)
    scene.v1.payment_intents.confirm(payment.id, {"payment_method": "pm_card_visa"})
    for again in (
        lambda: scene.v1.payment_intents.update(payment.id, {"amount": 80_00}),
        lambda: scene.v1.payment_intents.confirm(payment.id),
        lambda: scene.v1.payment_intents.cancel(payment.id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            again()
        assert refused.value.code == "payment_intent_unexpected_state"


def test_a_payout_is_called_off_before_it_leaves(scene: Scene) -> None:
    scene.pay()
    payout = scene.v1.payouts.create(
        {"amount": 10_00, "currency": "eur", "description": "by hand", "metadata": {"a": "b"}}
    )
    assert payout.description == "by hand"
    assert scene.v1.payouts.cancel(payout.id).status == "canceled"
    assert scene.moved() == {"charge": 100_00, "payout": -10_00, "payout_cancel": 10_00}
    with pytest.raises(stripe.InvalidRequestError):
        scene.v1.payouts.cancel(payout.id)
    with pytest.raises(stripe.InvalidRequestError, match="external account"):
        scene.v1.payouts.create({"amount": 10_00, "currency": "usd"})


def test_a_dispute_fee_comes_back_where_the_account_has_that() -> None:
    scene = Scene(returns_dispute_fee=True)
    opened = scene.fake.open_dispute(scene.pay().latest_charge)
    closed = scene.fake.close_dispute(opened["id"], "won")
    assert [row["fee"] for row in closed["balance_transactions"]] == [15_00, -15_00]


@pytest.mark.parametrize(
    "act",
    [
        lambda fake, charge: fake.open_dispute(charge, status="won"),
        lambda fake, charge: fake.escalate_inquiry(fake.open_dispute(charge)["id"]),
        lambda fake, charge: fake.close_dispute(fake.open_dispute(charge)["id"], "warning_closed"),
        lambda fake, charge: fake.authenticate(fake.account.objects[charge]["payment_intent"]),
        lambda fake, charge: fake.expire_authorization(
            fake.account.objects[charge]["payment_intent"]
        ),
        lambda fake, charge: fake.roll_secret("we_unknown"),
        lambda fake, charge: fake.settle_payout(fake.pay_out(1)["id"], "lost"),
        lambda fake, charge: fake.open_dispute("ch_unknown"),
    ],
)
def test_what_cannot_happen_now_is_refused(scene: Scene, act: Callable[[Any, str], Any]) -> None:
    payment = scene.pay()
    with pytest.raises(Refusal):
        act(scene.fake, payment.latest_charge)


@pytest.mark.parametrize(
    ("path", "form", "param"),
    [
        ("/v1/refunds", {"limit": "0"}, "limit"),
        ("/v1/refunds", {"limit": "101"}, "limit"),
        ("/v1/refunds", {"created": {"colour": "1"}}, "created"),
        ("/v1/refunds", {"charge": ["a"]}, "charge"),
        ("/v1/refunds", {"expand": "data"}, "expand"),
        ("/v1/events", {"delivery_success": "perhaps"}, "delivery_success"),
        ("/v1/events", {"types": "charge.refunded"}, "types"),
    ],
)
def test_lists_refuse_what_they_cannot_read(
    scene: Scene, path: str, form: dict[str, Any], param: str
) -> None:
    answer = scene.fake.request("GET", path, form, KEY)
    assert (answer.status, answer.body["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"metadata": "words"}, "metadata"),
        ({"metadata": {"a": ["b"]}}, "metadata[a]"),
        ({"metadata": {str(n): "x" for n in range(51)}}, "metadata"),
        ({"address": "Helsinki"}, "address"),
        ({"preferred_locales": "fi"}, "preferred_locales"),
        ({"name": ["Aino"]}, "name"),
    ],
)
def test_params_of_the_wrong_shape_are_refused(
    scene: Scene, form: dict[str, Any], param: str
) -> None:
    answer = scene.fake.request("POST", "/v1/customers", form, KEY)
    assert (answer.status, answer.body["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    "form", [{"url": "ftp://x", "enabled_events": ["*"]}, {"url": "https://x.example"}]
)
def test_an_endpoint_needs_an_address_and_events(scene: Scene, form: dict[str, Any]) -> None:
    assert scene.fake.request("POST", "/v1/webhook_endpoints", form, KEY).status == 400


def test_an_instant_may_be_requested_exactly(scene: Scene) -> None:
    scene.pay()
    scene.now_s += 1
    scene.pay()
    at = int(scene.now_s)
    assert len(scene.v1.payment_intents.list({"created": at}).data) == 1
    bounds: Any = {"created": {"gt": at - 1, "lte": at}}
    assert len(scene.v1.payment_intents.list(bounds).data) == 1


def test_metadata_can_be_emptied(scene: Scene) -> None:
    payment = scene.pay(metadata={"a": "b"})
    assert scene.v1.payment_intents.update(payment.id, {"metadata": ""}).metadata.to_dict() == {}
