"""Payments at the fake Stripe, as the official client sees them."""

from typing import Any

import pytest
import stripe

from tests.support.fake_stripe import Scene

CARD = {"exp_month": 12, "exp_year": 2034, "cvc": "123"}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def method(scene: Scene, number: str) -> Any:
    return scene.v1.payment_methods.create({"type": "card", "card": {"number": number, **CARD}})


def test_a_shop_sells_step_by_step_and_every_step_is_sent(scene: Scene) -> None:
    customer = scene.v1.customers.create({"name": "Aino", "metadata": {"shop": "7"}})
    card = method(scene, "4242424242424242")
    scene.v1.payment_methods.attach(card.id, {"customer": customer.id})
    params: Any = {"amount": 12_800, "currency": "JPY", "customer": customer.id}
    params |= {"payment_method": card.id, "metadata": {"order_id": "o-1"}}
    payment = scene.v1.payment_intents.create(params)
    assert payment.status == "requires_confirmation"

    paid = scene.v1.payment_intents.confirm(payment.id)

    assert (paid.status, paid.amount_received, paid.currency) == ("succeeded", 12_800, "jpy")
    charge = scene.charge(paid.id)
    assert (charge.captured, charge.paid, charge.amount_captured) == (True, True, 12_800)
    assert charge.metadata.to_dict() == {"order_id": "o-1"}
    assert scene.event_types() == [
        *("customer.created", "payment_method.attached", "payment_intent.created"),
        *("charge.succeeded", "payment_intent.succeeded", "charge.updated"),
    ]


def test_a_card_is_known_by_its_fingerprint_country_and_risk(scene: Scene) -> None:
    plain, again, risky = (
        scene.charge(scene.pay(card=method(scene, number).id).id)
        for number in ("4000003920000003", "4000 0039 2000 0003", "4000000000009235")
    )
    details = plain.payment_method_details.card
    assert (details.country, details.last4, details.brand) == ("JP", "0003", "visa")
    assert details.fingerprint == again.payment_method_details.card.fingerprint
    assert details.fingerprint != risky.payment_method_details.card.fingerprint
    assert (plain.outcome.risk_level, plain.outcome.risk_score) == ("normal", 20)
    assert (risky.outcome.risk_level, risky.outcome.risk_score) == ("elevated", 66)


def test_a_declined_card_fails_the_payment_and_leaves_it_open(scene: Scene) -> None:
    payment = scene.v1.payment_intents.create({"amount": 100_00, "currency": "eur"})
    card = method(scene, "4000000000000341")
    scene.event_types()

    with pytest.raises(stripe.CardError) as refused:
        scene.v1.payment_intents.confirm(payment.id, {"payment_method": card.id})

    assert (refused.value.code, refused.value.http_status) == ("card_declined", 402)
    assert refused.value.error is not None
    assert refused.value.error.decline_code == "generic_decline"
    assert scene.event_types() == ["charge.failed", "payment_intent.payment_failed"]
    left = scene.v1.payment_intents.retrieve(payment.id)
    assert left.status == "requires_payment_method"
    assert left.last_payment_error is not None
    failed = scene.charge(payment.id)
    assert (failed.status, failed.failure_code) == ("failed", "card_declined")

    other = method(scene, "4242424242424242")
    assert (
        scene.v1.payment_intents.confirm(payment.id, {"payment_method": other.id}).status
        == "succeeded"
    )
    assert len(scene.v1.charges.list({"payment_intent": payment.id}).data) == 2


@pytest.mark.parametrize(
    ("number", "code"),
    [("4000000000000002", "card_declined"), ("4000000000000069", "expired_card")],
)
def test_some_cards_cannot_even_be_attached(scene: Scene, number: str, code: str) -> None:
    customer = scene.v1.customers.create()
    card = method(scene, number)
    with pytest.raises(stripe.CardError) as refused:
        scene.v1.payment_methods.attach(card.id, {"customer": customer.id})
    assert refused.value.code == code


def test_a_number_with_a_wrong_check_digit_is_no_card(scene: Scene) -> None:
    with pytest.raises(stripe.CardError) as refused:
        method(scene, "4242424242424241")
    assert refused.value.code == "incorrect_number"


def test_the_highest_risk_is_blocked_before_the_network(scene: Scene) -> None:
    with pytest.raises(stripe.CardError):
        scene.pay(card=method(scene, "4100000000000019").id)
    (charge,) = scene.v1.charges.list().data
    assert charge.outcome is not None
    assert (charge.outcome.type, charge.outcome.risk_level) == ("blocked", "highest")


