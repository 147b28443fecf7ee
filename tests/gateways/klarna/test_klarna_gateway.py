"""What Klarna is asked and how its answers are taken, whatever it answers."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import http
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.klarna import gateway as calls
from kassa.gateways.klarna.declines import reason
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    OrderLine,
    RefundSubmission,
)
from kassa.platform.secrets import ApiAccess

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EUR = Money(amount_minor=10_00, currency="EUR")
ORDER = Subject(gateway="klarna", account="main", kind=SubjectKind.PAYMENT, subject_id="o/1 ö")
REFUND = RefundSubmission(payment=ORDER, submission_id="rr_1", amount=EUR)


class Wire:
    """Klarna as a list of answers, and what it was asked."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.answers: list[HttpAnswer] = []

    def reply(self, status: int, body: Any = None, **headers: str) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(HttpAnswer(status, named, text))

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        return self.answers.pop(0)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    http.install(made)
    yield made
    http.install(None)


def access(**more: Any) -> ApiAccess:
    fields = {"api_id": "PK1", "api_key": "secret", "merchant_id": "main", "mode": "live"}
    fields |= {"webhook_url": "https://kassa.test/webhooks/klarna/main", "callback_secret": "k:s"}
    return ApiAccess.model_validate(fields | more)


def checkout(**more: Any) -> CheckoutSubmission:
    fields = {"order_id": "o-1", "submission_id": "o-1.1", "amount": EUR}
    urls = {"success_url": "https://shop.test/a", "cancel_url": "https://shop.test/b"}
    return CheckoutSubmission.model_validate(fields | urls | more)


@pytest.mark.parametrize(
    ("more", "base"),
    [
        ({}, "https://api.klarna.com"),
        ({"mode": "test"}, "https://api.playground.klarna.com"),
        ({"api_base": "https://api-na.klarna.com/"}, "https://api-na.klarna.com"),
    ],
)
def test_klarna_is_called_where_the_account_stands(
    wire: Wire, more: dict[str, Any], base: str
) -> None:
    wire.reply(404, {"error_code": "NO_SUCH_ORDER"})
    assert calls.find_refund(access(**more), REFUND) is None
    assert wire.requests[0].url == f"{base}/ordermanagement/v1/orders/o%2F1%20%C3%B6"


def test_a_user_and_a_key_or_a_key_alone_let_us_in(wire: Wire) -> None:
    for more in ({}, {"api_id": None, "api_key": "klarna_live_api_1"}):
        wire.reply(404)
        calls.find_refund(access(**more), REFUND)
    pair = base64.b64encode(b"PK1:secret").decode()
    sent = [request.headers["Authorization"] for request in wire.requests]
    assert sent == [f"Basic {pair}", "Basic klarna_live_api_1"]


def test_a_refund_is_submitted_in_our_name_and_under_its_key(wire: Wire) -> None:
    wire.reply(201, refund_id="r-1")
    assert calls.refund(access(), REFUND).refund_id == "r-1"
    (request,) = wire.requests
    assert request.headers["Klarna-Idempotency-Key"] == REFUND.idempotency_key
    sent = json.loads(request.body or b"")
    assert (sent["refunded_amount"], sent["reference"]) == (10_00, "rr_1")


def test_a_refund_is_named_by_its_location_or_found_by_our_name(wire: Wire) -> None:
    wire.reply(201, location="https://api.klarna.com/ordermanagement/v1/orders/o-1/refunds/r-2")
    assert calls.refund(access(), REFUND).refund_id == "r-2"
    wire.reply(201)
    wire.reply(200, {"refunds": [{"refund_id": "r-3", "reference": "rr_1"}]})
    assert calls.refund(access(), REFUND).refund_id == "r-3"
    wire.reply(201)
    wire.reply(200, {"refunds": []})
    with pytest.raises(GatewayUnavailable):
        calls.refund(access(), REFUND)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, {"error_code": "REFUND_NOT_ALLOWED"}, "not_refundable"),
        (403, {}, "not_allowed"),
        (404, {"error_code": "NO_SUCH_ORDER"}, "unknown_payment"),
        (404, None, "unknown_payment"),
        (401, {"error_code": "ANYTHING"}, "access_denied"),
        (400, {"error_code": "BAD_VALUE"}, "bad_value"),
        (422, {"error_code": ["?"]}, "bad_value"),
        (400, {"error_code": "SOMETHING_NEW"}, "something_new"),
    ],
)
def test_a_known_no_says_why(wire: Wire, status: int, body: Any, why: str) -> None:
    wire.reply(status, body)
    with pytest.raises(GatewayRefused, match=f"^{why}$"):
        calls.refund(access(), REFUND)


