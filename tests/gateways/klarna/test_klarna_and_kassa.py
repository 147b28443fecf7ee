"""Klarna through the real handlers: pages, callbacks, look-ups, refunds, disputes at its fake."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_handler
from functions.pay_refund.app import lambda_handler as pay_handler
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import dispatch as calls
from kassa.gateways import registry
from kassa.gateways.klarna import gateway as klarna_calls
from kassa.gateways.klarna.parsing import framed
from kassa.gateways.registry import Ability
from kassa.gateways.submissions import CheckoutState, OrderLine, PaymentMethod, RefundSubmission
from kassa.platform import aws
from kassa.platform.secrets import api_access
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support.aws_stack import Context
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stages.klarna import Klarna, subject, submission
from tests.support.gateway_stages.klarna import klarna as klarna
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import answered, http_event

ORDERS, REFUNDS = "/ordermanagement/v1/orders", "/refunds"


def test_klarna_has_every_call_that_the_registry_says_it_can() -> None:
    abilities = registry.gateway("klarna").can
    assert {name for name in Ability if hasattr(klarna_calls, name)} == abilities


def test_a_checkout_is_opened_paid_and_booked_by_its_callbacks_alone(klarna: Klarna) -> None:
    page = klarna.open()
    assert page.url.startswith("https://pay.")
    klarna.scene.finish(page.checkout_id, "paid")
    klarna.stage.deliver()

    payment_id = klarna.scene.payment_id("order-1")
    state = klarna.state(payment_id)
    assert (state.order_id, state.customer_id, state.language) == ("order-1", "customer-1", "fi-FI")
    assert state.captured_minor == 100_00
    assert state.objects[page.checkout_id].state == "completed"
    assert payment_id in klarna.scene.fake.account.acknowledged
    assert klarna.published() == ["CheckoutCompleted", "PaymentCaptured"]
    assert (set(klarna.stage.statuses), klarna.stage.failures) == ({200}, [])


def test_what_kassa_submits_for_a_checkout_is_what_the_order_says(klarna: Klarna) -> None:
    lines = (
        OrderLine(name="Shirt", quantity=3, amount_minor=89_99),
        OrderLine(name="Postage", quantity=1, amount_minor=10_01),
    )
    klarna.open(lines=lines, method=PaymentMethod.PAY_LATER)
    (session,) = klarna.scene.fake.account.sessions.values()
    assert [line["total_amount"] for line in session["order_lines"]] == [89_99, 10_01]
    assert (session["merchant_reference1"], session["merchant_reference2"]) == (
        "order-1",
        "order-1.1",
    )
    assert (session["purchase_country"], session["locale"]) == ("FI", "fi-FI")
    (body,) = [json.loads(r.body or b"") for r in klarna.scene.requests if "/hpp/" in r.url]
    assert body["options"] == {
        "place_order_mode": "CAPTURE_ORDER",
        "payment_method_category": "PAY_LATER",
    }


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"amount": Money(amount_minor=1, currency="JPY"), "country": None}, "currency_unsupp"),
        ({"amount": Money(amount_minor=200_000_001, currency="EUR")}, "amount_too_large"),
        ({"amount": Money(amount_minor=500, currency="ISK"), "country": "IS"}, "currency_unsupp"),
    ],
)
def test_a_checkout_that_klarna_cannot_open_leaves_another_gateway_to_try(
    klarna: Klarna, more: dict[str, Any], why: str
) -> None:
    with pytest.raises(GatewayRefused, match=why) as refused:
        klarna.open(**more)
    assert refused.value.is_retryable
    assert klarna.scene.fake.account.pages == {}


def test_without_a_url_of_ours_no_checkout_is_opened(klarna: Klarna) -> None:
    access = api_access("klarna", "main").model_copy(update={"callback_secret": None})
    with pytest.raises(GatewayRefused, match="webhook_url_missing"):
        klarna_calls.open_checkout(access, submission())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/payments/v1/sessions", Kind.LOST_RESPONSE),
        ("/hpp/v1/sessions", Kind.LOST_RESPONSE),
        ("/hpp/v1/sessions", Kind.ERROR_AFTER),
    ],
)
def test_a_checkout_whose_answer_was_lost_is_submitted_again_under_the_same_key(
    klarna: Klarna, path: str, kind: Kind
) -> None:
    klarna.scene.fake.faults.expect(Fault(kind, path))
    with pytest.raises(GatewayUnavailable):
        klarna.open()
    page = klarna.open()
    assert list(klarna.scene.fake.account.pages) == [page.checkout_id]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (None, CheckoutState.OPEN),
        ("paid", CheckoutState.PAID),
        ("declined", CheckoutState.FAILED),
        ("expired", CheckoutState.EXPIRED),
    ],
)
def test_a_checkout_is_found_with_its_status(
    klarna: Klarna, outcome: str | None, state: CheckoutState
) -> None:
    page = klarna.open()
    if outcome:
        klarna.scene.finish(page.checkout_id, outcome)
    found = calls.find_checkout("klarna", "main", submission(), page.checkout_id)
    assert found is not None
    assert found.state is state
    paid = klarna.scene.payment_id("order-1") if outcome == "paid" else None
    assert found.opened.payment_id == paid
    assert calls.find_checkout("klarna", "main", submission(), None) is None


def test_a_checkout_past_its_time_is_expired_also_before_klarna_forgets_it(klarna: Klarna) -> None:
    page = klarna.open()
    klarna.stage.clock.at += timedelta(days=2, seconds=1)
    found = calls.find_checkout("klarna", "main", submission(), page.checkout_id)
    assert found is not None
    assert found.state is CheckoutState.EXPIRED


def test_a_lost_callback_is_made_good_by_looking_the_order_up(klarna: Klarna) -> None:
    page = klarna.open()
    klarna.scene.finish(page.checkout_id, "paid")
    klarna.scene.arrivals()  # all of them lost
    found = calls.find_checkout("klarna", "main", submission(), page.checkout_id)
    assert found is not None
    assert found.opened.payment_id is not None
    klarna.look_up(found.opened.payment_id)
    assert klarna.state(found.opened.payment_id).captured_minor == 100_00


def test_a_callback_that_waited_until_klarna_forgot_its_checkout_still_leads_to_its_order(
    klarna: Klarna,
) -> None:
    page = klarna.open()
    klarna.scene.finish(page.checkout_id, "paid")
    for arrival in klarna.scene.arrivals():
        klarna.stage.post(arrival)
    klarna.stage.clock.at += timedelta(days=3)  # the queue was stuck meanwhile
    klarna.stage.book()

    assert klarna.stage.failures == []
    assert klarna.stage.ledger()["customers", "EUR"] == -100_00


def test_a_payment_nobody_reported_is_found_in_its_settlement(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.scene.refund("order-1", 30_00)
    klarna.scene.arrivals()
    klarna.scene.pay_out()
    klarna.stage.watch()
    state = klarna.state(klarna.scene.payment_id("order-1"))
    assert (state.order_id, state.captured_minor, state.refunded_minor) == (
        "order-1",
        100_00,
        30_00,
    )
    assert klarna.stage.ledger() == {
        ("bank", "EUR"): 100_00 - 30_00 - 3_20,
        ("customers", "EUR"): -70_00,
        ("gateway_fees", "EUR"): 3_20,
    }


def test_callbacks_that_come_twice_late_and_out_of_order_book_once(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    arrivals = klarna.scene.arrivals()
    random.Random(3).shuffle(arrivals)
    for arrival in [*arrivals, *arrivals]:
        klarna.stage.post(arrival)
        klarna.stage.book()
    assert klarna.published().count("PaymentCaptured") == 1
    assert klarna.stage.ledger()["customers", "EUR"] == -100_00


@pytest.mark.parametrize("kind", [Kind.LOST_REQUEST, Kind.UNAVAILABLE, Kind.RATE_LIMITED])
@pytest.mark.parametrize("path", ["/hpp/v1/sessions/", f"{ORDERS}/"])
def test_while_klarna_is_silent_the_message_comes_back(
    klarna: Klarna, kind: Kind, path: str
) -> None:
    klarna.scene.pay("order-1", 100_00)
    *_, paid = klarna.scene.arrivals()
    klarna.scene.fake.faults.expect(Fault(kind, path, times=3))  # reading is tried three times
    klarna.stage.post(paid)
    klarna.stage.book()
    assert len(klarna.stage.failures) == 1
    assert klarna.stage.ledger() == {}

    sqs = aws.client("sqs")
    for message in klarna.stage.failures:
        sqs.send_message(QueueUrl=klarna.stage.stack.events_queue, MessageBody=message)
    klarna.stage.book()
    assert klarna.stage.ledger()["customers", "EUR"] == -100_00


def test_an_acknowledgement_that_klarna_refuses_does_not_keep_a_payment_from_being_booked(
    klarna: Klarna,
) -> None:
    klarna.scene.pay("order-1", 100_00)
    path = f"{ORDERS}/{klarna.scene.payment_id('order-1')}/acknowledge"
    klarna.scene.fake.faults.expect(Fault(Kind.ERROR_BEFORE, path))
    klarna.stage.deliver()  # the first try fails, and its message comes back
    assert len(klarna.stage.failures) == 1


def forged(arrival: Arrival, **query: str) -> Arrival:
    return Arrival(arrival.body, arrival.headers, {**arrival.query, **query})


def test_a_forged_callback_is_refused_and_makes_us_read_nothing(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    *_, paid = klarna.scene.arrivals()
    klarna.scene.requests.clear()
    for arrival in (
        forged(paid, token="0" * 64),
        forged(paid, attempt="order-2.1"),
        Arrival(paid.body),
        Arrival(paid.body, {"klarna-signature": "0" * 64}, paid.query),
        Arrival(paid.body, {"klarna-signing-key-id": "k"}, paid.query),
        forged(paid, session_id="../../x"),
    ):
        status = klarna.stage.post(arrival)["statusCode"]
        is_read_anyhow = arrival.query.get("session_id") == "../../x"  # its body names the page
        assert status == (200 if is_read_anyhow else 400)
    assert klarna.scene.requests == []
    assert klarna.stage.ledger() == {}


def test_what_a_callback_claims_is_not_believed(klarna: Klarna) -> None:
    klarna.scene.decline("order-1", 100_00)
    *_, declined = klarna.scene.arrivals()
    claim = json.loads(declined.body)
    claim["session"] |= {"status": "COMPLETED", "order_amount": 1_000_00}
    klarna.stage.post(Arrival(json.dumps(claim).encode(), {}, declined.query))
    for kind in ("order", "dispute", "transaction", "payout"):
        body = framed(kind, session_id=claim["session"]["session_id"], **{kind: claim})
        klarna.stage.post(Arrival(body, {}, declined.query))
    klarna.stage.book()
    assert klarna.stage.ledger() == {}
    assert klarna.stage.failures == []


def test_a_callback_of_a_checkout_that_klarna_does_not_know_leads_to_nothing(
    klarna: Klarna,
) -> None:
    klarna.scene.pay("order-1", 100_00)
    *_, paid = klarna.scene.arrivals()
    klarna.stage.post(Arrival(b"", {}, {**paid.query, "session_id": "no-such-page"}))
    klarna.stage.book()
    assert (klarna.stage.ledger(), klarna.stage.failures) == ({}, [])


def test_an_order_that_is_not_there_yet_is_looked_up_again(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    *_, paid = klarna.scene.arrivals()
    orders = klarna.scene.fake.account.orders
    hidden = dict(orders)
    orders.clear()
    klarna.stage.post(paid)
    klarna.stage.book()
    assert len(klarna.stage.failures) == 1
    orders.update(hidden)
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=klarna.stage.stack.events_queue, MessageBody=klarna.stage.failures[0])
    klarna.stage.book()
    assert klarna.stage.ledger()["customers", "EUR"] == -100_00


def test_a_closing_that_cannot_be_read_back_is_not_lost(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    klarna.scene.dispute("order-1", "lost")
    klarna.scene.fake.account.disputes.clear()
    klarna.stage.deliver()
    assert len(klarna.stage.failures) == 1  # the opening says enough by itself
    assert klarna.state(klarna.scene.payment_id("order-1")).has_open_dispute


def test_an_order_under_review_is_booked_when_klarna_has_decided(klarna: Klarna) -> None:
    klarna.scene.fake.switches.checks_fraud = True
    page = klarna.open()
    klarna.scene.finish(page.checkout_id, "paid")
    klarna.stage.deliver()
    payment_id = klarna.scene.payment_id("order-1")
    assert klarna.state(payment_id).objects[payment_id].state == "processing"
    klarna.scene.fake.decide_fraud(payment_id, "ACCEPTED")
    klarna.stage.deliver()
    assert klarna.state(payment_id).objects[payment_id].state == "authorized"
    klarna.scene.fake.capture_in_dashboard(payment_id, 100_00)
    klarna.look_up(payment_id)
    assert klarna.state(payment_id).captured_minor == 100_00


def test_events_of_one_id_and_two_types_are_both_booked(klarna: Klarna) -> None:
    klarna.scene.fake.switches.shares_event_ids = True
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    klarna.published()
    klarna.scene.dispute("order-1", "lost")
    arrivals = klarna.scene.arrivals()
    assert len({json.loads(arrival.body)["event_id"] for arrival in arrivals}) == 1
    for arrival in [*arrivals, *arrivals]:
        klarna.stage.post(arrival)
    klarna.stage.book()
    assert {"DisputeFundsWithdrawn", "DisputeLost"} <= set(klarna.published())
    (dispute,) = [
        one
        for one in klarna.state(klarna.scene.payment_id("order-1")).objects.values()
        if one.kind == "dispute"
    ]
    assert (dispute.state, dispute.amount_minor) == ("lost", 100_00)


def test_a_dispute_no_webhook_reported_is_found_by_looking_up(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    payment_id = klarna.scene.payment_id("order-1")
    dispute_id = klarna.scene.fake.open_dispute(payment_id)["dispute_id"]
    klarna.scene.arrivals()
    klarna.look_up(payment_id)
    assert klarna.state(payment_id).has_open_dispute
    assert calls.payment_of(subject("?"), dispute_id) == payment_id
    assert calls.payment_of(subject("?"), "capture-1") == "capture-1"


@pytest.fixture
def shop(klarna: Klarna) -> Klarna:
    """Let refunds up to 50 EUR be approved by themselves."""
    rule = {"id": "R1", "name": "Small", "when": {"amount": {"up_to": "50.00 EUR"}}}
    document = {"effective_from": "2026-11-20T00:00:00+00:00", "otherwise": "escalate"}
    rules = [rule | {"then": "approve"}]
    policy = read_policy(document | {"rules": rules}, "main", 1, klarna.stage.clock.at, "test")
    Policies("main").save(policy)
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    return klarna


def approved(shop: Klarna, amount_minor: int) -> str:
    """Ask Kassa for a refund; return the payment's id."""
    payment_id = shop.scene.payment_id("order-1")
    body = {"payment_id": payment_id, "reason": "damaged", "amount_minor": amount_minor}
    body |= {"gateway": "klarna", "account": "main"}
    status, answer = answered(approve_handler(http_event("POST /refunds", body, "shop"), Context()))
    assert status == 200, answer
    return payment_id


