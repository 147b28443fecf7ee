"""PayPal's webhooks through the real intake and booking, its fake in process behind our calls."""

import json
import string
from binascii import crc32
from datetime import timedelta
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.money import Money
from kassa.gateways import dispatch as calls
from kassa.gateways import http
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.submissions import CheckoutSubmission, RefundSubmission
from kassa.ledger.items import booked_event
from kassa.platform import secrets
from kassa.platform.secrets import api_access
from kassa.platform.table import plain
from tests.support.effort import few
from tests.support.gateway_payloads.paypal import JSON
from tests.support.gateway_scenes.paypal import WEBHOOK_ID, PayPalScene
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stages.paypal import PAID, PayPal, headroom, ledger
from tests.support.gateway_stages.paypal import paypal as paypal
from tests.support.paypal_forging import with_crc32


def last(scene: PayPalScene) -> Body:
    return scene.fake.account.events[-1]


def again(paypal: PayPal, kind: Kind, path: str, times: int = 9) -> None:
    paypal.scene.fake.faults.expect(Fault(kind, path, times=times))


def test_a_payment_is_booked_once_and_published_once(paypal: PayPal) -> None:
    paypal.pay()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}
    assert sorted(paypal.published()) == ["CheckoutCompleted", "PaymentCaptured"]
    assert paypal.stage.failures == []


def test_redelivery_reads_nothing_anew_and_books_nothing(paypal: PayPal) -> None:
    paypal.scene.pay("order-1", PAID)
    arrivals = paypal.scene.arrivals()
    for _ in range(3):
        for arrival in arrivals:
            paypal.stage.post(arrival)
        paypal.stage.book()
    once = paypal.reads()
    assert once == len(arrivals) == 2
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def test_one_event_in_two_transmissions_is_one_event(paypal: PayPal) -> None:
    paypal.pay()
    before = len(paypal.facts())
    for name in ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"):
        paypal.stage.post(paypal.scene.signed(last(paypal.scene), name=name))
    paypal.stage.book()
    assert len(paypal.facts()) == before
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def forged(arrival: Arrival, **resource: Any) -> Arrival:
    """Return another body under the same signature: its CRC32 is the same."""
    event = json.loads(arrival.body)
    event["resource"] |= resource
    template = json.dumps(event | {"x": "%b"}, separators=(",", ":")).encode()
    return Arrival(with_crc32(template, crc32(arrival.body)), arrival.headers)


def test_a_forged_amount_under_a_real_signature_books_what_paypal_says(paypal: PayPal) -> None:
    """Whoever forges before the real one arrives gains nothing: PayPal is asked."""
    paypal.scene.pay("order-1", PAID)
    arrival = paypal.scene.arrivals()[-1]
    more = {"currency_code": "EUR", "value": "99999.00"}
    paypal.stage.post(forged(arrival, amount=more))
    paypal.stage.book()
    assert paypal.stage.statuses == [200]  # the signature holds
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def test_another_body_under_a_transmission_that_came_is_refused_as_forged(paypal: PayPal) -> None:
    payment_id = paypal.pay("order-1")
    other = paypal.pay("order-2", 5_00)
    paypal.scene.refund("order-1", 10_00)
    arrival = paypal.scene.arrivals()[-1]
    paypal.stage.post(arrival)
    paypal.stage.book()
    before, reads = ledger(paypal), paypal.reads()
    paypal.stage.post(forged(arrival, id=other))
    paypal.stage.book()
    assert paypal.stage.failures == []
    assert ledger(paypal) == before
    assert paypal.reads() == reads  # it isn't even read back
    types = [gateway_type for gateway_type, _ in paypal.facts()]
    assert "PAYMENT.CAPTURE.REFUNDED (forged)" in types
    assert payment_id != other


def test_a_forged_payment_that_paypal_hasnt_is_ignored(paypal: PayPal) -> None:
    paypal.scene.pay("order-1", PAID)
    paypal.stage.post(forged(paypal.scene.arrivals()[-1], id="NEVERMADE1"))
    paypal.stage.book()
    assert ledger(paypal) == {}
    ((gateway_type, _),) = paypal.facts()
    assert gateway_type == "PAYMENT.CAPTURE.COMPLETED (not found at the gateway)"


def test_while_paypal_is_silent_the_message_comes_back(paypal: PayPal) -> None:
    paypal.scene.pay("order-1", PAID)
    (arrival,) = paypal.scene.arrivals()[-1:]
    again(paypal, Kind.UNAVAILABLE, "/v2/payments", times=3)
    paypal.stage.post(arrival)
    paypal.stage.book()
    assert len(paypal.stage.failures) == 1
    assert ledger(paypal) == {}
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=paypal.stage.stack.events_queue, MessageBody=paypal.stage.failures[0])
    paypal.stage.book()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def test_a_token_that_ended_is_bought_anew_between_two_events(paypal: PayPal) -> None:
    paypal.pay("order-1")
    paypal.scene.fake.tokens.forget()
    paypal.pay("order-2", 5_00)
    assert paypal.stage.failures == []
    assert ledger(paypal)["customers"] == -PAID - 5_00


