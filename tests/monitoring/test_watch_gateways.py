"""watch_gateways, whole: the official client reads a Stripe on loopback, the queue gets events."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.book_event.app import lambda_handler as book_handler
from functions.watch_gateways.app import lambda_handler
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.checkout.open_checkout import open_checkout
from kassa.core.errors import CheckoutUnavailable
from kassa.core.postings import Account
from kassa.gateways import read as readers
from kassa.gateways.events import Delivery, GatewayEvent, Subject, SubjectKind
from kassa.ledger import raw_archive
from kassa.ledger.resolve_waiting import is_due
from kassa.ledger.store import Books
from kassa.monitoring import heartbeat_store as heartbeats
from kassa.monitoring.heartbeat import Heartbeat, hour_of
from kassa.monitoring.watch_silence import accounts_named
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.platform import aws, secrets
from kassa.platform.settings import settings
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.paying.watch_refunds import look_up_refund
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.stripe import StripeScene
from tests.support.gateway_stage import Stage, on_stage, seconds
from tests.support.queue_batches import batch, failed
from tests.support.refund_cases import a_lifecycle, a_request
from tests.support.stripe_server import StripeBooks, running

PAYMENT = Subject(gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id="pi_1")
PULLABLE = int(NOW.timestamp()) - 360


@pytest.fixture
def stripe_books(stack: Stack) -> Iterator[StripeBooks]:
    books = StripeBooks()
    with running(books) as address:
        access = {"api_key": "sk_test_1", "api_base": address, "mode": "test"}
        aws.client("secretsmanager").put_secret_value(
            SecretId="kassa/api/stripe/main", SecretString=json.dumps(access)
        )
        secrets.forget()
        yield books
    secrets.forget()


def queued(stack: Stack) -> list[str]:
    """Take every message off EventsQueue."""
    client, taken = aws.client("sqs"), []
    while messages := client.receive_message(
        QueueUrl=stack.events_queue, MaxNumberOfMessages=10
    ).get("Messages"):
        for message in messages:
            taken.append(message["Body"])
            client.delete_message(
                QueueUrl=stack.events_queue, ReceiptHandle=message["ReceiptHandle"]
            )
    return taken


def transactions(count: int, age_s: int = 360) -> list[dict[str, Any]]:
    at = int(NOW.timestamp()) - age_s
    return [s.balance_transaction(f"txn_{n}", created=at) for n in range(count)]


def book(stack: Stack, context: Context) -> None:
    """Book whatever is queued."""
    messages = queued(stack)
    for start in range(0, len(messages), 10):
        assert failed(book_handler(batch(*messages[start : start + 10]), context)) == []


def nothing() -> dict[str, int]:
    parts = ("resolved", "entered", "enqueued", "pulled", "looked_up", "unfinished", "silent")
    return dict.fromkeys((*parts, "audit_days", "disputes", "imported"), 0)


def state() -> Any:
    return Books().read(PAYMENT, "none")[0]


def test_balance_transactions_are_pulled_page_by_page_and_booked(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance = transactions(103)

    assert lambda_handler({}, context) == nothing() | {"pulled": 103}
    assert len(queued(stack)) == 103


def test_a_second_run_pulls_only_what_is_new(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    stripe_books.balance = transactions(3, age_s=900)
    lambda_handler({}, context)
    fake_clock.at += timedelta(hours=1)

    assert lambda_handler({}, context)["pulled"] == 0


def test_what_is_fresh_is_left_for_its_webhook_to_report_first(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    stripe_books.balance = transactions(1, age_s=60)
    assert lambda_handler({}, context)["pulled"] == 0

    fake_clock.at += timedelta(minutes=15)
    assert lambda_handler({}, context)["pulled"] == 1


def test_a_long_silence_is_read_day_by_day(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    lambda_handler({}, context)
    stripe_books.balance = transactions(2, age_s=-3600)
    fake_clock.at += timedelta(days=3, hours=1)

    assert lambda_handler({}, context)["pulled"] == 2


def test_what_was_read_is_read_again_when_the_queue_did_not_take_it(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance = transactions(3)

    class Full:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "Code": "InternalError"}]}

    aws.install({"sqs": Full()})
    assert lambda_handler({}, context)["pulled"] == 0

    aws.install({})
    assert lambda_handler({}, context)["pulled"] == 3


def test_a_gateway_that_is_down_is_left_for_the_next_run(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance, stripe_books.is_down = transactions(1), True
    assert lambda_handler({}, context) == nothing()

    stripe_books.is_down = False
    assert lambda_handler({}, context)["pulled"] == 1


@pytest.mark.parametrize("has_empty_secret", [False, True])
def test_an_account_without_a_secret_does_not_keep_the_others_from_being_read(
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    has_empty_secret: bool,
) -> None:
    if has_empty_secret:
        boto3.client("secretsmanager").create_secret(Name="kassa/api/stripe/forgotten")
    monkeypatch.setenv("GATEWAY_ACCOUNTS", "stripe/forgotten,stripe/main")
    settings.cache_clear()
    stripe_books.balance = transactions(1)
    assert lambda_handler({}, context)["pulled"] == 1


def test_a_first_run_that_fails_does_not_move_where_reading_starts(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    stripe_books.balance, stripe_books.is_down = transactions(1, age_s=900), True
    lambda_handler({}, context)

    stripe_books.is_down = False
    fake_clock.at += timedelta(days=5)
    assert lambda_handler({}, context)["pulled"] == 1


def test_a_refund_that_waited_an_hour_is_looked_up_and_finds_its_capture(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    book_handler(batch(s.event("refund.created", s.refund(), "evt_1")), context)
    intent = s.payment_intent(latest_charge=s.charge())
    stripe_books.objects["/v1/payment_intents/pi_1"] = intent
    stripe_books.refunds = [s.refund()]
    assert lambda_handler({}, context)["looked_up"] == 0

    fake_clock.at += timedelta(hours=1, seconds=1)
    assert lambda_handler({}, context)["looked_up"] == 2
    book(stack, context)
    assert state().waiting == ()
    assert state().headroom_minor == 90_00


def test_a_missed_refund_is_booked_by_the_balance_transaction_it_made(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    book_handler(batch(s.event("charge.succeeded", s.charge(), "evt_1")), context)
    stripe_books.balance = [
        s.balance_transaction(
            "txn_9", s.refund(), amount=-10_00, fee=0, type="refund", created=PULLABLE
        )
    ]
    lambda_handler({}, context)
    book(stack, context)
    assert state().refunded_minor == 10_00


def test_what_has_waited_three_days_is_counted_for_the_alarm(
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    fake_clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    book_handler(batch(s.event("refund.created", s.refund(), "evt_1")), context)
    fake_clock.at += timedelta(days=3, seconds=1)
    capsys.readouterr()
    lambda_handler({}, context)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["WaitingTooLong"] for line in lines if "WaitingTooLong" in line] == [[1.0]]


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    scene = StripeScene(lambda: seconds(fake_clock), 5)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield stage


def test_after_a_day_without_webhooks_nothing_is_lost(stage: Stage, fake_clock: FakeClock) -> None:
    scene = stage.scene
    stage.watch()
    for hour in range(0, 24, 3):
        fake_clock.at += timedelta(hours=3)
        scene.pay(f"order-{hour}", 10_00 + hour)
    scene.refund("order-3", 5_00)
    scene.dispute("order-6", "lost")
    scene.decline("order-x", 9_99)
    assert len(scene.arrivals()) > 16  # and none of them was posted

    fake_clock.at += timedelta(minutes=15)
    stage.watch()
    stage.watch()
    pulled = stage.ledger()
    captured = sum(10_00 + hour for hour in range(0, 24, 3)) - 5_00
    assert pulled[Account.CUSTOMERS, "EUR"] == -captured
    assert pulled[Account.CHARGEBACKS, "EUR"] == 10_06
    orders = {one["order_id"] for one in scene.truth()["payments"].values()}
    assert {f"order-{hour}" for hour in range(0, 24, 3)} <= orders & orders_booked(stage)


def orders_booked(stage: Stage) -> set[str]:
    items = [item for item in stage.stack.items() if item["SK"]["S"] == "STATE"]
    return {item["order_id"]["S"] for item in items if "order_id" in item}


def test_what_a_webhook_brought_is_only_repeated_by_the_pull(
    stage: Stage, fake_clock: FakeClock
) -> None:
    stage.watch()
    stage.scene.pay("order-1", 50_00)
    stage.deliver()
    fake_clock.at += timedelta(minutes=15)
    stage.watch()
    before = stage.stack.items()
    fake_clock.at += timedelta(minutes=5)
    stage.watch()
    changed = [one for one in stage.stack.items() if one not in before]
    assert [one["PK"]["S"] for one in changed if not one["PK"]["S"].startswith("CURSOR")] == []


def test_a_silent_gateway_keeps_its_cursors_and_loses_nothing(
    stage: Stage, fake_clock: FakeClock
) -> None:
    stage.watch()
    stage.scene.pay("order-1", 50_00)
    stage.scene.is_reachable = False  # type: ignore[attr-defined]
    for _ in range(40):
        fake_clock.at += timedelta(hours=1)
        stage.watch()
    assert stage.ledger() == {}
    stage.scene.is_reachable = True  # type: ignore[attr-defined]
    stage.watch()
    assert stage.ledger()[Account.CUSTOMERS, "EUR"] == -50_00


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_what_waits_is_looked_up_after_five_minutes_an_hour_and_then_daily(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    book_handler(batch(s.event("refund.created", s.refund(), "evt_1")), context)
    stripe_books.objects["/v1/payment_intents/pi_1"] = s.payment_intent()
    began, found = fake_clock.at, []
    runs = [*range(5, 75, 5), *range(1430, 1450, 5), 2875, 2880, 2885]
    for minutes in runs:
        fake_clock.at = began + minutes * MINUTE
        if lambda_handler({}, context)["looked_up"]:
            found.append(fake_clock.at - began)
    assert found == [5 * MINUTE, HOUR, DAY, 2 * DAY]


def test_a_look_up_that_nobody_answered_is_done_again_at_the_next_run(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    book_handler(batch(s.event("refund.created", s.refund(), "evt_1")), context)
    lambda_handler({}, context)
    stripe_books.objects["/v1/payment_intents/pi_1"] = s.payment_intent()
    stripe_books.is_down = True
    fake_clock.at += 6 * MINUTE
    assert lambda_handler({}, context)["looked_up"] == 0

    stripe_books.is_down = False
    fake_clock.at += 5 * MINUTE
    assert lambda_handler({}, context)["looked_up"] == 1
    fake_clock.at += 5 * MINUTE
    assert lambda_handler({}, context)["looked_up"] == 0


def test_without_time_left_nothing_is_begun_and_the_next_run_does_it(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    book_handler(batch(s.event("refund.created", s.refund(), "evt_1")), context)
    stripe_books.objects["/v1/payment_intents/pi_1"] = s.payment_intent()
    stripe_books.balance = transactions(3)
    fake_clock.at += 6 * MINUTE
    context.left_s = 5.0
    assert lambda_handler({}, context) == nothing()
    assert stripe_books.requests == []

    context.left_s = 200.0
    done = lambda_handler({}, context)
    assert (done["looked_up"], done["pulled"]) == (1, 3)


@given(
    since_min=st.integers(0, 6000),
    runs=st.lists(st.integers(1, 3000), min_size=1, max_size=30),
)
def test_each_time_to_look_up_falls_to_one_run_however_late(
    since_min: int, runs: list[int]
) -> None:
    since, before, looked = NOW, NOW + timedelta(minutes=0), 0
    now = NOW + timedelta(minutes=since_min)
    due = 0
    for minutes in runs:
        before, now = now, now + timedelta(minutes=minutes)
        times = {since + 5 * MINUTE, since + HOUR, *(since + n * DAY for n in range(1, 100))}
        due += any(before < time <= now for time in times)
        looked += is_due(since, before, now)
    assert looked == due


def test_speech_is_counted_by_account_and_hour_without_what_kassa_fetched(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    fake_clock.at = NOW - timedelta(minutes=90)
    lambda_handler({}, context)
    fake_clock.at = NOW
    stripe_books.balance = transactions(3)
    bodies = [s.event("charge.succeeded", s.charge(), f"evt_{n}") for n in range(4)]
    book_handler(batch(*bodies), context)
    lambda_handler({}, context)
    book(stack, context)
    for _ in range(2):
        fake_clock.at += 30 * MINUTE
        lambda_handler({}, context)

    beat = heartbeats.read("stripe", "main")
    assert beat is not None
    assert beat.in_hour(hour_of(NOW)) == 4
    assert sum(beat.counts) == 4
    assert beat.received_until == NOW + 29 * MINUTE  # counted from run to run, a minute behind
    assert heartbeats.counted("adyen", "main", NOW - HOUR, fake_clock.at) == {}


def test_a_gateway_that_fell_silent_beside_another_is_counted_once_a_run(
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("GATEWAY_ACCOUNTS", "stripe/main, standard/other")
    settings.cache_clear()
    until = NOW - timedelta(minutes=1)
    talkative = Heartbeat(
        begins=hour_of(NOW) - 6 * 168, counts=(9, 11) * 3 * 168, counted_until=until
    ).model_copy(update={"received_until": until})
    silent = talkative.model_copy(
        update={
            "counts": talkative.counts[:-12] + (0,) * 12,
            "received_until": until - timedelta(hours=12),
        }
    )
    heartbeats.keep("stripe", "main", silent)
    heartbeats.keep("standard", "other", talkative)
    capsys.readouterr()

    assert lambda_handler({}, context)["silent"] == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (found,) = [vars(one) for one in caplog.records if one.message == "gateway silent"]
    assert (found["gateway"], found["account"], found["silent_hours"]) == ("stripe", "main", 12.0)
    assert [line["gateway_account"] for line in lines if "gateway_account" in line] == [
        "stripe/main"
    ]

    heartbeats.keep("standard", "other", silent)  # the shop is closed
    assert lambda_handler({}, context)["silent"] == 0


def test_accounts_are_named_once_and_main_needs_no_name() -> None:
    assert accounts_named(" stripe/main,paypal/de, adyen ,stripe/main,") == [
        ("stripe", "main"),
        ("paypal", "de"),
        ("adyen", "main"),
    ]


def test_a_checkout_that_nobody_reported_is_found_by_the_watch_and_paid_once(
    stage: Stage, fake_clock: FakeClock
) -> None:
    orders, scene = Orders("main"), stage.scene
    order = Order.model_validate(
        {
            **{"order_id": "order-1", "amount_minor": 50_00, "currency": "EUR", "method": "card"},
            "success_url": "https://shop.example/thanks",
            "cancel_url": "https://shop.example/cart",
        }
    )
    lost = Fault(Kind.LOST_RESPONSE, path="/v1/checkout/sessions")
    scene.fake.faults.expect(lost)  # type: ignore[attr-defined]
    with pytest.raises(CheckoutUnavailable):
        open_checkout(order, orders, lambda: 20.0)
    assert lambda_handler({}, Context())["resolved"] == 0

    fake_clock.at += timedelta(minutes=6)
    assert lambda_handler({}, Context())["resolved"] == 1
    assert lambda_handler({}, Context())["resolved"] == 0
    shown = open_checkout(order, orders, lambda: 20.0)
    (page,) = scene.fake.account.kinds["checkout.session"].values()  # type: ignore[attr-defined]
    assert shown.url == page["url"]

    scene.finish(page["id"], "paid")
    stage.deliver()
    assert stage.ledger()[Account.CUSTOMERS, "EUR"] == -50_00


def test_a_refund_that_its_gateway_can_not_name_is_named_by_the_watch(stack: Stack) -> None:
    boto3.client("secretsmanager").create_secret(
        Name="kassa/api/adyen/main", SecretString=json.dumps({"api_key": "key", "shop": "Kauppa"})
    )
    payment = PAYMENT.model_copy(update={"gateway": "adyen", "subject_id": "PSP1"})
    request = a_request().model_copy(update={"payment": payment})
    lifecycle = a_lifecycle(RequestState.ACCEPTED, refund_id="PSP2", approved_minor=12_34)
    look_up_refund(RefundCase(request=request, lifecycle=lifecycle))
    look_up_refund(
        RefundCase(request=request, lifecycle=a_lifecycle())
    )  # nothing is there to be named

    (message,) = map(json.loads, queued(stack))
    assert (message["gateway"], message["origin"]) == ("adyen", "look_up")
    delivery = Delivery.model_validate(message)
    read = readers.read(raw_archive.body_of(delivery), delivery)
    assert isinstance(read, GatewayEvent)
    (object_report,) = read.object_reports
    assert (object_report.object_id, object_report.refund_request_id) == (
        "PSP2",
        lifecycle.submission_id,
    )
    assert object_report.amount.amount_minor == 12_34