def work_refunds(shop: Klarna) -> None:
    """Work through RefundsQueue."""
    client, url = aws.client("sqs"), shop.stage.stack.refunds_queue
    while messages := client.receive_message(QueueUrl=url).get("Messages"):
        for message in messages:
            assert failed(pay_handler(batch(message["Body"]), Context())) == []
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_a_refund_is_submitted_looked_up_and_its_reservation_consumed(shop: Klarna) -> None:
    payment_id = approved(shop, 40_00)
    assert list(shop.state(payment_id).reservations.values()) == [40_00]
    work_refunds(shop)
    (made,) = shop.scene.truth()["refunds"]
    assert list(shop.state(payment_id).reservations) == [made["reference"]]
    assert shop.stage.ledger()["customers", "EUR"] == -100_00  # nothing before Klarna says so

    shop.stage.clock.at += timedelta(days=1)
    shop.stage.watch()  # Klarna tells of no refund by itself
    state = shop.state(payment_id)
    assert (state.reservations, state.refunded_minor) == ({}, 40_00)
    assert state.available_minor == 60_00
    assert shop.stage.ledger()["customers", "EUR"] == -60_00


@pytest.mark.parametrize("kind", [Kind.LOST_RESPONSE, Kind.ERROR_AFTER, Kind.LOST_REQUEST])
def test_a_refund_whose_answer_was_lost_is_paid_once(shop: Klarna, kind: Kind) -> None:
    payment_id = approved(shop, 40_00)
    path = f"{ORDERS}/{payment_id}{REFUNDS}"
    shop.scene.fake.faults.expect(Fault(kind, path))
    work_refunds(shop)
    for hours in (1, 2, 24, 24):
        shop.stage.clock.at += timedelta(hours=hours)
        shop.stage.watch()
        work_refunds(shop)
    assert [made["refunded_amount"] for made in shop.scene.truth()["refunds"]] == [40_00]
    assert shop.state(payment_id).refunded_minor == 40_00


