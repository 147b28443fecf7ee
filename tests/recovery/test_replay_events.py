"""A replay folds booked events anew beside the books and names exactly what differs."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from functions.book_event.app import lambda_handler
from infra.stack import state_path
from kassa.gateways.events import Delivery, Ignored
from kassa.gateways.stripe import events as reader
from kassa.ledger.lists.events import EventLists
from kassa.platform import aws, table
from kassa.recovery.refolding import Difference
from kassa.recovery.replay_events import Shadow, Window, touched
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, run, scene_of
from tests.support.gateway_stage import on_stage
from tests.support.queue_batches import CAPTURED, PAYMENT, REFUNDED_10, SETTLED, SUCCEEDED, batch
from tests.support.recovery import DAY, differences

COMMAND = ("replay", "--from", "2026-11-21", "--to", "2026-11-22")


def kinds(found: Iterable[Difference]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.concerns) for one in found]


def tamper(stack: Stack, sort: str, **changed: Any) -> None:
    """Change attributes of an item of the payment, as nothing of Kassa's does."""
    aws.client("dynamodb").update_item(
        TableName=stack.table,
        Key=table.typed({"PK": "PAYMENT#stripe#main#pi_1", "SK": sort}),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changed),
        ExpressionAttributeNames={f"#{name}": name for name in changed},
        ExpressionAttributeValues=table.typed({f":{name}": to for name, to in changed.items()}),
    )


def item(sort: str) -> table.Item:
    found = table.plain(
        aws.client("dynamodb").get_item(
            TableName="payments", Key=table.typed({"PK": "PAYMENT#stripe#main#pi_1", "SK": sort})
        )["Item"]
    )
    return found