def test_two_refunds_one_of_which_comes_back(paypal: PayPal) -> None:
    paypal.pay()
    paypal.scene.refund("order-1", 30_00)
    paypal.stage.deliver()
    paypal.scene.refund("order-1", 12_34)
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID + 42_34, "gateway_clearing": PAID - 42_34}
    paypal.scene.fail_last_refund("order-1")
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID + 30_00, "gateway_clearing": PAID - 30_00}
    assert paypal.published().count("RefundSucceeded") == 2


def test_a_refund_that_overtakes_its_capture_waits_for_it(paypal: PayPal) -> None:
    paypal.scene.pay("order-1", PAID)
    capture = paypal.scene.arrivals()
    paypal.scene.refund("order-1", 30_00)
    paypal.stage.deliver()
    assert ledger(paypal) == {}
    for arrival in reversed(capture):
        paypal.stage.post(arrival)
    paypal.stage.book()
    assert ledger(paypal) == {"customers": -PAID + 30_00, "gateway_clearing": PAID - 30_00}


@pytest.mark.parametrize(
    ("outcome", "charged_back", "facts"),
    [
        ("lost", PAID, {"DisputeOpened", "DisputeFundsWithdrawn", "DisputeLost"}),
        ("won", 0, {"DisputeOpened", "DisputeFundsWithdrawn", "DisputeWon"}),
    ],
)
def test_a_dispute_runs_from_inquiry_to_its_end(
    outcome: str, charged_back: int, facts: set[str], paypal: PayPal
) -> None:
    payment_id = paypal.pay()
    paypal.published()
    fake = paypal.scene.fake
    dispute_id = fake.open_dispute(payment_id, stage="INQUIRY")["dispute_id"]
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}
    fake.escalate_dispute(dispute_id)
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID, "chargebacks": PAID}
    fake.close_dispute(dispute_id, outcome)
    paypal.stage.deliver()
    assert ledger(paypal).get("chargebacks", 0) == charged_back
    assert set(paypal.published()) >= facts
    assert paypal.stage.failures == []


def test_an_inquiry_that_its_buyer_drops_moves_nothing(paypal: PayPal) -> None:
    payment_id = paypal.pay()
    fake = paypal.scene.fake
    dispute_id = fake.open_dispute(payment_id, stage="INQUIRY")["dispute_id"]
    fake.close_dispute(dispute_id, "canceled")
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def checkout(order_id: str = "order-1", n: int = 1) -> CheckoutSubmission:
    return CheckoutSubmission(
        order_id=order_id,
        submission_id=f"{order_id}.{n}",
        amount=Money(amount_minor=PAID, currency="EUR"),
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
    )


def test_a_checkout_that_we_opened_is_captured_when_its_buyer_approves(paypal: PayPal) -> None:
    opened = calls.open_checkout("paypal", "main", checkout())
    paypal.scene.fake.finish_checkout(opened.checkout_id, "paid")
    paypal.stage.deliver()  # the approval; capturing it makes PayPal tell of the capture
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}
    assert sorted(paypal.published()) == ["CheckoutCompleted", "PaymentCaptured"]
    assert len(paypal.scene.fake.account.captures) == 1


def test_a_declined_checkout_is_a_failed_payment_and_may_be_paid_after_all(paypal: PayPal) -> None:
    opened = calls.open_checkout("paypal", "main", checkout())
    paypal.scene.fake.finish_checkout(opened.checkout_id, "declined")
    paypal.stage.deliver()
    assert paypal.published() == ["PaymentFailed"]
    assert ledger(paypal) == {}
    paypal.scene.fake.finish_checkout(opened.checkout_id, "paid")
    paypal.stage.deliver()
    paypal.stage.deliver()
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def test_an_approval_that_was_never_delivered_is_pulled_and_captured(paypal: PayPal) -> None:
    opened = calls.open_checkout("paypal", "main", checkout())
    paypal.scene.fake.finish_checkout(opened.checkout_id, "paid")
    paypal.scene.arrivals()  # lost
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.stage.watch()
    assert ledger(paypal)["customers"] == -PAID


def test_what_was_delivered_and_is_pulled_again_is_booked_once(paypal: PayPal) -> None:
    paypal.pay()
    paypal.scene.refund("order-1", 30_00)
    paypal.stage.deliver()
    booked = len(paypal.facts())
    paypal.published()
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.stage.watch()
    new = [gateway_type for gateway_type, _ in paypal.facts()]
    assert new.count("kassa.balance_transaction") == len(new) - booked == 2
    assert set(paypal.published()) == {
        *("BalanceTransactionBooked", "CheckoutCompleted", "PaymentCaptured", "RefundSucceeded")
    }  # told again, under the same ids


