"""What Kassa asks Adyen: by the official client, over our HTTP client, against the fake."""

import ast
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import http
from kassa.gateways.adyen import declines
from kassa.gateways.adyen import gateway as calls
from kassa.gateways.adyen.events import read
from kassa.gateways.adyen.payouts import report_base
from kassa.gateways.events import Delivery, GatewayEvent, Subject, SubjectKind
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    OrderLine,
    PaymentMethod,
    RefundSubmission,
)
from kassa.platform.secrets import ApiAccess
from tests.support.builders import eur
from tests.support.gateway_scenes.adyen import BASE, SHOP, AdyenScene

NOW_S = 1_795_312_800.0
NOW = datetime.fromtimestamp(NOW_S, UTC)
ACCESS = ApiAccess(api_key="key_1", api_base=BASE, shop=SHOP, merchant_id="shop")
CHECKOUT = CheckoutSubmission(
    order_id="order-1",
    submission_id="order-1.1",
    amount=eur(100_00),
    method=PaymentMethod.CARD,
    country="FI",
    language="fi-FI",
    lines=(
        OrderLine(name="Kahvi", quantity=2, amount_minor=60_00),
        OrderLine(name="Tee", quantity=3, amount_minor=40_00),
    ),
    success_url="https://shop.example/thanks",
    cancel_url="https://shop.example/cart",
)


class Wire:
    """A scene on a clock that tests move, and every request that went over the wire."""

    def __init__(self, **switches: Any) -> None:
        self.at_s = NOW_S
        self.scene = AdyenScene(lambda: self.at_s, 1, **switches)
        self.sent: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        self.sent.append(request)
        return self.scene.transport(request)

    def body(self, number: int = -1) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.sent[number].body or b"{}")
        return body

    def goes_wrong(self, kind: Kind, times: int = 1) -> None:
        self.scene.fake.faults.expect(Fault(kind, times=times))


@pytest.fixture
def wire() -> Any:
    made = Wire()
    http.install(made)
    yield made
    http.install(None)


def refund_submission(
    payment_id: str, amount: Money | None = None, submission_id: str = "rr_1"
) -> RefundSubmission:
    names = {"gateway": "adyen", "account": "main", "subject_id": payment_id}
    payment, amount = Subject(kind=SubjectKind.PAYMENT, **names), amount or eur(30_00)
    return RefundSubmission(payment=payment, submission_id=submission_id, amount=amount)


def paid(wire: Wire) -> str:
    wire.scene.pay("order-1", 100_00)
    return wire.scene.payment_of("order-1")


# Pages


def test_a_checkout_is_opened_once_however_often_it_is_submitted(wire: Wire) -> None:
    first = calls.open_checkout(ACCESS, CHECKOUT)
    assert first == calls.open_checkout(ACCESS, CHECKOUT)
    assert first.url.startswith("https://")
    assert first.expires_at == NOW + timedelta(days=1)
    assert list(wire.scene.fake.account.links) == [first.checkout_id]
    body = wire.body()
    assert (body["reference"], body["metadata"]) == ("order-1", {"submission_id": "order-1.1"})
    assert body["allowedPaymentMethods"] == ["scheme"]
    assert [(line["quantity"], line["amountIncludingTax"]) for line in body["lineItems"]] == [
        (2, 30_00),
        (1, 40_00),
    ]
    assert wire.sent[-1].headers["Idempotency-Key"] == "checkout:order-1.1"
    assert wire.sent[-1].url == f"{BASE}/v72/paymentLinks"


LOCALES = [("fi-FI", "FI", "fi-FI"), ("fi", "FI", "fi-FI"), ("zh-Hant", "TW", "zh-TW")]


@pytest.mark.parametrize(("language", "country", "locale"), [*LOCALES, ("fi", None, None)])
def test_a_checkout_speaks_the_orders_language_where_its_country_is_known(
    wire: Wire, language: str, country: str | None, locale: str | None
) -> None:
    place = {"language": language, "country": country}
    calls.open_checkout(ACCESS, CHECKOUT.model_copy(update=place))
    assert wire.body().get("shopperLocale") == locale


def test_a_checkout_captures_at_once_unless_its_account_captures_later(wire: Wire) -> None:
    calls.open_checkout(ACCESS, CHECKOUT)
    assert wire.body()["captureDelayHours"] == 0
    later = ACCESS.model_copy(update={"captures_later": True})
    calls.open_checkout(later, CHECKOUT.model_copy(update={"submission_id": "order-1.2"}))
    assert "captureDelayHours" not in wire.body()