@pytest.mark.parametrize(
    "name", ["all of it", "a refund fails and is made again", "a dispute is won"]
)
@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_healthy_books_are_the_fold_of_their_events_at_every_gateway(
    gateway: str,
    name: str,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario, scene = SCENARIOS[name], scene_of(gateway, fake_clock)
    if scenario.needs - scene.can:
        pytest.skip(f"{gateway} knows no such story")
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        run(stage, scenario)
        before = stack.items()

        found = touched(DAY)
        assert found.events[gateway] >= 3
        assert differences() == []
        assert stack.items() == before


def test_events_that_came_backwards_and_twice_fold_to_the_same(
    stack: Stack, context: Context, fake_clock: FakeClock
) -> None:
    for body in (REFUNDED_10, SETTLED, SUCCEEDED, REFUNDED_10, CAPTURED, CAPTURED):
        lambda_handler(batch(body), context)
        fake_clock.at += timedelta(seconds=1)

    assert differences() == []


def test_exactly_what_was_tampered_with_is_named(stack: Stack, context: Context) -> None:
    for body in (CAPTURED, SUCCEEDED, REFUNDED_10):
        lambda_handler(batch(body), context)
    before = stack.items()
    reading = item("EVENT#evt_2")["reading"]
    tamper(stack, "EVENT#evt_2", reading=reading.replace("10000", "99999"))
    facts = item("EVENT#evt_3")["facts"]
    tamper(stack, "EVENT#evt_3", facts=facts.replace("1000", "1001"))
    objects = item("STATE")["objects"]
    objects["ch_1"]["s"] = "failed"
    tamper(stack, "STATE", objects=objects)

    assert stack.items() != before
    assert kinds(differences()) == [("reading", "evt_2"), ("facts", "evt_3"), ("state", "ch_1")]


def test_an_item_that_nobody_can_read_is_named_and_stops_nothing(
    stack: Stack, context: Context
) -> None:
    lambda_handler(batch(CAPTURED, s.event("payout.paid", s.payout("po_1"), "evt_9")), context)
    tamper(stack, "EVENT#evt_1", reading="{not JSON")

    [one] = differences()
    assert (one.kind.value, one.concerns) == ("state", "pi_1")
    assert one.booked.startswith("unreadable: JSONDecodeError")


def test_what_may_still_be_refunded_is_compared_too(stack: Stack, context: Context) -> None:
    lambda_handler(batch(CAPTURED), context)
    tamper(stack, "STATE", headroom=10_000_00)

    [one] = differences()
    assert (one.concerns, one.booked, one.folded) == ("headroom", "1000000", "10000")


def test_only_what_the_window_and_the_gateway_hold_is_touched(
    stack: Stack, context: Context, fake_clock: FakeClock
) -> None:
    lambda_handler(batch(CAPTURED), context)
    fake_clock.at += timedelta(hours=30)
    lambda_handler(batch(s.event("payout.paid", s.payout("po_1"), "evt_9")), context)

    begins = NOW + timedelta(seconds=1)
    later = touched(Window(begins_at=begins, ends_at=NOW + timedelta(days=2)))
    assert [one.subject_id for one in later.subjects] == ["po_1"]
    assert touched(Window(begins_at=NOW, ends_at=begins)).subjects == (PAYMENT,)
    assert touched(Window(begins_at=NOW - timedelta(hours=1), ends_at=NOW)).subjects == ()
    assert touched(DAY.model_copy(update={"gateway": "paypal"})).subjects == ()


def test_bytes_that_are_gone_leave_the_reading_as_it_was(stack: Stack, context: Context) -> None:
    lambda_handler(batch(CAPTURED, SUCCEEDED), context)
    [archived] = aws.client("s3").list_objects_v2(Bucket=stack.bucket)["Contents"]
    aws.client("s3").delete_object(Bucket=stack.bucket, Key=archived["Key"])

    assert Shadow().refolded(PAYMENT)[:3] == (2, 2, ())


def test_a_reading_that_has_its_correction_is_no_difference(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_short_of(console, monkeypatch, CAPTURED)
    assert kinds(differences())[0] == ("reading", "evt_1")

    apply(console, "1\n")
    assert [event.event_id.partition("~")[0] for event in events()] == ["evt_1", "evt_1"]
    assert differences() == []


def test_an_event_that_is_understood_by_now_is_booked_when_confirmed(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    understood = reader.read

    def ignores(body: bytes, delivery: Delivery) -> Ignored:
        event = understood(body, delivery)
        return Ignored.model_validate(
            event.model_dump(include={"event_id", "subject", "gateway_type", "happened_at"})
        )

    monkeypatch.setattr(reader, "read", ignores)
    console.book(CAPTURED)
    monkeypatch.setattr(reader, "read", understood)

    shown = console.run(*COMMAND)
    assert "1 events of 1 payments and other subjects were booked in it (stripe 1)." in shown.stdout
    assert "Differences" in shown.stdout
    apply(console, "1\n")
    assert EventLists().history(PAYMENT).state.captured_minor == 100_00
    assert differences() == []


def test_nothing_is_sent_without_the_right_number(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_short_of(console, monkeypatch, CAPTURED)

    for answer in ("y\n", "2\n"):
        result = console.run(*COMMAND, "--apply", input=answer)
        assert result.exit_code == 1
    assert console.take_events() == []


def test_healthy_books_say_so_and_leave_nothing_to_apply(console: Console) -> None:
    console.book(CAPTURED, SUCCEEDED)

    result = console.run(*COMMAND, "--apply")
    assert result.exit_code == 0, result.output
    assert "2 events were folded anew, 0 differences." in result.stdout
    assert "there is nothing to apply" in result.stdout
    assert console.json(*COMMAND) == {
        "window": {
            "begins_at": "2026-11-21T00:00:00Z",
            "ends_at": "2026-11-22T00:00:00Z",
            "gateway": None,
        },
        "events": {"stripe": 2},
        "subjects": 1,
        "folded": 2,
        "unread": 0,
        "differences": [],
    }


def test_a_replay_that_was_stopped_goes_on_where_it_was(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        console.book(s.event("payout.paid", s.payout(f"po_{number}"), f"evt_{number}"))
    whole, seen = Shadow.refolded, list[str]()

    def stops(self: Shadow, subject: Any) -> Any:
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(subject.subject_id)
        return whole(self, subject)

    monkeypatch.setattr(Shadow, "refolded", stops)
    assert console.run(*COMMAND).exit_code != 0
    kept = json.loads((state_path().parent / "replay-kassa.json").read_text())
    assert kept["done"] == 2

    monkeypatch.setattr(
        Shadow, "refolded", lambda self, of: seen.append(of.subject_id) or whole(self, of)
    )
    shown = console.run(*COMMAND)
    assert "It goes on behind 2 of them" in shown.stdout
    assert "3 events were folded anew, 0 differences." in shown.stdout
    assert seen == ["po_0", "po_1", "po_2"]
    assert not (state_path().parent / "replay-kassa.json").exists()


def test_an_empty_window_is_refused_in_one_line(console: Console) -> None:
    line = console.refused("replay", "--from", "2026-11-22", "--to", "2026-11-21")
    assert line == "kassa: the window is empty: --to must be after --from"


def book_short_of(console: Console, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    """Book an event with a reader that takes the amount for less than it is."""
    right = reader.read

    def reads_less(body: bytes, delivery: Delivery) -> Any:
        return right(body.replace(b"10000", b"9000"), delivery)

    monkeypatch.setattr(reader, "read", reads_less)
    console.book(body)
    monkeypatch.setattr(reader, "read", right)


def apply(console: Console, answer: str) -> None:
    """Replay with --apply, and book what that sends."""
    result = console.run(*COMMAND, "--apply", input=answer)
    assert result.exit_code == 0, result.output
    console.book(*console.take_events())


def events() -> list[Any]:
    return list(EventLists().history(PAYMENT).events)