@pytest.mark.parametrize("status", [200, 204, 302, 408, 409, 429, 500, 502, 503])
def test_whatever_else_is_answered_leaves_the_outcome_unknown(wire: Wire, status: int) -> None:
    wire.reply(status, {"error_code": "REFUND_NOT_ALLOWED"})
    with pytest.raises(GatewayUnavailable):
        calls.refund(access(), REFUND)
    assert len(wire.requests) == 1  # nothing but reading is tried again


def test_every_reason_is_a_code_of_ours() -> None:
    assert reason(None, 418) == "status_418"
    assert reason("", 404) == "unknown_payment"


def test_a_checkout_is_submitted_with_urls_that_prove_themselves(wire: Wire) -> None:
    wire.reply(200, {"session_id": "kp-1"})
    wire.reply(201, {"session_id": "hpp-1", "redirect_url": "https://pay.klarna.com/1"})
    page = calls.open_checkout(access(), checkout(submission_id="o 1&x=.1"))
    assert (page.checkout_id, page.url) == ("hpp-1", "https://pay.klarna.com/1")
    session, sent = (json.loads(request.body or b"") for request in wire.requests)
    assert sent["payment_session_url"] == "https://api.klarna.com/payments/v1/sessions/kp-1"
    url = sent["merchant_urls"]["status_update"]
    assert url.startswith("https://kassa.test/webhooks/klarna/main?attempt=o%201%26x%3D.1&token=")
    assert url.endswith("&session_id={{session_id}}")
    assert "session_id" not in session["merchant_urls"]["notification"]
    keys = {request.headers["Klarna-Idempotency-Key"] for request in wire.requests}
    assert keys == {"checkout:o 1&x=.1:session", "checkout:o 1&x=.1:page"}


@pytest.mark.parametrize("body", [{}, {"session_id": "hpp-1"}, {"redirect_url": "https://x"}])
def test_a_checkout_without_a_name_or_a_url_is_an_unknown_outcome(wire: Wire, body: Any) -> None:
    wire.reply(200, {"session_id": "kp-1"})
    wire.reply(201, body)
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(access(), checkout())


@pytest.mark.parametrize(
    ("minors", "sent"),
    [((), [10_00]), ((4_00, 6_00), [4_00, 6_00]), ((4_00, 6_01), [10_00]), ((10_00,), [10_00])],
)
def test_lines_that_do_not_add_up_are_sent_as_one(
    wire: Wire, minors: tuple[int, ...], sent: list[int]
) -> None:
    lines = tuple(OrderLine(name="Shirt", quantity=2, amount_minor=minor) for minor in minors)
    wire.reply(400)
    with pytest.raises(GatewayRefused):
        calls.open_checkout(access(), checkout(lines=lines))
    body = json.loads(wire.requests[0].body or b"")
    assert [line["total_amount"] for line in body["order_lines"]] == sent
    assert sum(line["total_tax_amount"] + line["tax_rate"] for line in body["order_lines"]) == 0
    assert (body["order_amount"], body["order_tax_amount"]) == (10_00, 0)


@pytest.mark.parametrize(
    ("more", "country", "locale"),
    [
        ({}, "DE", "en-DE"),
        ({"country": "fi", "language": "fi"}, "FI", "fi-FI"),
        ({"country": "FI", "language": "zh-Hant"}, "FI", "zh-FI"),
        ({"amount": Money(amount_minor=1_00, currency="SEK")}, "SE", "en-SE"),
    ],
)
def test_a_checkout_names_the_customers_country(
    wire: Wire, more: dict[str, Any], country: str, locale: str
) -> None:
    wire.reply(400, {"error_code": "BAD_VALUE"})
    with pytest.raises(GatewayRefused) as refused:
        calls.open_checkout(access(), checkout(**more))
    assert refused.value.is_retryable
    sent = json.loads(wire.requests[0].body or b"")
    assert (sent["purchase_country"], sent["locale"]) == (country, locale)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("WAITING", CheckoutState.OPEN),
        ("BACK", CheckoutState.OPEN),
        ("CANCELLED", CheckoutState.OPEN),
        ("ERROR", CheckoutState.OPEN),
        ("SOMETHING_NEW", CheckoutState.OPEN),
        ("FAILED", CheckoutState.FAILED),
        ("DISABLED", CheckoutState.EXPIRED),
        ("COMPLETED", CheckoutState.PAID),
    ],
)
def test_a_checkout_that_may_still_be_paid_is_open(
    wire: Wire, status: str, state: CheckoutState
) -> None:
    wire.reply(200, {"session_id": "hpp-1", "status": status, "expires_at": "soon"})
    found = calls.find_checkout(access(), checkout(), "hpp-1")
    assert found is not None
    assert found.state is state