def test_an_authorization_is_captured_in_part_and_the_rest_let_go(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    assert (payment.status, payment.amount_capturable) == ("requires_capture", 100_00)
    assert scene.event_types()[-1] == "payment_intent.amount_capturable_updated"
    assert scene.moved() == {}

    captured = scene.v1.payment_intents.capture(payment.id, {"amount_to_capture": 60_00})

    assert (captured.status, captured.amount_received) == ("succeeded", 60_00)
    charge = scene.charge(payment.id)
    assert (charge.amount_captured, charge.amount_refunded) == (60_00, 40_00)
    assert not charge.refunded
    assert scene.event_types() == ["charge.captured", "payment_intent.succeeded"]
    assert scene.moved() == {"charge": 60_00}
    (let_go,) = scene.v1.refunds.list({"charge": charge.id}).data
    assert (let_go.amount, let_go.balance_transaction) == (40_00, None)


def test_two_captures_add_up_where_the_first_is_not_the_last(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    first: Any = {"amount_to_capture": 30_00, "final_capture": False}
    assert scene.v1.payment_intents.capture(payment.id, first).status == "requires_capture"
    assert scene.v1.payment_intents.capture(payment.id).status == "succeeded"
    assert scene.charge(payment.id).amount_captured == 100_00
    assert scene.moved() == {"charge": 100_00}


def test_more_than_authorized_cannot_be_captured(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError, match="greater than"):
        scene.v1.payment_intents.capture(payment.id, {"amount_to_capture": 100_01})


def test_a_canceled_authorization_lets_everything_go(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    scene.event_types()
    canceled = scene.v1.payment_intents.cancel(payment.id, {"cancellation_reason": "duplicate"})
    assert (canceled.status, canceled.amount_capturable) == ("canceled", 0)
    assert scene.charge(payment.id).refunded
    assert scene.event_types() == ["charge.refunded", "payment_intent.canceled"]
    assert scene.moved() == {}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        scene.v1.payment_intents.capture(payment.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_an_authorization_expires(scene: Scene) -> None:
    payment = scene.pay(capture_method="manual")
    scene.event_types()
    scene.fake.expire_authorization(payment.id)
    assert scene.event_types() == ["charge.expired", "payment_intent.canceled"]


@pytest.mark.parametrize(("succeeds", "status"), [(True, "succeeded"), (False, "failed")])
def test_a_card_may_require_its_holder(scene: Scene, succeeds: bool, status: str) -> None:
    payment = scene.pay(card="pm_card_authenticationRequired")
    assert payment.status == "requires_action"
    scene.event_types()
    scene.fake.authenticate(payment.id, succeeds)
    name = "payment_intent.succeeded" if succeeds else "payment_intent.payment_failed"
    assert name in scene.event_types()


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "eur", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (100_000_000, "eur", "amount_too_large"),
        (12_345, "kwd", "invalid_charge_amount"),
        (100_01, "isk", "invalid_charge_amount"),
        (0, "eur", "parameter_invalid_integer"),
        (-5, "eur", "parameter_invalid_integer"),
        (100, "xyz", None),
    ],
)
def test_amounts_that_a_currency_does_not_have_are_refused(
    scene: Scene, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        scene.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert refused.value.code == code


def test_a_payment_is_updated_and_read_page_by_page(scene: Scene) -> None:
    for number in range(7):
        scene.pay(metadata={"order_id": f"o-{number}"})
        scene.now_s += 1
    page: Any = scene.v1.payment_intents.list({"limit": 3})
    assert page.has_more
    orders = [one.metadata["order_id"] for one in page.auto_paging_iter()]
    assert orders == [f"o-{n}" for n in reversed(range(7))]

    since = {"created": {"gte": int(scene.now_s) - 2}}
    recent: Any = scene.v1.payment_intents.list(since)
    assert [one.metadata["order_id"] for one in recent.data] == ["o-6", "o-5"]
    back: Any = scene.v1.payment_intents.list({"limit": 2, "ending_before": page.data[2].id})
    assert [one.metadata["order_id"] for one in back.data] == ["o-6", "o-5"]

    changed = scene.v1.payment_intents.update(page.data[0].id, {"metadata": {"order_id": "new"}})
    assert changed.metadata.to_dict() == {"order_id": "new"}
