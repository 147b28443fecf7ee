"""watch_gateways, whole: the official client reads a Stripe on loopback, the queue gets events."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book_handler
from functions.watch_gateways.app import lambda_handler
from kassa.adapters import aws, secrets
from kassa.adapters.books import Books
from kassa.domain.events import Subject, SubjectKind
from kassa.settings import settings
from tests import stripe_events as s
from tests.integration.conftest import NOW, Context, FakeClock, Stack
from tests.integration.test_book_event import batch, failed
from tests.stripe_server import StripeBooks, running

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


def state() -> Any:
    return Books().read(PAYMENT, "none")[0]


def test_balance_transactions_are_pulled_page_by_page_and_booked(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance = transactions(103)

    assert lambda_handler({}, context) == {"pulled": 103, "looked_up": 0, "rung": 0}
    assert len(queued(stack)) == 103


def test_a_second_run_pulls_only_what_is_new(
    stack: Stack, stripe_books: StripeBooks, context: Context, fake_clock: FakeClock
) -> None:
    stripe_books.balance = transactions(3, age_s=900)
    lambda_handler({}, context)
    fake_clock.at += timedelta(hours=1)

    assert lambda_handler({}, context)["pulled"] == 0


def test_what_is_fresh_is_left_for_its_webhook_to_tell_first(
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
    with pytest.raises(Exception, match="InternalError"):
        lambda_handler({}, context)

    aws.install({})
    assert lambda_handler({}, context)["pulled"] == 3


def test_a_gateway_that_is_down_is_left_for_the_next_run(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance, stripe_books.is_down = transactions(1), True
    assert lambda_handler({}, context) == {"pulled": 0, "looked_up": 0, "rung": 0}

    stripe_books.is_down = False
    assert lambda_handler({}, context)["pulled"] == 1


def test_an_account_without_a_secret_does_not_keep_the_others_from_being_read(
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
