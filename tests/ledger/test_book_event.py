"""book_event, whole: real handler, the template's table, Stripe's shapes, facts on the bus."""

import json
from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.book_event.app import lambda_handler
from kassa.core.errors import EventNotFound
from kassa.core.postings import Account, balances
from kassa.gateways.stripe import gateway as calls
from kassa.ledger import raw_archive as archive
from kassa.ledger.facts import LedgerFact
from kassa.ledger.store import Books
from kassa.platform import aws
from tests.support import stripe_events as s
from tests.support.aws_stack import Context, Stack
from tests.support.queue_batches import (
    CAPTURED,
    PAYMENT,
    REFUNDED_10,
    SETTLED,
    SUCCEEDED,
    batch,
    delivery,
    failed,
)

REFUND_FAILED = s.event("refund.failed", s.refund(status="failed"), "evt_4")


def state() -> Any:
    return Books().read(PAYMENT, "none")[0]


def facts_of(envelopes: list[dict[str, Any]]) -> list[LedgerFact]:
    return [LedgerFact.model_validate(one["detail"]) for one in envelopes]


def test_a_captured_charge_is_booked_published_and_kept(stack: Stack, context: Context) -> None:
    assert failed(lambda_handler(batch(CAPTURED), context)) == []

    (published_fact,) = facts_of(stack.published())
    (posting,) = published_fact.data.postings
    assert published_fact.data.fact == "PaymentCaptured"
    assert published_fact.metadata.fact_id == "pi_1:ch_1:captured:10000"
    assert published_fact.metadata.version == 1
    assert (posting.source, posting.destination) == (
        Account.CUSTOMERS,
        Account.GATEWAY_CLEARING,
    )
    _, booked = Books().read(PAYMENT, "evt_1")
    assert booked is not None
    assert booked.facts == (published_fact,)


def test_a_second_delivery_changes_nothing_and_publishes_again(
    stack: Stack, context: Context
) -> None:
    lambda_handler(batch(CAPTURED, REFUNDED_10), context)
    before, first = stack.items(), facts_of(stack.published())

    assert failed(lambda_handler(batch(REFUNDED_10, CAPTURED), context)) == []

    assert stack.items() == before
    assert sorted(f.metadata.fact_id for f in facts_of(stack.published())) == sorted(
        f.metadata.fact_id for f in first
    )


def test_a_refund_that_overtakes_its_capture_waits_for_it(stack: Stack, context: Context) -> None:
    lambda_handler(batch(REFUNDED_10), context)
    assert state().waiting == ("re_1",)
    assert stack.published() == []
    [day] = {one for one in work_queues(stack) if one != "WAITING"}
    assert sorted(work_queues(stack)) == [day, "WAITING"]

    lambda_handler(batch(CAPTURED), context)
    assert state().waiting == ()
    assert sorted(work_queues(stack)) == [day, f"{day}#partly_refunded"]
    assert {f.data.fact for f in facts_of(stack.published())} == {
        "PaymentCaptured",
        "RefundSucceeded",
    }


def work_queues(stack: Stack) -> list[str]:
    return [item["GSI2PK"]["S"] for item in stack.items() if "GSI2PK" in item]


@pytest.mark.parametrize(
    "order", list(permutations([CAPTURED, SUCCEEDED, REFUNDED_10, REFUND_FAILED]))
)
def test_every_order_ends_in_the_same_books(
    stack: Stack, context: Context, order: tuple[Any, ...]
) -> None:
    for body in order:
        assert failed(lambda_handler(batch(body), context)) == []

    sums = balances(p for f in facts_of(stack.published()) for p in f.data.postings)
    assert sums == {(Account.CUSTOMERS, "EUR"): -100_00, (Account.GATEWAY_CLEARING, "EUR"): 100_00}
    assert state().headroom_minor == 100_00


def test_one_bad_record_fails_alone(stack: Stack, context: Context) -> None:
    answer = lambda_handler(batch(CAPTURED, "not json at all", REFUNDED_10), context)

    assert failed(answer) == ["m1"]
    assert state().refunded_minor == 10_00