def refund_submission(
    payment_id: str, amount_minor: int, submission_id: str = "rr_1"
) -> RefundSubmission:
    money = Money(amount_minor=amount_minor, currency="EUR")
    return RefundSubmission(payment=subject(payment_id), submission_id=submission_id, amount=money)


def test_a_refund_is_found_by_our_name_for_it(shop: Klarna) -> None:
    refund = refund_submission(shop.scene.payment_id("order-1"), 10_00)
    assert calls.find_refund(refund) is None
    made = calls.refund(refund)
    assert calls.refund(refund) == made == calls.find_refund(refund)
    assert calls.find_refund(refund_submission(refund.payment.subject_id, 10_00, "rr_2")) is None
    assert calls.find_refund(refund_submission("no-such-order", 10_00)) is None


@pytest.mark.parametrize(
    ("order_id", "minor", "why"),
    [
        ("order-1", 100_01, "not_refundable"),
        (None, 1_00, "unknown_payment"),
        ("order-1", 200_000_001, "amount_too_large"),
    ],
)
def test_a_refund_that_klarna_refuses_says_why(
    shop: Klarna, order_id: str | None, minor: int, why: str
) -> None:
    payment_id = shop.scene.payment_id(order_id) if order_id else "no-such-order"
    with pytest.raises(GatewayRefused, match=why) as refused:
        calls.refund(refund_submission(payment_id, minor))
    assert not refused.value.is_retryable