def test_another_attempt_is_another_checkout(wire: Wire) -> None:
    first = calls.open_checkout(ACCESS, CHECKOUT)
    second = calls.open_checkout(ACCESS, CHECKOUT.model_copy(update={"submission_id": "order-1.2"}))
    assert first.checkout_id != second.checkout_id


S = CheckoutState
STANDS = [("", S.OPEN), ("paid", S.PAID), ("declined", S.OPEN), ("expired", S.EXPIRED)]


@pytest.mark.parametrize(("outcome", "state"), STANDS)
def test_the_status_of_a_checkout_is_read(wire: Wire, outcome: str, state: CheckoutState) -> None:
    opened = calls.open_checkout(ACCESS, CHECKOUT)
    if outcome:
        wire.scene.fake.finish_checkout(opened.checkout_id, outcome)
    found = calls.find_checkout(ACCESS, CHECKOUT, opened.checkout_id)
    assert found
    assert (found.state, found.opened.checkout_id) == (state, opened.checkout_id)


def test_a_checkout_whose_day_is_over_is_expired(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, CHECKOUT)
    wire.at_s += 86_400
    found = calls.find_checkout(ACCESS, CHECKOUT, opened.checkout_id)
    assert found
    assert found.state is CheckoutState.EXPIRED


def test_a_checkout_whose_answer_was_lost_is_found_by_submitting_the_same_params(
    wire: Wire,
) -> None:
    wire.goes_wrong(Kind.LOST_RESPONSE)
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, CHECKOUT)
    (link_id,) = wire.scene.fake.account.links
    wire.scene.fake.finish_checkout(link_id, "paid")
    found = calls.find_checkout(ACCESS, CHECKOUT, None)
    assert found
    assert (found.state, found.opened.checkout_id) == (CheckoutState.PAID, link_id)
    assert len(wire.scene.fake.account.links) == 1


def test_a_checkout_that_adyen_does_not_have_is_none(wire: Wire) -> None:
    assert calls.find_checkout(ACCESS, CHECKOUT, "PL../payments") is None


def test_the_scene_finishes_checkouts_passes_time_and_knows_the_truth(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, CHECKOUT)
    wire.scene.finish(opened.checkout_id, "paid")
    with pytest.raises(ValueError, match="completed"):
        wire.scene.finish(opened.checkout_id, "paid")
    ((payment_id, paid_one),) = wire.scene.truth()["payments"].items()
    assert (paid_one["order_id"], paid_one["captured_minor"]) == ("order-1", 100_00)
    calls.refund(ACCESS, refund_submission(payment_id))
    assert wire.scene.truth()["refunds"][0]["state"] == "received"
    wire.scene.pass_time()
    assert wire.scene.truth()["refunds"][0]["state"] == "refunded"


# Refunds


def test_a_refund_is_submitted_once_and_named_by_us(wire: Wire) -> None:
    payment_id = paid(wire)
    made = calls.refund(ACCESS, refund_submission(payment_id))
    assert made == calls.refund(ACCESS, refund_submission(payment_id))
    assert wire.body() == {
        "merchantAccount": SHOP,
        "amount": {"value": 30_00, "currency": "EUR"},
        "reference": "rr_1",
    }
    assert [one["refund_id"] for one in wire.scene.fake.truth()["refunds"]] == [made.refund_id]


def test_a_long_name_of_an_intent_is_sent_as_its_digest(wire: Wire) -> None:
    submission = refund_submission(paid(wire), submission_id="r" * 80)
    first = calls.refund(ACCESS, submission)
    assert len(wire.sent[-1].headers["Idempotency-Key"]) == 64
    assert first == calls.refund(ACCESS, submission)


SILENCES = [Kind.LOST_REQUEST, Kind.LOST_RESPONSE, Kind.ERROR_BEFORE, Kind.ERROR_AFTER]


@pytest.mark.parametrize("kind", [*SILENCES, Kind.UNAVAILABLE, Kind.RATE_LIMITED])
def test_a_refund_nobody_answered_is_unknown_and_the_same_params_refund_once(
    wire: Wire, kind: Kind
) -> None:
    payment_id = paid(wire)
    wire.goes_wrong(kind)
    with pytest.raises(GatewayUnavailable):
        calls.refund(ACCESS, refund_submission(payment_id))
    calls.refund(ACCESS, refund_submission(payment_id))
    assert len(wire.scene.fake.truth()["refunds"]) == 1


