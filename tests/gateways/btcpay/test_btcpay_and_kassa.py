"""BTCPay's webhooks through the real handlers: what comes in, is read back, and is booked."""

import json
from datetime import timedelta

import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from functions.pay_refund.app import lambda_handler as pay_refund
from infra.fake_gateways.btcpay import refunds
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase, RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stages.btcpay import EUR, Shop
from tests.support.gateway_stages.btcpay import shop as shop
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import SMALL, answered, http_event


def test_a_settled_invoice_is_captured_in_its_own_currency_and_completes_the_checkout(
    shop: Shop,
) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id)
    assert shop.deliver() == []
    assert shop.ledger() == {}
    shop.fake.confirm(invoice_id)
    assert shop.deliver() == ["CheckoutCompleted", "PaymentCaptured"]
    captured = shop.facts[-1] if "method" in shop.facts[-1] else shop.facts[-2]
    assert (captured["order_id"], captured["method"]) == ("o-1", "crypto")
    assert shop.ledger() == shop.captured(10_00)


def test_an_expired_invoice_that_nobody_paid_books_nothing(shop: Shop) -> None:
    shop.open()
    shop.skip(1_801)
    assert shop.deliver() == ["CheckoutExpired"]
    assert shop.ledger() == {}


def test_what_was_paid_too_much_is_captured_too(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id, 12_34, is_confirmed=True)
    assert shop.deliver() == ["CheckoutCompleted", "PaymentCaptured"]
    assert shop.ledger() == shop.captured(12_34)


def test_what_was_paid_too_little_is_captured_as_it_is_and_the_checkout_never_completes(
    shop: Shop,
) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id, 4_00, is_confirmed=True)
    assert shop.deliver() == []
    shop.skip(1_801)
    assert shop.deliver() == ["CheckoutExpired", "PaymentCaptured"]
    assert shop.ledger() == shop.captured(4_00)