@pytest.mark.parametrize(
    "body",
    [
        {"id": "evt_1"},
        {"type": "charge.succeeded"},
        s.event("charge.succeeded", s.charge(amount_captured=1.5), "evt_1"),
        s.event("charge.succeeded", s.charge(amount_captured=True), "evt_1"),
        s.event("charge.succeeded", s.charge(currency="euros"), "evt_1"),
        s.event("charge.succeeded", s.charge(created="yesterday"), "evt_1"),
        s.event("charge.dispute.created", s.dispute(status="unheard-of"), "evt_1"),
        [],
    ],
)
def test_what_cannot_be_read_stays_in_the_queue(stack: Stack, context: Context, body: Any) -> None:
    assert failed(lambda_handler(batch(body), context)) == ["m0"]
    assert stack.items() == []


def test_what_we_do_not_act_on_is_kept_counted_by_type_and_acknowledged(
    stack: Stack, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = s.event("customer.updated", {"id": "cus_1", "object": "customer"}, "evt_9")

    assert failed(lambda_handler(batch(ignored, ignored), context)) == []
    (item,) = stack.items()
    assert item["is_ignored"] == {"BOOL": True}
    assert item["gateway_type"] == {"S": "customer.updated"}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line["gateway_type"] for line in lines if "EventIgnored" in line]
    assert counted == ["customer.updated", "customer.updated"]


def test_an_event_of_the_other_mode_is_kept_but_never_booked(
    stack: Stack, context: Context
) -> None:
    assert failed(lambda_handler(batch(CAPTURED, mode="live"), context)) == []
    (item,) = stack.items()
    assert item["gateway_type"] == {"S": "charge.succeeded (not live mode)"}


def test_a_dispute_that_names_only_a_charge_is_led_to_its_payment(
    stack: Stack, context: Context
) -> None:
    old = s.dispute()
    del old["payment_intent"]
    lambda_handler(batch(CAPTURED), context)

    withdrawn = s.event("charge.dispute.funds_withdrawn", old, "evt_5")
    assert failed(lambda_handler(batch(withdrawn), context)) == []
    assert state().headroom_minor == 0


def test_a_charge_nobody_named_yet_is_looked_up_at_the_gateway(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "payment_of", lambda access, charge_id: "pi_1")
    old = s.refund()
    del old["payment_intent"]

    lambda_handler(batch(s.event("charge.refund.updated", old, "evt_5")), context)
    assert state().waiting == ("re_1",)


def test_a_balance_transaction_settles_the_capture_and_books_the_fee(
    stack: Stack, context: Context
) -> None:
    lambda_handler(batch(CAPTURED, SETTLED), context)

    sums = balances(p for f in facts_of(stack.published()) for p in f.data.postings)
    assert sums[Account.GATEWAY_CLEARING, "EUR"] == 0
    assert sums[Account.GATEWAY_BALANCE, "EUR"] == 98_25
    assert sums[Account.GATEWAY_FEES, "EUR"] == 1_75


def test_a_balance_transaction_in_another_currency_crosses_the_exchange(
    stack: Stack, context: Context
) -> None:
    yen = s.charge(currency="jpy", amount=5000, amount_captured=5000)
    settled = s.balance_transaction(source=yen, amount=29_50, fee=1_10, exchange_rate=0.0059)
    lambda_handler(batch(s.pulled(settled)), context)

    sums = balances(p for f in facts_of(stack.published()) for p in f.data.postings)
    assert sums[Account.GATEWAY_CLEARING, "JPY"] == 0
    assert sums[Account.CURRENCY_EXCHANGE, "JPY"] == 5000
    assert sums[Account.CURRENCY_EXCHANGE, "EUR"] == -29_50
    assert sums[Account.GATEWAY_BALANCE, "EUR"] == 28_40


def test_a_payout_leaves_the_gateways_balance_once(stack: Stack, context: Context) -> None:
    paid = s.event("payout.paid", s.payout(), "evt_6")
    its_own = s.balance_transaction(
        "txn_2", s.payout(), type="payout", amount=-50_00, fee=0, net=-50_00
    )
    lambda_handler(batch(paid, s.pulled(its_own)), context)

    sums = balances(p for f in facts_of(stack.published()) for p in f.data.postings)
    assert sums == {(Account.GATEWAY_BALANCE, "EUR"): -50_00, (Account.BANK, "EUR"): 50_00}