def test_two_requests_with_one_key_at_once_leave_the_outcome_unknown(shop: Klarna) -> None:
    refund = refund_submission(shop.scene.payment_id("order-1"), 10_00)
    headers = {"Klarna-Idempotency-Key": refund.idempotency_key}
    with shop.scene.fake.executing(headers), pytest.raises(GatewayUnavailable):
        calls.refund(refund)


def test_settlements_are_read_once_also_when_they_are_published_late(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    klarna.scene.pay_out()
    klarna.stage.watch()
    before = klarna.stage.ledger()
    late = dict(next(iter(klarna.scene.fake.account.payouts.values())))
    klarna.paths("GET")
    klarna.stage.clock.at += timedelta(days=1)
    klarna.stage.watch()
    assert [path.partition("?")[0] for path in klarna.paths("GET")] == ["/settlements/v1/payouts"]

    late |= {"payment_reference": "LATE0001", "payout_date": "2026-11-20T06:00:00Z"}
    klarna.scene.fake.account.payouts["LATE0001"] = late
    klarna.stage.watch()
    assert klarna.stage.ledger() != before  # an older payout that was published after a newer
    klarna.stage.watch()
    read = [path.partition("?")[0] for path in klarna.paths("GET")]
    assert read.count("/settlements/v1/transactions") == 1


def test_what_klarna_answers_in_no_form_we_know_is_submitted_again(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    klarna.scene.pay_out()
    (payout,) = klarna.scene.fake.account.payouts.values()
    total = payout["totals"]["settlement_amount"]
    payout["totals"]["settlement_amount"] = "96.80"
    klarna.stage.watch()
    assert ("bank", "EUR") not in klarna.stage.ledger()
    payout["totals"]["settlement_amount"] = total
    klarna.stage.watch()
    assert klarna.stage.ledger()["bank", "EUR"] == total


def test_two_like_fees_of_one_capture_are_two(klarna: Klarna) -> None:
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    rows = klarna.scene.fake.account.transactions
    rows.append(dict(rows[-1]))
    klarna.scene.pay_out()
    klarna.stage.watch()
    assert klarna.stage.ledger()["gateway_fees", "EUR"] == 3_50


def test_a_scene_knows_how_klarna_itself_stands(klarna: Klarna) -> None:
    page = klarna.open()
    klarna.scene.finish(page.checkout_id, "paid")
    with pytest.raises(ValueError, match="COMPLETED"):
        klarna.scene.finish(page.checkout_id, "declined")
    (payment,) = klarna.scene.truth()["payments"].values()
    assert (payment["order_id"], payment["captured_minor"]) == ("order-1", 100_00)
    other = klarna.open("order-2")
    klarna.stage.clock.at += timedelta(days=3)
    klarna.scene.pass_time()
    with pytest.raises(ValueError, match="cannot be found"):
        klarna.scene.finish(other.checkout_id, "paid")