def test_disputes_are_left_out_for_who_may_not_read_them(wire: Wire) -> None:
    order = {"order_id": "o-1", "status": "AUTHORIZED"}
    wire.reply(200, order)
    wire.reply(403)
    assert len(calls.look_up(access(), ORDER)) == 1
    wire.reply(404)
    assert calls.look_up(access(), ORDER) == []
    wire.reply(200, order)
    wire.reply(200, {"disputes": [{"payment_dispute_id": "krn:1"}, "?"]})
    assert len(calls.look_up(access(), ORDER)) == 2


def payout(name: str, day: int, minor: int = 0) -> dict[str, Any]:
    sent = {"payment_reference": name, "payout_date": f"2026-11-{day:02}T06:00:00Z"}
    return sent | {"currency_code": "EUR", "totals": {"settlement_amount": minor}}


def test_payouts_are_walked_oldest_first_and_a_cursor_skips_what_was_read(wire: Wire) -> None:
    wire.reply(200, {"payouts": [payout("B", 20), payout("A", 19)]})
    read_until = None
    for page in calls.payouts(access(), None, NOW):
        wire.reply(200, {"transactions": []})
        assert len(list(page.bodies)) == 1
        assert read_until is None or page.read_until > read_until
        read_until = page.read_until
    assert read_until is not None
    wire.reply(200, {"payouts": [payout("A", 19), payout("B", 20), payout("LATE", 18)]})
    (late,) = calls.payouts(access(), read_until, NOW)
    assert late.read_until > read_until
    assert "start_date=2026-11-13" in wire.requests[-1].url
    wire.reply(200, {"payouts": [payout(name, 20) for name in ("B", "A", "LATE")]})
    assert list(calls.payouts(access(), late.read_until, NOW)) == []


def test_the_first_walk_begins_where_the_books_were_opened(wire: Wire) -> None:
    for opened_at, start in ((None, NOW - timedelta(days=30)), (NOW - timedelta(days=90), None)):
        wire.reply(200, {"payouts": []})
        assert list(calls.payouts(access(opened_at=opened_at), None, NOW)) == []
        expected = (opened_at or start or NOW).strftime("start_date=%Y-%m-%d")
        assert expected in wire.requests[-1].url


def test_a_long_settlement_is_read_page_by_page(wire: Wire) -> None:
    one = {"type": "FEE", "amount": 1, "currency_code": "EUR", "order_id": "o-1"}
    wire.reply(200, {"payouts": [payout("A", 19, -501)]})
    (page,) = calls.payouts(access(), None, NOW)
    wire.reply(200, {"transactions": [one] * 500})
    wire.reply(200, {"transactions": [one]})
    bodies = [json.loads(body) for body in page.bodies]
    assert len({body["id"] for body in bodies if body["kassa"] == "transaction"}) == 501
    assert bodies[-1]["unexplained_minor"] == 0
    offsets = [url.url.rpartition("offset=")[2] for url in wire.requests]
    assert offsets == ["0", "0", "500"]


@pytest.mark.parametrize(
    "broken",
    [
        {"payment_reference": "A"},
        payout("A", 19) | {"payout_date": "yesterday"},
        payout("A", 19) | {"payment_reference": None},
        payout("A", 19) | {"totals": {"settlement_amount": "1.00"}},
    ],
)
def test_a_settlement_that_cannot_be_read_is_pulled_again(
    wire: Wire, broken: dict[str, Any]
) -> None:
    wire.reply(200, {"payouts": [broken]})
    wire.reply(200, {"transactions": []})
    with pytest.raises(GatewayUnavailable):
        [list(page.bodies) for page in calls.payouts(access(), None, NOW)]