def test_a_refused_fact_brings_the_message_back_and_is_published_again(
    stack: Stack, context: Context
) -> None:
    real = aws.client("events")

    class Refusing:
        def put_events(self, **_: Any) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    aws.install({"events": Refusing()})
    assert failed(lambda_handler(batch(CAPTURED), context)) == ["m0"]
    assert state().captured_minor == 100_00

    aws.install({"events": real})
    assert failed(lambda_handler(batch(CAPTURED), context)) == []
    assert [f.data.fact for f in facts_of(stack.published())] == ["PaymentCaptured"]


class Losing:
    """A DynamoDB whose first transactions lose the race, as another writer's would make them."""

    def __init__(self, real: Any, races: int) -> None:
        self.real, self.races = real, races

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def transact_write_items(self, **arguments: Any) -> Any:
        if self.races:
            self.races -= 1
            codes = [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]
            error = {"Error": {"Code": "TransactionCanceledException"}}
            raise ClientError(error | {"CancellationReasons": codes}, "TransactWriteItems")  # type: ignore[arg-type]
        return self.real.transact_write_items(**arguments)


def test_a_lost_race_is_run_again(stack: Stack, context: Context) -> None:
    aws.install({"dynamodb": Losing(aws.client("dynamodb"), races=4)})

    assert failed(lambda_handler(batch(CAPTURED), context)) == []
    assert state().captured_minor == 100_00


def test_races_lost_until_the_time_is_up_bring_the_message_back(
    stack: Stack, context: Context
) -> None:
    context.left_s = 1.05
    aws.install({"dynamodb": Losing(aws.client("dynamodb"), races=100)})

    assert failed(lambda_handler(batch(CAPTURED), context)) == ["m0"]
    assert stack.items() == []


def test_the_exact_bytes_are_archived_and_found_again(stack: Stack, context: Context) -> None:
    lambda_handler(batch("poison", CAPTURED), context)

    _, booked = Books().read(PAYMENT, "evt_1")
    assert booked is not None
    assert booked.raw is not None
    assert json.loads(archive.body_of(archive.find(booked.raw))) == CAPTURED


def test_a_body_too_large_for_a_message_is_read_from_the_bucket(
    stack: Stack, context: Context
) -> None:
    key = "large/stripe/main/abc"
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=json.dumps(CAPTURED).encode())

    message = json.dumps(delivery({}, body_base64="", body_key=key))
    assert failed(lambda_handler(batch(message), context)) == []
    assert state().captured_minor == 100_00


def test_what_the_archive_has_dropped_is_reported_as_gone(stack: Stack) -> None:
    with pytest.raises(EventNotFound, match="no longer archived"):
        archive.find("raw/day=2020-01-01/gone.jsonl.gz#0")


def test_a_corrected_reading_is_appended_and_posts_nothing_twice(
    stack: Stack, context: Context
) -> None:
    lambda_handler(batch(CAPTURED), context)
    corrected = s.event("charge.succeeded", s.charge(customer="cus_2"), "evt_1")

    for _ in range(2):
        assert failed(lambda_handler(batch(corrected, reread=True), context)) == []

    events = [item["event_id"]["S"] for item in stack.items() if "event_id" in item]
    assert len(events) == 2
    assert state().customer_id == "cus_2"
    published_fact = Counter(f.metadata.fact_id for f in facts_of(stack.published()))
    assert published_fact == {"pi_1:ch_1:captured:10000": 1}


def test_ignored_events_are_counted_under_a_bounded_set_of_names(
    stack: Stack, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each name is a metric that is paid for, and whoever signs chooses types."""
    listed = s.event("customer.created", {"id": "cus_1", "object": "customer"}, "evt_10")
    made_up = [
        s.event(f"charge.teleported_{number}", s.charge(), f"evt_2{number}") for number in range(3)
    ]
    assert failed(lambda_handler(batch(listed, *made_up), context)) == []

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = Counter(line["gateway_type"] for line in lines if "EventIgnored" in line)
    assert counted == {"customer.created": 1, "other": 3}
    assert all(line["stack"] for line in lines if "_aws" in line)
