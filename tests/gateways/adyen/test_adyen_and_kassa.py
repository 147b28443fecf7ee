"""Adyen and Kassa: the real handlers between the fake's webhooks and reports, and the table."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from Adyen.util import generate_notification_sig, is_valid_hmac_notification

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.errors import GatewayUnavailable, PaymentNotFound
from kassa.gateways import dispatch as calls
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.read import delivery_of
from kassa.gateways.submissions import CheckoutSubmission, RefundSubmission
from kassa.intake import deliveries
from kassa.ledger.state import SubjectState
from kassa.refunds.find_payment import PaymentFinder
from tests.support.aws_stack import Stack
from tests.support.builders import eur
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.adyen import KEY, OLD_KEY, AdyenScene
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage

ORDER = "order-1"
BOOKED = {("customers", "EUR"): -100_00, ("gateway_clearing", "EUR"): 100_00}


def adyen(stage: Stage) -> AdyenScene:
    """Return what happens at Adyen."""
    assert isinstance(stage.scene, AdyenScene)
    return stage.scene


def payment(stage: Stage, order_id: str = ORDER) -> SubjectState:
    """Return how an order's payment stands in the table."""
    return PaymentFinder("adyen", "main").by_id(adyen(stage).payment_of(order_id)).state


def facts(stage: Stage) -> list[str]:
    """Take what was published, by its kind."""
    return [envelope["detail-type"] for envelope in stage.stack.published()]


