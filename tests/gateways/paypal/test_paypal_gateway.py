"""What PayPal is asked for, and what each of its answers, or its silence, means to us."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import http
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.paypal import client, declines
from kassa.gateways.paypal import gateway as calls
from kassa.gateways.paypal.event_list import REACH
from kassa.gateways.paypal.money import to_paypal
from kassa.gateways.paypal.parsing import ANOTHERS
from kassa.gateways.paypal.payouts import AGAIN
from kassa.gateways.registry import GATEWAYS, Ability
from kassa.gateways.submissions import CheckoutState, OrderLine, PaymentMethod
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.paypal import ACCESS, NOW, back, notification, page, payment
from tests.support.gateway_scenes.paypal import PayPalScene

ORDERS = "/v2/checkout/orders"


@dataclass
class Wire:
    """A scene, its clock, and every request that reached it."""

    scene: PayPalScene
    clock: FakeClock
    requests: list[http.HttpRequest] = field(default_factory=list)

    def transport(self, request: http.HttpRequest) -> http.HttpAnswer:
        self.requests.append(request)
        return self.scene.transport(request)

    def fault(self, kind: Kind, path: str = "/v", method: str = "", times: int = 1) -> None:
        self.scene.fake.faults.expect(Fault(kind, path, method, times))

    def sold(self, minor: int = 50_00, order_id: str = "order-7") -> Subject:
        return payment(self.scene.fake.sell(order_id, minor, "EUR")["payment_id"])

    def calls_to(self, path: str) -> int:
        return sum(path in request.url for request in self.requests)


@pytest.fixture
def wire() -> Iterator[Wire]:
    fake = FakeClock(NOW)
    wire = Wire(PayPalScene(lambda: fake.at.timestamp()), fake)
    clock.install(fake)
    client.forget()
    http.install(wire.transport)
    yield wire
    http.install(None)
    clock.install(None)
    client.forget()


def confirm(reads: str, object_id: str) -> Any:
    return calls.confirm(ACCESS, notification(reads, object_id))


def test_a_token_is_bought_once_and_kept_until_it_ends(wire: Wire) -> None:
    subject = wire.sold()
    for _ in range(3):
        confirm("capture", subject.subject_id)
    assert wire.scene.fake.tokens.given == 1
    wire.clock.at += timedelta(hours=9)
    confirm("capture", subject.subject_id)
    assert wire.scene.fake.tokens.given == 2


def test_a_token_that_paypal_no_longer_takes_is_bought_anew_unnoticed(wire: Wire) -> None:
    subject = wire.sold()
    confirm("capture", subject.subject_id)
    wire.scene.fake.tokens.forget()
    assert confirm("capture", subject.subject_id)["id"] == subject.subject_id
    assert wire.scene.fake.tokens.given == 2


def test_two_accounts_have_two_tokens(wire: Wire) -> None:
    subject = wire.sold()
    confirm("capture", subject.subject_id)
    other = ACCESS.model_copy(update={"api_id": "other-client"})
    calls.confirm(other, notification("capture", subject.subject_id))
    assert wire.scene.fake.tokens.given == 2


def test_a_wrong_secret_is_a_known_no(wire: Wire) -> None:
    wrong = ACCESS.model_copy(update={"api_key": ""})
    with pytest.raises(GatewayRefused, match="access_denied"):
        calls.confirm(wrong, notification("capture", "CAP1"))


@pytest.mark.parametrize(
    ("access", "base"),
    [
        (ACCESS, "https://api-m.sandbox.paypal.com"),
        (ACCESS.model_copy(update={"mode": "live"}), "https://api-m.paypal.com"),
        (ACCESS.model_copy(update={"api_base": "http://127.0.0.1:8430"}), "http://127.0.0.1:8430"),
    ],
)
def test_the_mode_says_where_paypal_is(access: ApiAccess, base: str) -> None:
    assert client.base(access) == base


# Pages


def test_a_checkout_is_opened_for_an_order_under_our_names(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    order = wire.scene.fake.account.orders[opened.checkout_id]
    (unit,) = order["purchase_units"]
    assert (unit["custom_id"], unit["invoice_id"]) == ("order-7", "order-7.1")
    assert unit["amount"] == {"currency_code": "EUR", "value": "50.00"}
    assert opened.url.endswith(opened.checkout_id)
    body = json.loads(wire.requests[-1].body or b"")["payment_source"]["paypal"]
    assert body["experience_context"]["return_url"] == "https://shop.example/thanks"
    assert wire.requests[-1].headers["PayPal-Request-Id"] == "checkout:order-7.1"


def test_a_checkout_shows_the_orders_lines_where_they_add_up(wire: Wire) -> None:
    lines = (
        OrderLine(name="Tea", quantity=3, amount_minor=20_00),
        OrderLine(name="Cup", quantity=1, amount_minor=30_00),
    )
    for number, (shown, names) in enumerate([(lines, ["3 × Tea", "Cup"]), (lines[:1], None)]):
        sent = page(n=number).model_copy(update={"lines": shown, "method": PaymentMethod.CARD})
        order_id = calls.open_checkout(ACCESS, sent).checkout_id
        (unit,) = wire.scene.fake.account.orders[order_id]["purchase_units"]
        items = unit.get("items")
        assert (items and [one["name"] for one in items]) == names
        assert ("breakdown" in unit["amount"]) is (names is not None)
    body = json.loads(wire.requests[-1].body or b"")["payment_source"]["paypal"]
    assert body["experience_context"]["landing_page"] == "GUEST_CHECKOUT"


def test_a_checkout_submitted_again_is_the_same_checkout(wire: Wire) -> None:
    wire.fault(Kind.LOST_RESPONSE, ORDERS, "POST")
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, page())
    opened = calls.open_checkout(ACCESS, page())
    assert calls.open_checkout(ACCESS, page()) == opened
    assert len(wire.scene.fake.account.orders) == 1


@pytest.mark.parametrize("kind", [Kind.ERROR_BEFORE, Kind.UNAVAILABLE, Kind.RATE_LIMITED])
def test_an_error_of_paypals_own_is_an_unknown_outcome(kind: Kind, wire: Wire) -> None:
    wire.fault(kind, ORDERS, "POST")
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, page())


def test_what_is_sent_is_never_sent_twice_by_itself(wire: Wire) -> None:
    wire.fault(Kind.LOST_REQUEST, ORDERS, "POST", times=9)
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(ACCESS, page())
    assert wire.calls_to(ORDERS) == 1


def test_the_status_of_a_checkout_is_read(wire: Wire) -> None:
    def stands(checkout_id: str | None) -> Any:
        found = calls.find_checkout(ACCESS, page(), checkout_id)
        return found.state if found else None

    opened = calls.open_checkout(ACCESS, page())
    assert stands(opened.checkout_id) is CheckoutState.OPEN
    wire.scene.fake.finish_checkout(opened.checkout_id, "paid")
    assert stands(opened.checkout_id) is CheckoutState.OPEN  # approved, and not captured yet
    confirm("order", opened.checkout_id)
    assert stands(opened.checkout_id) is CheckoutState.PAID
    found = calls.find_checkout(ACCESS, page(), opened.checkout_id)
    assert found is not None
    assert found.opened.payment_id in wire.scene.fake.account.captures
    assert stands(None) is None


def test_a_checkout_that_paypal_forgot_has_expired(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    wire.scene.fake.finish_checkout(opened.checkout_id, "expired")
    found = calls.find_checkout(ACCESS, page(), opened.checkout_id)
    assert found is not None
    assert found.state is CheckoutState.EXPIRED


def test_a_checkout_whose_money_still_waits_is_open(wire: Wire) -> None:
    """Nobody may be sent to another gateway while it may still come."""
    wire.scene.fake.switches.captures_begin = "PENDING"
    opened = calls.open_checkout(ACCESS, page())
    wire.scene.fake.finish_checkout(opened.checkout_id)
    confirm("order", opened.checkout_id)
    found = calls.find_checkout(ACCESS, page(), opened.checkout_id)
    assert found is not None
    assert found.state is CheckoutState.OPEN
    payment_id = found.opened.payment_id or ""
    wire.scene.fake.settle_capture(payment_id, "DECLINED")
    found = calls.find_checkout(ACCESS, page(), opened.checkout_id)
    assert found is not None
    assert found.state is CheckoutState.FAILED


# Capturing what a buyer approved


def test_an_approved_checkout_is_captured_once_by_reading_it_back(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    assert confirm("order", opened.checkout_id)["status"] == "PAYER_ACTION_REQUIRED"
    wire.scene.fake.finish_checkout(opened.checkout_id)
    for _ in range(3):
        order = confirm("order", opened.checkout_id)
        assert order["purchase_units"][0]["payments"]["captures"][0]["status"] == "COMPLETED"
    assert len(wire.scene.fake.account.captures) == 1
    posts = [r for r in wire.requests if r.url.endswith("/capture")]
    assert [r.headers["PayPal-Request-Id"] for r in posts] == [f"capture:{opened.checkout_id}"]


@pytest.mark.parametrize(
    "kind", [Kind.LOST_RESPONSE, Kind.LOST_REQUEST, Kind.ERROR_AFTER, Kind.ERROR_BEFORE]
)
def test_a_capture_whose_outcome_is_lost_is_never_made_twice(kind: Kind, wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    wire.scene.fake.finish_checkout(opened.checkout_id)
    wire.fault(kind, f"{ORDERS}/{opened.checkout_id}/capture", "POST")
    with pytest.raises(GatewayUnavailable):
        confirm("order", opened.checkout_id)
    assert confirm("order", opened.checkout_id)["status"] == "COMPLETED"
    assert len(wire.scene.fake.account.captures) == 1


def test_a_declined_instrument_is_reported_and_the_checkout_may_be_tried_again(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    wire.scene.fake.finish_checkout(opened.checkout_id, "declined")
    declined = confirm("order", opened.checkout_id)
    assert declined["declined"] == {"issue": "INSTRUMENT_DECLINED"}
    wire.scene.fake.finish_checkout(opened.checkout_id, "paid")
    assert confirm("order", opened.checkout_id)["status"] == "COMPLETED"


def test_what_another_program_opened_is_never_captured_by_us(wire: Wire) -> None:
    unit = {"amount": {"currency_code": "EUR", "value": "9.00"}, "custom_id": "order-8"}
    body = json.dumps({"intent": "CAPTURE", "purchase_units": [unit]}).encode()
    token = {"Authorization": f"Bearer {client._token(ACCESS)}"}
    made = wire.scene.fake.request("POST", ORDERS, "", token, body).body
    wire.scene.fake.finish_checkout(made["id"])
    assert confirm("order", made["id"])["status"] == "APPROVED"
    assert wire.scene.fake.account.captures == {}


def test_a_capture_that_may_not_be_made_reaches_a_person(wire: Wire) -> None:
    opened = calls.open_checkout(ACCESS, page())
    wire.scene.fake.finish_checkout(opened.checkout_id)
    second = calls.open_checkout(ACCESS, page(n=2))
    wire.scene.fake.finish_checkout(second.checkout_id)

    def refused(request: http.HttpRequest) -> http.HttpAnswer:
        if request.url.endswith("/capture"):
            body = {"name": "NOT_AUTHORIZED", "details": [{"issue": "PERMISSION_DENIED"}]}
            return http.HttpAnswer(403, {}, json.dumps(body).encode())
        return wire.scene.transport(request)

    http.install(refused)
    with pytest.raises(GatewayRefused, match="access_denied"):
        confirm("order", opened.checkout_id)


# Reading back


def test_what_paypal_hasnt_is_nothing(wire: Wire) -> None:
    for reads in ("capture", "refund", "sale", "sale_refund", "dispute", "order"):
        assert confirm(reads, "UNKNOWN1") is None


def test_a_reversal_is_read_back_by_itself_and_by_the_disputes_of_its_payment(wire: Wire) -> None:
    subject = wire.sold()
    made = wire.scene.fake.reverse_capture(subject.subject_id, 10_00)["reversal_id"]
    found = confirm("reversal", made)
    assert (found["reversal"]["id"], found["payment_id"]) == (made, subject.subject_id)
    assert found["disputes"] == []
    wire.scene.fake.open_dispute(subject.subject_id)
    (dispute,) = confirm("reversal", made)["disputes"]
    assert dispute["money_movements"][0]["type"] == "DEBIT"


def test_a_reversal_counts_also_where_disputes_may_not_be_seen(wire: Wire) -> None:
    subject = wire.sold()
    made = wire.scene.fake.reverse_capture(subject.subject_id, 10_00)["reversal_id"]

    def without_disputes(request: http.HttpRequest) -> http.HttpAnswer:
        if "/customer/disputes" in request.url:
            return http.HttpAnswer(403, {}, b'{"name": "NOT_AUTHORIZED"}')
        return wire.transport(request)

    http.install(without_disputes)
    assert confirm("reversal", made)["reversal"]["id"] == made


def test_a_sale_and_its_reversal_are_found_by_the_paths_of_their_generation(wire: Wire) -> None:
    sale_id = wire.scene.fake.sell_by_subscription("order-7", 9_00, "EUR")["payment_id"]
    made = wire.scene.fake.reverse_sale(sale_id, 4_00)["reversal_id"]
    for reads in ("sale", "capture"):
        assert confirm(reads, sale_id)["state"] == "completed"
    assert confirm("reversal", made)["payment_id"] == sale_id
    assert calls.payment_of(ACCESS, made) == sale_id
    (found,) = calls.look_up(ACCESS, payment(sale_id))
    assert json.loads(found)["resource"]["id"] == sale_id


def test_what_belongs_to_another_merchant_is_marked_and_what_names_none_is_ours(wire: Wire) -> None:
    subject = wire.sold()
    ours = ACCESS.model_copy(update={"shop": wire.scene.fake.account.merchant_id})
    theirs = ACCESS.model_copy(update={"shop": "ANOTHERMERCH1"})
    notified = notification("capture", subject.subject_id)
    for access in (ACCESS, ours):
        assert (calls.confirm(access, notified) or {})["id"] == subject.subject_id
    assert calls.confirm(theirs, notified) == {ANOTHERS: True}
    dispute_id = wire.scene.fake.open_dispute(subject.subject_id)["dispute_id"]
    assert calls.confirm(theirs, notification("dispute", dispute_id)) == {ANOTHERS: True}
    assert calls.confirm(ours, notification("dispute", dispute_id)) != {ANOTHERS: True}


def test_reading_is_tried_again_and_then_unknown(wire: Wire) -> None:
    subject = wire.sold()
    wire.fault(Kind.UNAVAILABLE, "/v2/payments", "GET", times=2)
    assert confirm("capture", subject.subject_id)
    wire.fault(Kind.LOST_RESPONSE, "/v2/payments", "GET", times=3)
    with pytest.raises(GatewayUnavailable):
        confirm("capture", subject.subject_id)


# Refunds


def test_a_refund_carries_our_name_and_is_made_once(wire: Wire) -> None:
    subject = wire.sold()
    first = calls.refund(ACCESS, back(subject))
    assert calls.refund(ACCESS, back(subject)) == first
    (made,) = wire.scene.fake.account.refunds.values()
    assert (made["custom_id"], made["amount"]["value"]) == ("rr_1", "10.00")
    assert wire.requests[-1].headers["PayPal-Request-Id"] == "refund:rr_1"


@pytest.mark.parametrize(
    ("kind", "is_found"),
    [(Kind.LOST_RESPONSE, True), (Kind.ERROR_AFTER, True), (Kind.LOST_REQUEST, False)],
)
def test_a_refund_whose_outcome_is_lost_is_found_or_not_there(
    kind: Kind, is_found: bool, wire: Wire
) -> None:
    subject = wire.sold()
    wire.fault(kind, "/v2/payments", "POST")
    with pytest.raises(GatewayUnavailable):
        calls.refund(ACCESS, back(subject))
    assert (calls.find_refund(ACCESS, back(subject)) is not None) is is_found
    assert calls.find_refund(ACCESS, back(subject, submission_id="rr_2")) is None
    calls.refund(ACCESS, back(subject))
    assert len(wire.scene.fake.account.refunds) == 1


def test_a_capture_without_an_order_shows_no_refunds_so_nobody_knows(wire: Wire) -> None:
    subject = wire.sold()
    capture = wire.scene.fake.account.captures[subject.subject_id]
    del capture["supplementary_data"], capture["links"]
    with pytest.raises(GatewayUnavailable):
        calls.find_refund(ACCESS, back(subject))


@pytest.mark.parametrize(
    ("minor", "reason"), [(50_01, "over_what_is_left"), (0, "cannot_be_zero_or_negative")]
)
def test_paypals_limits_of_a_refund_are_known_noes(minor: int, reason: str, wire: Wire) -> None:
    subject = wire.sold()
    with pytest.raises(GatewayRefused, match=reason) as refused:
        calls.refund(ACCESS, back(subject, minor))
    assert not refused.value.is_retryable


def test_other_noes_of_a_refund(wire: Wire) -> None:
    subject = wire.sold()
    with pytest.raises(GatewayRefused, match="unknown_payment"):
        calls.refund(ACCESS, back(payment("UNKNOWN1")))
    calls.refund(ACCESS, back(subject, 50_00))
    with pytest.raises(GatewayRefused, match="already_refunded"):
        calls.refund(ACCESS, back(subject, 1, "rr_2"))
    disputed = wire.sold(order_id="order-8")
    wire.scene.fake.open_dispute(disputed.subject_id)
    with pytest.raises(GatewayRefused, match="disputed"):
        calls.refund(ACCESS, back(disputed))
    old = wire.sold(order_id="order-9")
    wire.clock.at += timedelta(days=181)
    with pytest.raises(GatewayRefused, match="too_old"):
        calls.refund(ACCESS, back(old))


def test_a_key_that_is_being_worked_on_is_unknown(wire: Wire) -> None:
    subject, body = wire.sold(), {"details": [{"issue": "PREVIOUS_REQUEST_IN_PROGRESS"}]}

    def busy(request: http.HttpRequest) -> http.HttpAnswer:
        if request.url.endswith("/refund"):
            return http.HttpAnswer(409, {}, json.dumps(body).encode())
        return wire.scene.transport(request)

    http.install(busy)
    with pytest.raises(GatewayUnavailable):
        calls.refund(ACCESS, back(subject))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"])
def test_a_yes_that_cant_be_read_is_unknown(body: bytes, wire: Wire) -> None:
    subject = wire.sold()

    def garbled(request: http.HttpRequest) -> http.HttpAnswer:
        is_refund = request.url.endswith("/refund")
        return http.HttpAnswer(201, {}, body) if is_refund else wire.scene.transport(request)

    http.install(garbled)
    with pytest.raises(GatewayUnavailable):
        calls.refund(ACCESS, back(subject))


def test_a_payment_that_was_made_is_tried_nowhere_else_and_a_strange_no_is_shown_as_it_is() -> None:
    for issue in ("DUPLICATE_INVOICE_ID", "ORDER_ALREADY_CAPTURED"):
        refused = declines.refused(422, {"details": [{"issue": issue}]})
        assert (str(refused), refused.is_retryable) == ("already_paid", False)
    strange = declines.refused(422, {"details": [{"issue": "BRAND_NEW"}]})
    assert (str(strange), strange.is_retryable) == ("brand_new", False)
    assert str(declines.refused(400, {})) == "status_400"


# Looking up


def test_a_look_up_brings_a_payment_with_all_that_belongs_to_it(wire: Wire) -> None:
    subject = wire.sold()
    calls.refund(ACCESS, back(subject))
    wire.scene.fake.refund_in_dashboard(subject.subject_id, 5_00)
    wire.scene.fake.open_dispute(subject.subject_id)
    bodies = [json.loads(one) for one in calls.look_up(ACCESS, subject)]
    kinds = [one["resource_type"] for one in bodies]
    assert kinds == ["capture", "refund", "refund", "dispute"]
    assert len({one["id"] for one in bodies}) == 4
    again = [json.loads(one)["id"] for one in calls.look_up(ACCESS, subject)]
    assert again == [one["id"] for one in bodies]


def test_nothing_is_known_of_a_payment_that_isnt_there(wire: Wire) -> None:
    assert calls.look_up(ACCESS, payment("UNKNOWN1")) == []
    payout = payment("PO1").model_copy(update={"kind": SubjectKind.PAYOUT})
    assert calls.look_up(ACCESS, payout) == []


def test_the_payment_behind_a_refund_and_a_dispute(wire: Wire) -> None:
    subject = wire.sold()
    refund_id = calls.refund(ACCESS, back(subject)).refund_id
    dispute_id = wire.scene.fake.open_dispute(subject.subject_id)["dispute_id"]
    assert calls.payment_of(ACCESS, refund_id) == subject.subject_id
    assert calls.payment_of(ACCESS, dispute_id) == subject.subject_id
    assert calls.payment_of(ACCESS, "UNKNOWN1") == "UNKNOWN1"


# Listings


def pages(walk: Any) -> tuple[list[dict[str, Any]], list[str]]:
    bodies, cursors = [], []
    for one in walk:
        bodies += [json.loads(body) for body in one.bodies]
        cursors.append(one.read_until)
    return bodies, cursors


def test_missed_events_are_listed_once_each_across_pages_and_days(wire: Wire) -> None:
    start = NOW - timedelta(days=2)
    wire.clock.at = start
    for number in range(130):
        wire.sold(order_id=f"order-{number}")
    wire.clock.at = NOW - timedelta(minutes=30)
    wire.sold(order_id="last")
    wire.clock.at = NOW
    bodies, cursors = pages(calls.list_events(ACCESS, None, NOW))
    assert len(bodies) == 2  # without a cursor one day is read
    bodies, cursors = pages(calls.list_events(ACCESS, "2026-11-20T11:00:00Z", NOW))
    ids = {event["id"] for event in wire.scene.fake.account.events}
    assert {body["id"] for body in bodies} == ids
    assert len(ids) == 262
    assert cursors == sorted(cursors)
    assert cursors[-1] == "2026-11-22T12:00:00Z"


def test_events_are_listed_no_further_back_than_paypal_has_them(wire: Wire) -> None:
    _, cursors = pages(calls.list_events(ACCESS, "2025-01-01T00:00:00Z", NOW))
    assert len(cursors) == REACH.days
    assert pages(calls.list_events(ACCESS, "2026-11-22T12:00:00Z", NOW)) == ([], [])


def test_another_host_in_a_link_is_never_called(wire: Wire) -> None:
    for number in range(120):
        wire.sold(order_id=f"order-{number}")

    def luring(request: http.HttpRequest) -> http.HttpAnswer:
        answer = wire.transport(request)
        if "webhooks-events" in request.url:
            body = json.loads(answer.body)
            for link in body["links"]:
                link["href"] = link["href"].replace("https://", "https://evil.example/")
            answer = answer._replace(body=json.dumps(body).encode())
        return answer

    http.install(luring)
    pages(calls.list_events(ACCESS, None, NOW))
    assert all(r.url.startswith("https://api-m.sandbox.paypal.com/") for r in wire.requests)


def test_the_reports_rows_have_ids_of_their_own(wire: Wire) -> None:
    subject = wire.sold()
    calls.refund(ACCESS, back(subject))
    wire.scene.fake.pay_out_all()
    wire.clock.at += timedelta(minutes=1)
    bodies, cursors = pages(calls.payouts(ACCESS, None, wire.clock.at))
    codes = [body["resource"]["transaction_event_code"] for body in bodies]
    assert codes == ["T0006", "T1107", "T0400"]
    assert bodies[0]["id"] == f"balance:{subject.subject_id}/T0006"
    assert cursors == ["2026-11-22T12:01:00Z"]


def test_a_cursor_moves_no_further_than_the_reports_are_complete(wire: Wire) -> None:
    wire.scene.fake.switches.report_lag_s = 3 * 3600
    wire.sold()
    bodies, (cursor,) = pages(calls.payouts(ACCESS, "2026-11-22T08:00:00Z", NOW))
    assert (bodies, cursor) == ([], "2026-11-22T09:00:00Z")
    wire.clock.at += timedelta(hours=4)
    bodies, _ = pages(calls.payouts(ACCESS, cursor, wire.clock.at))
    assert len(bodies) == 1


def test_a_long_backlog_is_read_in_windows_that_paypal_takes(wire: Wire) -> None:
    bodies, cursors = pages(calls.payouts(ACCESS, "2026-06-01T00:00:00Z", NOW))
    assert bodies == []
    assert cursors == sorted(cursors)
    urls = [r.url for r in wire.requests if "reporting" in r.url]
    assert len(urls) >= 6  # and the fake refuses any that is longer than 31 days


def test_a_row_that_waited_is_found_again_the_next_day(wire: Wire) -> None:
    wire.sold()
    (row,) = wire.scene.fake.account.rows
    row["transaction_status"] = "P"
    wire.clock.at = NOW + timedelta(hours=1)
    bodies, (cursor,) = pages(calls.payouts(ACCESS, "2026-11-22T11:00:00Z", wire.clock.at))
    assert bodies == []
    row["transaction_status"] = "S"
    wire.clock.at = NOW + AGAIN - timedelta(days=1)
    cursor = (wire.clock.at - timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%SZ")
    bodies, cursors = pages(calls.payouts(ACCESS, cursor, wire.clock.at))
    assert len(bodies) == 1
    assert cursors == [cursor, "2026-12-01T12:00:00Z"]  # the cursor waits for the second reading
    assert all(before <= after for before, after in pairwise(cursors))


# Amounts, and the registry


@pytest.mark.parametrize(
    ("minor", "currency", "value"),
    [
        (50_00, "EUR", "50.00"),
        (1, "EUR", "0.01"),
        (500, "JPY", "500"),
        (500_00, "HUF", "500"),
        (1_234, "KWD", "1.234"),
    ],
)
def test_amounts_are_written_as_paypal_takes_them(minor: int, currency: str, value: str) -> None:
    body = to_paypal(Money(amount_minor=minor, currency=currency))
    assert body == {"currency_code": currency, "value": value}


def test_a_fraction_that_paypal_doesnt_take_is_a_known_no() -> None:
    with pytest.raises(GatewayRefused) as refused:
        to_paypal(Money(amount_minor=500_50, currency="HUF"))
    assert refused.value.is_retryable


def test_paypal_can_all_that_the_registry_says() -> None:
    known = GATEWAYS["paypal"]
    assert all(hasattr(calls, ability.value) for ability in known.can)
    assert Ability.NAMED_REFUND not in known.can
    assert known.memory < timedelta(days=45)