def test_a_key_whose_first_request_is_not_answered_yet_is_unknown(wire: Wire) -> None:
    payment_id = paid(wire)
    calls.refund(ACCESS, refund_submission(payment_id))
    with pytest.raises(GatewayUnavailable):  # another body under the same key
        calls.refund(ACCESS, refund_submission(payment_id, eur(1_00)))


REFUSED = [
    (ACCESS, "PSPUNKNOWN", "unknown_payment", False),
    (ACCESS.model_copy(update={"shop": "Other"}), None, "access_denied", True),
    (ACCESS.model_copy(update={"api_key": ""}), None, "access_denied", True),
    (ACCESS.model_copy(update={"shop": None}), None, "shop_missing", True),
    (ACCESS.model_copy(update={"api_base": None}), None, "api_base_missing", True),
]


@pytest.mark.parametrize(("access", "payment_id", "reason", "is_retryable"), REFUSED)
def test_a_known_no_says_why(
    wire: Wire, access: ApiAccess, payment_id: str | None, reason: str, is_retryable: bool
) -> None:
    submission = refund_submission(payment_id or paid(wire))
    with pytest.raises(GatewayRefused) as refusal:
        calls.refund(access, submission)
    assert str(refusal.value) == reason
    assert refusal.value.is_retryable is is_retryable


def test_another_currency_and_a_fraction_that_does_not_exist_are_refused(wire: Wire) -> None:
    payment_id = paid(wire)
    for amount, reason in (
        (Money(amount_minor=1, currency="USD"), "currency_differs"),
        (Money(amount_minor=1, currency="IDR"), "invalid_amount"),
    ):
        with pytest.raises(GatewayRefused, match=reason):
            calls.refund(ACCESS, refund_submission(payment_id, amount))