@pytest.fixture
def stage(
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:
    """Open Adyen's account, switched as a test's parameter says."""
    switches: dict[str, Any] = getattr(request, "param", {})
    scene = AdyenScene(lambda: fake_clock.now().timestamp(), 1, **switches)
    with on_stage(stack, fake_clock, scene, monkeypatch) as made:
        yield made


def items(arrival: Arrival) -> list[dict[str, Any]]:
    wrapped = json.loads(arrival.body)["notificationItems"]
    return [one["NotificationRequestItem"] for one in wrapped]


def bundle(*items_sent: dict[str, Any], **changed: Any) -> Arrival:
    wrapped = [{"NotificationRequestItem": item} for item in items_sent]
    return Arrival(json.dumps({"live": "true", "notificationItems": wrapped} | changed).encode())


def signed(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Sign an item again, changed, as only Adyen could."""
    changed = {name: value for name, value in (item | more).items() if name != "additionalData"}
    proof = generate_notification_sig(changed, KEY).decode()
    return changed | {"additionalData": {"hmacSignature": proof}}


def test_a_payment_is_booked_and_answered_as_adyen_wants(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    assert stage.post(arrival) == {"statusCode": 200, "body": "[accepted]"}
    stage.book()
    assert stage.ledger() == BOOKED
    assert payment(stage).order_id == ORDER


def test_duplicates_and_redeliveries_book_nothing_more(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    for _ in range(3):
        stage.post(arrival)
        stage.clock.at += timedelta(days=1)
        stage.book()
    assert stage.ledger() == BOOKED
    assert facts(stage) == ["PaymentCaptured"] * 3  # told again, the same fact


def test_a_forged_second_item_refuses_the_whole_delivery(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    (genuine,) = items(arrival)
    forged = genuine | {"pspReference": "FORGED", "merchantReference": "order-2"}
    both = bundle(genuine, forged)
    assert is_valid_hmac_notification(json.loads(both.body), KEY)  # the official verdict
    assert stage.post(both)["statusCode"] == 400
    stage.book()
    assert stage.ledger() == {}


UNSIGNED = [
    {"reason": "forged"},
    {"eventDate": "1999-01-01T00:00:00+00:00"},
    {"operations": ["REFUND"]},
    {"merchantAccountName": "Other"},
]


@pytest.mark.parametrize("changed", UNSIGNED, ids=lambda changed: next(iter(changed)))
def test_what_is_not_signed_changes_nothing_that_is_booked(
    stage: Stage, changed: dict[str, Any]
) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    stage.post(bundle(items(arrival)[0] | changed))
    stage.book()
    state = payment(stage)
    assert stage.ledger() == BOOKED
    charge = state.objects[adyen(stage).payment_of(ORDER)]
    assert charge.instant == stage.clock.at
    assert (charge.reason, charge.method) == (None, "card")


def test_a_changed_mode_is_refused_and_the_true_one_is_booked(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    assert stage.post(bundle(*items(arrival), live="false"))["statusCode"] == 400
    stage.post(arrival)
    stage.book()
    assert stage.ledger() == BOOKED


def test_another_merchant_accounts_payment_is_refused(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    other = signed(items(arrival)[0], merchantAccountCode="KassaPOS")
    assert stage.post(bundle(other))["statusCode"] == 400


def test_two_keys_are_live_while_one_is_rolled(stage: Stage) -> None:
    for order_id, key in (("a", OLD_KEY), ("b", KEY)):
        adyen(stage).key = key
        adyen(stage).pay(order_id, 50_00)
        stage.deliver()
    adyen(stage).key = "ff" * 32
    adyen(stage).pay("c", 50_00)
    stage.deliver()
    assert stage.statuses == [200, 200, 400]
    assert stage.ledger() == BOOKED


def test_each_item_is_booked_on_its_own_and_a_poisoned_one_alone_is_set_aside(stage: Stage) -> None:
    """A Chilean amount with a fraction is signed by Adyen, and yet nothing we could book."""
    adyen(stage).pay(ORDER, 100_00)
    (arrival,) = adyen(stage).arrivals()
    (genuine,) = items(arrival)
    amount = {"value": 1_01, "currency": "CLP"}
    poison = signed(genuine, pspReference="POISON", amount=amount)
    assert stage.post(bundle(poison, genuine))["statusCode"] == 200
    stage.book()
    assert stage.ledger() == BOOKED
    assert len(stage.failures) == 1


def test_a_lifecycle_received_backwards_comes_to_the_same_ledger(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    adyen(stage).refund(ORDER, 30_00)
    adyen(stage).fail_last_refund(ORDER)
    adyen(stage).refund(ORDER, 20_00)
    adyen(stage).dispute(ORDER, "won")
    for arrival in reversed(adyen(stage).arrivals()):
        stage.post(arrival)
        stage.book()
    assert stage.ledger() == {
        ("customers", "EUR"): -80_00,
        ("gateway_clearing", "EUR"): 80_00,
    }
    assert payment(stage).waiting == ()


@pytest.mark.parametrize("stage", [{"items_max": 10, "notifies_captures": True}], indirect=True)
def test_several_items_of_one_webhook_are_all_booked(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    adyen(stage).dispute(ORDER, "lost")
    arrivals = stage.deliver()
    assert [len(items(arrival)) for arrival in arrivals] == [5]
    assert stage.ledger() == {("chargebacks", "EUR"): 100_00, ("customers", "EUR"): -100_00}


@pytest.mark.parametrize("stage", [{"captures": "manual"}], indirect=True)
def test_an_account_that_captures_later_books_what_its_captures_say(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    stage.deliver()
    assert stage.ledger() == {}
    payment_id = adyen(stage).payment_of(ORDER)
    body = {"merchantAccount": "KassaECOM", "amount": {"value": 60_00, "currency": "EUR"}}
    path, key = f"/v72/payments/{payment_id}/captures", {"X-API-Key": "key_1"}
    for _ in range(2):  # the second is more than is left, and is refused
        adyen(stage).fake.request("POST", path, json.dumps(body).encode(), key)
    stage.deliver()
    adyen(stage).pay_out()
    stage.deliver()
    stage.watch()
    fee = 60_00 * 29 // 1000 + 30
    assert stage.ledger() == {
        ("bank", "EUR"): 60_00 - fee,
        ("customers", "EUR"): -60_00,
        ("gateway_fees", "EUR"): fee,
    }


# Refunds asked by Kassa


def refund_of(stage: Stage, submission_id: str = "rr_1") -> RefundSubmission:
    payment = Subject(
        gateway="adyen",
        account="main",
        kind=SubjectKind.PAYMENT,
        subject_id=adyen(stage).payment_of(ORDER),
    )
    return RefundSubmission(payment=payment, submission_id=submission_id, amount=eur(30_00))


def name(stage: Stage, submission: RefundSubmission, refund_id: str) -> None:
    """Queue which ask a refund came of, as whoever asked does."""
    body = calls.named_refund(submission, refund_id)
    deliveries.queue_deliveries([delivery_of("adyen", "main", "look_up", body)])
    stage.book()


@pytest.mark.parametrize("is_reported_first", [True, False])
def test_a_refund_is_named_after_its_webhook_or_before(
    stage: Stage, is_reported_first: bool
) -> None:
    adyen(stage).pay(ORDER, 100_00)
    stage.deliver()
    submission = refund_of(stage)
    made = calls.refund(submission)
    if is_reported_first:
        stage.deliver()
        assert payment(stage).objects[made.refund_id].refund_request_id is None
    name(stage, submission, made.refund_id)
    stage.deliver()
    name(stage, submission, made.refund_id)
    known = payment(stage).objects[made.refund_id]
    assert (known.state, known.refund_request_id) == ("succeeded", "rr_1")
    assert stage.ledger()["customers", "EUR"] == -70_00


def test_a_refund_whose_answer_was_lost_is_made_once_and_named_when_submitted_again(
    stage: Stage,
) -> None:
    adyen(stage).pay(ORDER, 100_00)
    stage.deliver()
    adyen(stage).fake.faults.expect(Fault(Kind.LOST_RESPONSE))
    with pytest.raises(GatewayUnavailable):
        calls.refund(refund_of(stage))
    stage.deliver()
    stage.clock.at += timedelta(days=5)
    made = calls.refund(refund_of(stage))
    name(stage, refund_of(stage), made.refund_id)
    assert stage.ledger()["customers", "EUR"] == -70_00
    assert payment(stage).objects[made.refund_id].refund_request_id == "rr_1"


def test_a_refund_that_adyen_refuses_by_webhook_gives_its_amount_back(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 20_00)
    stage.deliver()
    made = calls.refund(refund_of(stage))
    name(stage, refund_of(stage), made.refund_id)
    stage.deliver()
    known = payment(stage).objects[made.refund_id]
    assert (known.state, known.reason) == ("failed", "refund_refused")
    assert payment(stage).headroom_minor == 20_00
    assert stage.ledger() == {("customers", "EUR"): -20_00, ("gateway_clearing", "EUR"): 20_00}


# Pages


def test_a_checkout_opened_by_kassa_is_paid_under_its_orders_name(stage: Stage) -> None:
    submission = CheckoutSubmission(
        order_id=ORDER,
        submission_id=f"{ORDER}.1",
        amount=eur(100_00),
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
    )
    opened_checkout = calls.open_checkout("adyen", "main", submission)
    adyen(stage).fake.finish_checkout(opened_checkout.checkout_id, "declined")
    adyen(stage).fake.finish_checkout(opened_checkout.checkout_id, "paid")
    stage.deliver()
    assert stage.ledger() == BOOKED
    assert facts(stage) == ["PaymentFailed", "PaymentCaptured"]


# Settlement


def test_settlement_is_pulled_once_and_leaves_nothing_in_clearing(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    stage.deliver()
    stage.watch()  # no batch is closed yet
    assert stage.ledger() == BOOKED
    adyen(stage).pay_out()
    stage.deliver()
    for _ in range(2):
        stage.clock.at += timedelta(minutes=15)
        stage.watch()
    assert stage.ledger() == {
        ("bank", "EUR"): 96_80,
        ("customers", "EUR"): -100_00,
        ("gateway_fees", "EUR"): 3_20,
    }


def test_a_refund_and_a_chargeback_that_no_webhook_reported_are_booked_from_the_report(
    stage: Stage,
) -> None:
    adyen(stage).pay(ORDER, 100_00)
    adyen(stage).pay("order-2", 50_00)
    stage.deliver()
    adyen(stage).refund(ORDER, 30_00)
    adyen(stage).dispute("order-2", "lost")
    adyen(stage).arrivals()  # lost
    adyen(stage).pay_out()
    stage.deliver()
    stage.watch()
    before = stage.ledger()
    assert before["customers", "EUR"] == -120_00
    assert before["chargebacks", "EUR"] == 50_00
    assert ("gateway_clearing", "EUR") not in before


def test_a_report_that_is_not_readable_leaves_the_cursor_where_it_was(stage: Stage) -> None:
    adyen(stage).pay(ORDER, 100_00)
    stage.deliver()
    adyen(stage).pay_out()
    adyen(stage).fake.faults.expect(Fault(Kind.UNAVAILABLE, "/reports", times=3))
    stage.watch()
    assert stage.ledger() == BOOKED
    stage.watch()
    assert ("gateway_clearing", "EUR") not in stage.ledger()


def test_nothing_is_booked_of_a_payment_that_adyen_refused(stage: Stage) -> None:
    adyen(stage).decline(ORDER, 100_00)
    stage.deliver()
    assert stage.ledger() == {}
    with pytest.raises(PaymentNotFound):
        PaymentFinder("adyen", "main").by_id("PSPUNKNOWN")