def test_a_payout_and_its_fees_leave_nothing_unexplained(paypal: PayPal) -> None:
    paypal.pay()
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.scene.pay_out()
    paypal.stage.watch()
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.stage.watch()
    assert ledger(paypal) == {"customers": -PAID, "gateway_fees": 3_20, "bank": PAID - 3_20}


def test_our_own_refund_comes_back_under_our_name(paypal: PayPal) -> None:
    payment_id = paypal.pay()
    subject = Subject(
        gateway="paypal", account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    submission = RefundSubmission(
        payment=subject, submission_id="rr_1", amount=Money(amount_minor=10_00, currency="EUR")
    )
    refund_id = calls.refund(submission).refund_id
    paypal.stage.deliver()
    items = (plain(one) for one in paypal.stage.stack.items())
    facts = [f for i in items if "gateway_type" in i for f in booked_event(i).facts]
    (booked,) = [f.data for f in facts if f.metadata.fact_id.endswith(f"{refund_id}:succeeded")]
    assert booked.refund_request_id == "rr_1"  # type: ignore[union-attr]


def test_two_webhook_ids_are_live_while_one_takes_over(paypal: PayPal) -> None:
    paypal.scene.webhook_ids = [WEBHOOK_ID, "9ZZ86294D6297924G"]
    paypal.scene.pay("order-1", PAID)
    arrivals = paypal.scene.arrivals()
    for arrival in arrivals:
        paypal.stage.post(arrival)
    assert paypal.stage.statuses == [200, 400, 200, 400]  # the new id isn't in the secret yet
    secret = json.dumps(paypal.scene.secrets()["webhooks/paypal/main"])
    boto3.client("secretsmanager").put_secret_value(
        SecretId="kassa/webhooks/paypal/main", SecretString=secret
    )
    paypal.stage.clock.at += timedelta(minutes=6)
    for arrival in arrivals:
        paypal.stage.post(arrival)
    paypal.stage.book()
    assert paypal.stage.statuses[4:] == [200] * 4
    assert ledger(paypal) == {"customers": -PAID, "gateway_clearing": PAID}


def test_without_paypals_certificate_the_gateway_is_answered_to_come_back(paypal: PayPal) -> None:
    paypal.scene.pay("order-1", PAID)
    (arrival, _) = paypal.scene.arrivals()
    http.install(lambda request: http.HttpAnswer(503, {}, b""))
    paypal.stage.post(arrival)
    http.install(paypal.scene.transport)
    paypal.stage.post(arrival)
    assert paypal.stage.statuses == [503, 200]


def test_the_certificate_is_fetched_once_and_kept_in_the_table(paypal: PayPal) -> None:
    paypal.pay("order-1")
    paypal.pay("order-2")
    kept = [one for one in map(plain, paypal.stage.stack.items()) if "pem" in one]
    assert len(kept) == 1
    assert kept[0]["PK"].startswith("CERTIFICATE#")


def test_secrets_hold_what_the_docs_say(paypal: PayPal) -> None:
    access = api_access("paypal", "main")
    assert (access.api_id, access.mode) == ("fake-client", "test")


def test_a_payment_that_no_webhook_reported_is_booked_from_the_reports(paypal: PayPal) -> None:
    """Another app took it, or a person by an invoice: this app is notified of nothing."""
    paypal.scene.pay("order-1", PAID)
    paypal.scene.refund("order-1", 30_00)
    paypal.scene.arrivals()
    paypal.scene.fake.account.events.clear()
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.stage.watch()
    assert ledger(paypal) == {
        "customers": -PAID + 30_00,
        "gateway_balance": PAID - 30_00 - 3_20,
        "gateway_fees": 3_20,
    }


def test_a_refund_that_came_back_unreported_is_found_by_its_row(paypal: PayPal) -> None:
    paypal.pay()
    paypal.scene.refund("order-1", 30_00)
    paypal.stage.deliver()
    paypal.scene.fail_last_refund("order-1")
    paypal.scene.arrivals()
    paypal.scene.fake.account.events.pop()  # no account is sure to be told
    paypal.stage.clock.at += timedelta(minutes=10)
    paypal.stage.watch()
    assert ledger(paypal) == {
        "customers": -PAID,
        "gateway_balance": PAID - 3_20,
        "gateway_fees": 3_20,
    }
    assert "RefundFailed" in paypal.published()
    assert paypal.stage.failures == []


def minutes_later(paypal: PayPal, minutes: int = 10) -> None:
    paypal.stage.clock.at += timedelta(minutes=minutes)
    paypal.stage.watch()


@pytest.mark.parametrize("reported_by", ["webhook", "report", "both"])
def test_a_reversal_without_a_dispute_is_published_once(paypal: PayPal, reported_by: str) -> None:
    payment_id = paypal.pay(minor=2_51)
    paypal.scene.fake.reverse_capture(payment_id, 2_51)
    if reported_by == "report":
        paypal.scene.arrivals()  # and none arrives
        paypal.scene.fake.account.events.clear()
    paypal.stage.deliver()
    if reported_by != "webhook":
        minutes_later(paypal)
    facts = paypal.stage.stack.published()  # what is pulled again comes again under its name
    names = [one["detail"]["metadata"]["fact_id"] for one in facts if "Funds" in one["detail-type"]]
    assert len(set(names)) == 1
    assert ledger(paypal)["chargebacks"] == 2_51
    assert headroom(paypal, payment_id) == 0
    assert paypal.stage.failures == []


def test_a_dispute_that_explains_a_reversal_later_counts_nothing_twice(paypal: PayPal) -> None:
    payment_id = paypal.pay()
    paypal.scene.fake.open_dispute(payment_id, 60_00)
    dispute, update, reversal = paypal.scene.arrivals()
    paypal.scene.fake.account.disputes, kept = {}, paypal.scene.fake.account.disputes
    paypal.stage.post(reversal)
    paypal.stage.book()
    assert (headroom(paypal, payment_id), ledger(paypal)["chargebacks"]) == (40_00, 60_00)
    paypal.scene.fake.account.disputes = kept
    for arrival in (update, dispute):
        paypal.stage.post(arrival)
        paypal.stage.book()
    minutes_later(paypal)
    assert (headroom(paypal, payment_id), ledger(paypal)["chargebacks"]) == (40_00, 60_00)


@pytest.mark.parametrize("is_pulled", [False, True])
def test_a_subscriptions_sale_and_its_reversal_are_booked(paypal: PayPal, is_pulled: bool) -> None:
    sale_id = paypal.scene.fake.sell_by_subscription("order-1", 9_00, "EUR")["payment_id"]
    paypal.scene.fake.reverse_sale(sale_id, 4_00)
    if is_pulled:
        paypal.scene.arrivals()
        minutes_later(paypal)
    paypal.stage.deliver()
    assert headroom(paypal, sale_id) == 5_00
    assert ledger(paypal)["customers"] == -9_00
    assert ledger(paypal)["chargebacks"] == 4_00
    assert paypal.stage.failures == []


def test_a_capture_of_the_first_generation_that_is_pulled_is_booked(paypal: PayPal) -> None:
    resource = {
        "id": "8CB98411XL2345678",
        "state": "completed",
        "amount": {"total": "9.00", "currency": "EUR"},
        "custom": "order-1",
        "create_time": paypal.scene.fake.account.time(),
    }
    paypal.scene.fake.account.emit("PAYMENT.CAPTURE.COMPLETED", "capture", resource)
    paypal.scene.arrivals()
    minutes_later(paypal)
    assert headroom(paypal, "8CB98411XL2345678") == 9_00
    assert paypal.stage.failures == []


@pytest.mark.parametrize("is_pulled", [False, True])
def test_what_was_paid_to_another_merchant_is_counted(paypal: PayPal, is_pulled: bool) -> None:
    api = paypal.scene.secrets()["api/paypal/main"] | {
        "shop": paypal.scene.fake.account.merchant_id
    }
    secret_id = "kassa/api/paypal/main"
    boto3.client("secretsmanager").put_secret_value(
        SecretId=secret_id, SecretString=json.dumps(api)
    )
    secrets.forget()
    paypal.scene.fake.account.merchant_id, own = "SOMEBODYELSE1", api["shop"]
    paypal.scene.pay("order-1", PAID)
    paypal.scene.fake.account.merchant_id = own
    paypal.scene.fake.account.rows.clear()  # the reports are of the account's own
    if is_pulled:
        paypal.scene.arrivals()
        minutes_later(paypal)
    paypal.stage.deliver()
    paypal.pay("order-2", 1_00)
    assert ledger(paypal)["customers"] == -1_00
    assert any("PAYMENT.CAPTURE.COMPLETED (another merchant)" in one for one, _ in paypal.facts())
    assert paypal.stage.failures == []


@given(st.text(string.ascii_uppercase + "._-", min_size=1, max_size=40), JSON)
@few(10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_type_that_no_list_names_is_taken_in_and_counted(
    paypal: PayPal, name: str, resource: Any
) -> None:
    event = {"id": f"WH-{name}", "event_type": name, "resource": resource}
    paypal.stage.post(paypal.scene.signed(event))
    paypal.stage.book()
    assert set(paypal.stage.statuses) == {200}
    assert paypal.stage.failures == []
    assert ledger(paypal) == {}
