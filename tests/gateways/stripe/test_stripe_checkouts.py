"""Stripe's hosted pages and events, as the official client asks its fake for them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe as official

from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways.declines import DeclineScope
from kassa.gateways.events import GatewayEvent, ObjectKind, SubjectKind
from kassa.gateways.registry import GATEWAYS
from kassa.gateways.stripe import client, declines
from kassa.gateways.stripe import gateway as calls
from kassa.gateways.submissions import CheckoutState, CheckoutSubmission, OrderLine, PaymentMethod
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.stripe import StripeScene
from tests.support.stripe_reading import read_body

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ACCESS = ApiAccess(api_key="sk_test_1", merchant_id="main", mode="test")


def a_submission(**more: Any) -> CheckoutSubmission:
    fields: dict[str, Any] = {
        "order_id": "order-1",
        "submission_id": "order-1.1",
        "amount": Money(amount_minor=49_90, currency="EUR"),
        "method": PaymentMethod.CARD,
        "country": "FI",
        "language": "fi-FI",
        "lines": (OrderLine(name="Tea", quantity=2, amount_minor=49_90),),
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
    }
    return CheckoutSubmission.model_validate(fields | more)


@pytest.fixture
def stopped() -> Iterator[FakeClock]:
    stopped = FakeClock(START)
    clock.install(stopped)
    yield stopped
    clock.install(None)


@pytest.fixture
def scene(stopped: FakeClock, monkeypatch: pytest.MonkeyPatch) -> StripeScene:
    scene = StripeScene(lambda: stopped.at.timestamp(), 1)
    monkeypatch.setattr(client, "of", lambda access: scene.client)
    return scene


def pages(scene: StripeScene) -> list[dict[str, Any]]:
    return list(scene.fake.account.kinds["checkout.session"].values())


def test_a_checkout_carries_the_order_its_language_and_our_name_for_it(scene: StripeScene) -> None:
    opened = calls.open_checkout(ACCESS, a_submission())
    (page,) = pages(scene)

    assert (opened.checkout_id, opened.url) == (page["id"], page["url"])
    assert opened.expires_at == START + timedelta(days=1)
    metadata = {"order_id": "order-1", "submission_id": "order-1.1", "language": "fi-FI"}
    assert (page["metadata"], page["client_reference_id"]) == (metadata, "order-1")
    assert (page["amount_total"], page["currency"], page["locale"]) == (49_90, "eur", "fi")

    scene.finish(opened.checkout_id, "paid")
    (intent,) = scene.fake.account.kinds["payment_intent"].values()
    assert intent["metadata"] == metadata


def test_submitting_twice_opens_one_checkout(scene: StripeScene) -> None:
    assert calls.open_checkout(ACCESS, a_submission()) == calls.open_checkout(
        ACCESS, a_submission()
    )
    assert len(pages(scene)) == 1
    calls.open_checkout(ACCESS, a_submission(submission_id="order-1.2"))
    assert len(pages(scene)) == 2


def test_a_lost_answer_is_unknown_and_the_checkout_is_found_by_our_name(scene: StripeScene) -> None:
    scene.fake.faults.expect(Fault(Kind.LOST_RESPONSE, path="/v1/checkout/sessions"))
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, a_submission())

    found = calls.find_checkout(ACCESS, a_submission(), None)
    assert found is not None
    assert found.state is CheckoutState.OPEN
    assert found.opened.checkout_id == pages(scene)[0]["id"]
    assert calls.find_checkout(ACCESS, a_submission(submission_id="order-1.2"), None) is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("paid", CheckoutState.PAID),
        ("declined", CheckoutState.OPEN),
        ("expired", CheckoutState.EXPIRED),
    ],
)
def test_a_checkout_is_found_as_its_customer_left_it(
    scene: StripeScene, outcome: str, state: CheckoutState
) -> None:
    opened = calls.open_checkout(ACCESS, a_submission())
    scene.finish(opened.checkout_id, outcome)
    for checkout_id in (opened.checkout_id, None):
        found = calls.find_checkout(ACCESS, a_submission(), checkout_id)
        assert found is not None
        assert found.state is state
    assert calls.find_checkout(ACCESS, a_submission(), "cs_unknown") is None


def test_a_declined_customer_may_pay_in_the_same_checkout_and_once(scene: StripeScene) -> None:
    opened = calls.open_checkout(ACCESS, a_submission())
    for outcome in ("declined", "declined", "paid"):
        scene.finish(opened.checkout_id, outcome)
    (payment,) = scene.truth()["payments"].values()
    assert payment["captured_minor"] == 49_90
    with pytest.raises(ValueError, match="takes nothing more"):
        scene.finish(opened.checkout_id, "paid")


def test_a_checkout_ends_after_a_day(scene: StripeScene, stopped: FakeClock) -> None:
    opened = calls.open_checkout(ACCESS, a_submission())
    stopped.at += timedelta(days=1)
    scene.pass_time()
    found = calls.find_checkout(ACCESS, a_submission(), opened.checkout_id)
    assert found is not None
    assert found.state is CheckoutState.EXPIRED


def test_what_a_checkout_reports_is_read_as_the_orders(scene: StripeScene) -> None:
    opened = calls.open_checkout(ACCESS, a_submission())
    scene.finish(opened.checkout_id, "declined")
    scene.finish(opened.checkout_id, "paid")
    read = [read_body(one.body, "main", "test") for one in scene.arrivals()]
    events = [event for event in read if isinstance(event, GatewayEvent)]

    assert {event.order_id for event in events} == {"order-1"}
    stands = [object_report for event in events for object_report in event.object_reports]
    checkouts = [one for one in stands if one.kind is ObjectKind.CHECKOUT]
    assert [(one.object_id, one.state) for one in checkouts] == [(opened.checkout_id, "completed")]
    assert {event.subject.kind for event in events} == {SubjectKind.PAYMENT}
    charges = [one.state for one in stands if one.kind is ObjectKind.CHARGE]
    assert {"failed", "captured"} <= set(charges)


@pytest.mark.parametrize("method", [*PaymentMethod, None])
def test_every_method_has_a_checkout_in_a_currency_it_takes(
    scene: StripeScene, method: PaymentMethod | None
) -> None:
    currency = "USD" if method is PaymentMethod.CRYPTO else "EUR"
    amount = Money(amount_minor=20_00, currency=currency)
    submission = a_submission(method=method, amount=amount)
    first = calls.open_checkout(ACCESS, submission)
    assert calls.open_checkout(ACCESS, submission) == first
    named = GATEWAYS["stripe"].methods[method] if method else "card"
    assert pages(scene)[0]["payment_method_types"] == [named]
    assert len(scene.fake.account.kinds["customer"]) == (named == "customer_balance")
    scene.finish(first.checkout_id, "paid")
    assert [one["captured_minor"] for one in scene.truth()["payments"].values()] == [20_00]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"method": PaymentMethod.CRYPTO}, "method_not_taken"),
        ({"method": PaymentMethod.BANK_TRANSFER, "amount": "SEK"}, "currency_not_taken"),
        ({"amount": "XTS"}, "currency_not_taken"),
    ],
)
def test_what_stripe_does_not_take_another_gateway_may(
    scene: StripeScene, more: dict[str, Any], why: str
) -> None:
    if "amount" in more:
        more = more | {"amount": Money(amount_minor=20_00, currency=more["amount"])}
    with pytest.raises(GatewayRefused, match=why) as refused:
        calls.open_checkout(ACCESS, a_submission(**more))
    assert refused.value.is_retryable
    assert pages(scene) == []


def test_a_key_that_was_closed_is_refused_and_another_gateway_may_do(
    scene: StripeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = official.StripeClient("pk_closed", http_client=InProcessHttpClient(scene.fake))
    monkeypatch.setattr(client, "of", lambda access: closed)
    with pytest.raises(GatewayRefused, match="access_denied") as refused:
        calls.open_checkout(ACCESS, a_submission())
    assert refused.value.is_retryable


def test_the_same_attempt_with_other_params_is_unknown_and_opens_nothing(
    scene: StripeScene,
) -> None:
    calls.open_checkout(ACCESS, a_submission())
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, a_submission(language="sv"))
    assert len(pages(scene)) == 1


@pytest.mark.parametrize(
    ("code", "param", "status", "why", "is_retryable"),
    [
        ("amount_too_small", "line_items[0][price_data][unit_amount]", 400, None, True),
        (None, "line_items[0][price_data][currency]", 400, "currency_not_taken", True),
        (None, "payment_method_types[0]", 400, "method_not_taken", True),
        ("api_key_expired", None, 401, "access_denied", True),
        (None, "amount", 400, "over_what_is_left", False),
        ("url_invalid", "success_url", 400, None, False),
        ("charge_disputed", None, 400, "disputed", False),
        (None, "metadata", 400, "status_400", False),
    ],
)
def test_which_refusals_another_gateway_may_mend(
    code: str | None, param: str | None, status: int, why: str | None, is_retryable: bool
) -> None:
    refused = declines.refused(DeclineScope.CHECKOUT, code, param, status)
    assert (str(refused), refused.is_retryable) == (why or code, is_retryable)


def test_an_amount_too_large_for_a_checkout_may_do_elsewhere_and_for_a_refund_is_too_much() -> None:
    page = declines.refused(DeclineScope.CHECKOUT, "amount_too_large", None, 400)
    refund = declines.refused(DeclineScope.REFUND, "amount_too_large", None, 400)

    assert (str(page), page.is_retryable) == ("amount_not_taken", True)
    assert (str(refund), refund.is_retryable) == ("over_what_is_left", False)


def test_events_are_listed_as_webhooks_bring_them(scene: StripeScene) -> None:
    scene.pay("order-1", 50_00)
    by_webhook = {one.body and read_body(one.body, "main", "test") for one in scene.arrivals()}
    until = START + timedelta(minutes=5)
    first, *rest = calls.list_events(ACCESS, None, until)
    assert (list(first.bodies), first.read_until) == ([], (until - timedelta(days=1)).isoformat())
    listed = {read_body(body, "main", "test") for page in rest for body in page.bodies}
    assert listed == {event for event in by_webhook if isinstance(event, GatewayEvent)}


def test_a_month_of_events_is_listed_and_no_more(scene: StripeScene, stopped: FakeClock) -> None:
    for _ in range(40):
        scene.pay("order-1", 10_00)
        stopped.at += timedelta(days=1)
    pages = list(calls.list_events(ACCESS, START.isoformat(), stopped.at))
    assert len(pages) == 30
    captured = {
        event.subject.subject_id
        for page in pages
        for body in page.bodies
        if isinstance(event := read_body(body, "main", "test"), GatewayEvent)
    }
    assert len(captured) == 30


def test_what_is_not_of_the_books_is_not_listed(scene: StripeScene) -> None:
    scene.client.v1.customers.create({"name": "Aino"})
    scene.pay("order-1", 50_00)
    pages = calls.list_events(ACCESS, START.isoformat(), START + timedelta(minutes=5))
    types = {
        str(body).split('"type": "')[-1].split('"')[0] for page in pages for body in page.bodies
    }
    assert "customer.created" not in types
    assert "charge.succeeded" in types