def test_what_comes_after_the_time_is_captured_when_it_is_confirmed(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.skip(1_801)
    assert shop.deliver() == ["CheckoutExpired"]
    shop.fake.pay(invoice_id)
    assert shop.deliver() == []
    shop.fake.confirm(invoice_id)
    assert shop.deliver() == ["PaymentCaptured"]
    assert shop.ledger() == shop.captured(10_00)


def test_the_rest_that_comes_late_adds_to_the_part_that_came_in_time(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id, 4_00, is_confirmed=True)
    shop.skip(1_801)
    shop.deliver()
    shop.fake.pay(invoice_id, is_confirmed=True)
    shop.deliver()
    shop.fake.mark_invoice(invoice_id, "Settled")
    assert shop.deliver() == ["CheckoutCompleted"]
    assert shop.ledger() == shop.captured(10_00)


def test_coins_that_never_confirm_fail_and_book_nothing(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.finish_checkout(invoice_id, "declined")
    assert shop.deliver() == ["CheckoutExpired", "PaymentFailed"]
    assert shop.ledger() == {}


def test_what_a_person_marks_as_paid_counts_and_is_distinguished(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.mark_invoice(invoice_id, "Settled")
    assert shop.deliver() == ["CheckoutCompleted", "PaymentCaptured"]
    assert shop.ledger() == shop.captured(10_00)
    types = {item["gateway_type"]["S"] for item in shop.stage.stack.items() if "raw" in item}
    assert "InvoiceSettled (marked by hand)" in types


def test_a_redelivery_under_another_id_changes_nothing_and_calls_nothing(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.finish_checkout(invoice_id, "paid")
    delivered = [one.event["deliveryId"] for one in list(shop.fake.webhooks.sent.values())]
    assert shop.deliver() == ["CheckoutCompleted", "PaymentCaptured"]
    before = shop.ledger()
    for delivery_id in delivered:
        shop.fake.redeliver(delivery_id)
    shop.fake.faults.expect(Fault(Kind.LOST_REQUEST, method="GET", times=99))  # asking would fail
    again = shop.deliver()
    assert set(again) <= {"CheckoutCompleted", "PaymentCaptured"}  # told again, as ever
    assert shop.stage.failures == []
    assert shop.ledger() == before


@pytest.mark.parametrize("turn", range(4))
def test_no_order_of_arrival_matters(shop: Shop, turn: int) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id, 4_00, is_confirmed=True)
    shop.fake.pay(invoice_id, is_confirmed=True)
    shop.fake.refund_in_dashboard(invoice_id, 3_00)
    arrivals = shop.scene.arrivals()
    turned = arrivals[turn * 2 :] + arrivals[: turn * 2]
    for arrival in reversed(turned):
        shop.stage.post(arrival)
        shop.stage.book()
    assert shop.ledger() == shop.captured(7_00)
    assert shop.stage.failures == []


def test_an_answer_read_before_the_next_event_never_takes_anything_back(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.pay(invoice_id)
    early = shop.scene.arrivals()
    shop.fake.confirm(invoice_id)
    shop.deliver()
    for arrival in early:  # they come late, and read back what is true by now
        shop.stage.post(arrival)
    shop.stage.book()
    assert shop.ledger() == shop.captured(10_00)


def test_while_btcpay_is_silent_nothing_is_booked_and_the_message_comes_back(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.finish_checkout(invoice_id, "paid")
    arrivals = shop.scene.arrivals()
    shop.fake.faults.expect(Fault(Kind.UNAVAILABLE, times=999))
    for arrival in arrivals:
        shop.stage.post(arrival)
    shop.stage.book()
    came_back = list(shop.stage.failures)
    assert shop.ledger() == {}
    assert came_back
    shop.fake.faults.clear()
    for message in came_back:
        aws.client("sqs").send_message(QueueUrl=shop.stage.stack.events_queue, MessageBody=message)
    shop.stage.book()
    assert shop.ledger() == shop.captured(10_00)


def test_a_webhook_of_an_invoice_that_the_store_doesnt_have_is_counted(shop: Shop) -> None:
    shop.fake.finish_checkout(shop.open(), "paid")
    shop.fake.store.invoices.clear()
    assert shop.deliver() == []
    assert shop.stage.failures == []


def test_an_unsigned_or_changed_webhook_is_refused_at_the_door(shop: Shop) -> None:
    shop.fake.finish_checkout(shop.open(), "paid")
    *_, arrival = shop.scene.arrivals()
    changed = arrival.body.replace(b"InvoiceSettled", b"InvoiceExpired")
    for body, headers in ((changed, arrival.headers), (arrival.body, {})):
        assert shop.stage.post(Arrival(body, headers))["statusCode"] == 400
    shop.stage.book()
    assert shop.published() == []
    shop.stage.statuses.clear()


def test_missed_webhooks_are_made_good_by_listing_and_book_once(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.finish_checkout(invoice_id, "paid")
    shop.fake.refund_in_dashboard(invoice_id, 3_00)
    missed = shop.scene.arrivals()
    shop.skip(3_700)
    shop.stage.watch()
    assert shop.ledger() == shop.captured(7_00)
    for arrival in missed:
        shop.stage.post(arrival)
    shop.stage.book()
    assert shop.ledger() == shop.captured(7_00)


def test_a_refund_in_coins_leaves_the_books_at_the_rate_it_was_paid_by(shop: Shop) -> None:
    invoice_id = shop.open()
    shop.fake.finish_checkout(invoice_id, "paid")
    shop.fake.switches.rate = "32196.11"  # worth half by now
    offer = refunds.offer(
        shop.fake.store, shop.fake.store.invoice(invoice_id), {"refundVariant": "RateThen"}
    )
    shop.fake.pay_refund_out(offer.id)
    assert "RefundSucceeded" in shop.deliver()
    assert shop.ledger() == {}


def test_the_scene_finishes_a_checkout_once_passes_time_and_knows_the_truth(shop: Shop) -> None:
    paid, left = shop.open(), shop.open(20_00)
    shop.scene.finish(f"{paid}/checkout", "paid")
    with pytest.raises(ValueError, match="Settled"):
        shop.scene.finish(f"{paid}/checkout", "declined")
    shop.stage.clock.at += timedelta(hours=1)
    shop.scene.pass_time()
    shop.deliver()
    truth = shop.scene.truth()
    assert truth["payments"][paid] == {
        "order_id": "o-1",
        "amount_minor": 10_00,
        "currency": EUR,
        "captured_minor": 10_00,
        "refunded_minor": 0,
    }
    assert truth["payments"][left]["captured_minor"] == 0
    assert shop.fake.store.invoices[left].status == "Expired"
    assert shop.ledger() == shop.captured(10_00)


class Refunding:
    """Refund requests of a paid invoice, worked through by the real handlers."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        now = shop.stage.clock.at
        document = {"effective_from": now.isoformat(), "otherwise": "escalate", "rules": [SMALL]}
        Policies("main").save(read_policy(document, "main", 1, now, "test"))
        self.invoice_id = shop.open(40_00)
        shop.fake.finish_checkout(self.invoice_id, "paid")
        shop.deliver()

    def request_refund(self, amount_minor: int) -> RefundCase:
        named = {"gateway": "btcpay", "account": "main", "payment_id": self.invoice_id}
        body = named | {"reason": "damaged", "amount_minor": amount_minor}
        answer = approve_refund(http_event("POST /refunds", body, "shop"), Context())
        status, case = answered(answer)
        assert status == 200, case
        return RequestedRefund.model_validate(case)

    def drain(self, case: RefundCase) -> RefundCase:
        message = json.dumps({"refund_request_id": case.request.refund_request_id})
        assert failed(pay_refund(batch(message), Context())) == []
        return RefundRequests().named(case.request.refund_request_id)


def test_a_refund_is_offered_claimed_and_paid_and_its_request_ends(shop: Shop) -> None:
    refunding = Refunding(shop)
    case = refunding.drain(refunding.request_refund(6_00))
    assert case.lifecycle.state is RequestState.ACCEPTED
    refund_id = str(case.lifecycle.refund_id)
    shop.published()
    shop.fake.claim_refund(refund_id)
    assert shop.deliver() == ["RefundCreated"]
    assert shop.ledger() == shop.captured(40_00)
    shop.fake.pay_refund_out(refund_id)
    assert "RefundSucceeded" in shop.deliver()
    assert shop.ledger() == shop.captured(34_00)
    paid = refunding.drain(case)
    assert paid.lifecycle.state is RequestState.PAID
    assert paid.lifecycle.reference == f"https://btcpay.example/pull-payments/{refund_id}"


def test_a_lost_answer_to_a_refund_is_looked_for_and_nothing_is_offered_twice(shop: Shop) -> None:
    refunding = Refunding(shop)
    requested = refunding.request_refund(6_00)
    shop.fake.faults.expect(Fault(Kind.LOST_RESPONSE, method="POST"))
    unknown = refunding.drain(requested)
    assert unknown.lifecycle.state is RequestState.SUBMITTED
    shop.skip(600)
    found = refunding.drain(requested)
    assert found.lifecycle.state is RequestState.ACCEPTED
    (offer,) = shop.fake.store.pull_payments.values()
    assert (offer.id, offer.name) == (
        found.lifecycle.refund_id,
        requested.request.refund_request_id,
    )
    shop.fake.pay_refund_out(offer.id)
    shop.deliver()
    assert shop.ledger() == shop.captured(34_00)


def test_a_refund_that_is_archived_before_it_is_claimed_goes_back_to_a_person(shop: Shop) -> None:
    refunding = Refunding(shop)
    case = refunding.drain(refunding.request_refund(6_00))
    refund_id = str(case.lifecycle.refund_id)
    shop.fake.claim_refund(refund_id)
    shop.fake.cancel_claims(refund_id)
    assert "RefundCanceled" not in shop.deliver()  # it can be claimed anew
    shop.fake.claim_refund(refund_id)
    shop.fake.archive_refund(refund_id)
    assert "RefundCanceled" in shop.deliver()
    assert refunding.drain(case).lifecycle.state is RequestState.ESCALATED
    assert shop.ledger() == shop.captured(40_00)