ANSWERS = [
    HttpAnswer(201, {}, b""),
    HttpAnswer(201, {}, b"<html>"),
    HttpAnswer(201, {}, b"[]"),
    HttpAnswer(201, {}, b"{}"),
    HttpAnswer(201, {}, b'{"pspReference": 7}'),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_says_nothing_is_unknown(answer: HttpAnswer) -> None:
    http.install(lambda request: answer)
    try:
        with pytest.raises(GatewayUnavailable):
            calls.refund(ACCESS, refund_submission("PSP1"))
        with pytest.raises(GatewayUnavailable):
            calls.open_checkout(ACCESS, CHECKOUT)
    finally:
        http.install(None)


@pytest.mark.parametrize("body", [b"", b"[]", b'"no"', b"<html>", b'{"errorCode": 7}'])
def test_a_refusal_without_a_reason_is_still_a_refusal(body: bytes) -> None:
    http.install(lambda request: HttpAnswer(403, {}, body))
    try:
        with pytest.raises(GatewayRefused, match="access_denied"):
            calls.refund(ACCESS, refund_submission("PSP1"))
    finally:
        http.install(None)


def test_a_code_we_do_not_know_is_shown_as_adyens_own() -> None:
    assert str(declines.refused("999", 422)) == "adyen_999"
    assert str(declines.refused("", 422)) == "status_422"
    assert not declines.refused("999", 422).is_retryable


# Settlement reports


def walked(access: ApiAccess, read_until: str | None = None) -> list[tuple[str, list[bytes]]]:
    pages = calls.payouts(access, read_until, NOW)
    return [(checkout.read_until, list(checkout.bodies)) for checkout in pages]


def lines_of(bodies: list[bytes]) -> list[GatewayEvent]:
    delivery = Delivery(
        gateway="adyen",
        account="main",
        merchant_id="shop",
        mode="live",
        received_at=NOW,
        origin="pull",
    )
    return [event for body in bodies if isinstance(event := read(body, delivery), GatewayEvent)]


def test_batches_are_read_one_after_the_other_until_one_is_not_there_yet(wire: Wire) -> None:
    assert walked(ACCESS) == []
    wire.scene.pay("order-1", 100_00)
    wire.scene.pay_out()
    wire.scene.pay("order-2", 50_00)
    wire.scene.pay_out()
    pages = walked(ACCESS)
    assert [read_until for read_until, _ in pages] == ["1", "2"]
    assert walked(ACCESS, "1") == pages[1:]
    assert walked(ACCESS, "2") == []
    moves = [e.object_reports[0].movement.moves for _, b in pages for e in lines_of(b)]  # type: ignore[union-attr]
    assert moves == ["charge", "payout", "charge", "payout"]


def test_a_batch_that_is_read_again_has_the_same_events(wire: Wire) -> None:
    for order_id in ("same", "same"):  # two payments of one order: alike but for their reference
        wire.scene.pay(order_id, 100_00)
    wire.scene.pay_out()
    once, again = walked(ACCESS), walked(ACCESS)
    names = [event.event_id for _, bodies in once for event in lines_of(bodies)]
    assert once == again
    assert len(set(names)) == len(names) == 3


def test_lines_that_are_the_same_to_the_letter_are_two_movements(wire: Wire) -> None:
    account = wire.scene.fake.account
    wire.scene.pay("order-1", 100_00)
    account.lines.append(dict(account.lines[0]))
    wire.scene.pay_out()
    ((_, bodies),) = walked(ACCESS)
    assert len({event.event_id for event in lines_of(bodies)}) == 3


def test_the_first_batch_that_adyen_still_serves_can_be_named(wire: Wire) -> None:
    for order_id in ("a", "b"):
        wire.scene.pay(order_id, 100_00)
        wire.scene.pay_out()
    access = ACCESS.model_copy(update={"first_batch": 2})
    assert [read_until for read_until, _ in walked(access)] == ["2"]


def test_what_was_settled_before_the_books_were_opened_stays_out(wire: Wire) -> None:
    wire.scene.pay("old", 100_00)
    wire.scene.pay_out()
    wire.at_s += 3600
    wire.scene.pay("new", 50_00)
    wire.scene.pay_out()
    for opened_at in (NOW + timedelta(minutes=30), NOW + timedelta(hours=1)):
        access = ACCESS.model_copy(update={"opened_at": opened_at})
        assert [len(bodies) for _, bodies in walked(access)] == [0, 2]


def test_reports_are_downloaded_with_the_report_users_own_key(wire: Wire) -> None:
    walked(ACCESS.model_copy(update={"report_key": "report_1"}))
    assert wire.sent[-1].headers["X-API-Key"] == "report_1"
    assert wire.sent[-1].url == (
        f"{BASE}/reports/download/MerchantAccount/{SHOP}/settlement_detail_report_batch_1.csv"
    )


def test_a_report_user_may_have_a_name_and_a_password(wire: Wire) -> None:
    wire.scene.pay("order-1", 100_00)
    wire.scene.pay_out()
    assert walked(ACCESS.model_copy(update={"report_key": "report@Company.Kassa:word"}))
    assert wire.sent[0].headers["Authorization"] == "Basic cmVwb3J0QENvbXBhbnkuS2Fzc2E6d29yZA=="
    assert "X-API-Key" not in wire.sent[0].headers


BASES = [
    (None, "live", "https://ca-live.adyen.com"),
    (None, "test", "https://ca-test.adyen.com"),
    (
        "https://1a-Shop-checkout-live.adyenpayments.com/checkout",
        "live",
        "https://ca-live.adyen.com",
    ),
    ("http://127.0.0.1:8423/", "live", "http://127.0.0.1:8423"),
]


@pytest.mark.parametrize(("base", "mode", "expected"), BASES)
def test_where_reports_are(base: str | None, mode: str, expected: str) -> None:
    assert report_base(ACCESS.model_copy(update={"api_base": base, "mode": mode})) == expected


def answered(answer: HttpAnswer) -> list[Any]:
    http.install(lambda request: answer)
    try:
        return walked(ACCESS)
    finally:
        http.install(None)


def test_a_report_that_can_not_be_read_right_is_not_read() -> None:
    with pytest.raises(GatewayRefused, match="access_denied"):
        answered(HttpAnswer(401, {}, b""))
    with pytest.raises(GatewayRefused, match="no column"):
        answered(HttpAnswer(200, {}, b"Psp Reference,Type\nA,Settled\n"))
    with pytest.raises(GatewayRefused):
        answered(HttpAnswer(200, {}, b"<html>log in</html>"))
    with pytest.raises(GatewayUnavailable):
        answered(HttpAnswer(200, {}, b"\xff\xfe"))
    with pytest.raises(GatewayUnavailable):
        answered(HttpAnswer(503, {}, b""))


def test_nothing_but_one_module_imports_the_official_client() -> None:
    package = Path(calls.__file__).parent
    users = [
        path.name
        for path in sorted(package.parents[1].rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import) and any(alias.name == "Adyen" for alias in node.names)
    ]
    assert users == ["client.py"]
