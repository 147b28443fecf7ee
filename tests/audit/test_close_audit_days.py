"""The clock publishes the head of each day of the audit trail once the day is over."""

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from functions.archive_facts.app import lambda_handler as archive
from functions.watch_gateways.app import lambda_handler as watch
from infra.fact_schemas import fact_schemas
from kassa.audit import close_audit_days
from kassa.audit import store as audit_trail
from kassa.audit.close_audit_days import DAYS_A_RUN
from kassa.audit.trail import GENESIS, Act
from kassa.platform import aws
from kassa.platform.messaging import event_bus as bus
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch

TODAY = NOW.date()
DAY = timedelta(days=1)


def act(number: int = 1) -> Act:
    return Act(operation="key.create", object_id=f"api_key/{number}", by=OPERATOR)


def run(stack: Stack) -> list[dict[str, Any]]:
    """Let the clock run, and return what was published of the audit trail's days."""
    watch({}, Context())  # type: ignore[arg-type]
    published = [one for one in stack.published() if one["detail-type"] == "AuditDayClosed"]
    return [envelope["detail"] for envelope in published]


def data(facts: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(one["data"]["day"], one["data"]["count"], one["data"]["head_hash"]) for one in facts]


def test_a_day_that_goes_on_is_not_published(stack: Stack) -> None:
    audit_trail.append(act())

    assert run(stack) == []


def test_a_day_that_is_over_is_published_once(stack: Stack, fake_clock: FakeClock) -> None:
    audit_trail.append(act(1))
    audit_trail.append(act(2))
    last = audit_trail.last(TODAY)
    fake_clock.at += DAY
    first, again = run(stack), run(stack)

    assert last is not None
    assert data(first) == [("2026-11-21", 2, last.hash)]
    assert again == []
    assert first[0]["metadata"]["fact_id"] == "audit-2026-11-21:audit-2026-11-21:AuditDayClosed"
    jsonschema.validate(first[0], fact_schemas()["AuditDayClosed"])


def test_days_without_acts_are_published_too_and_a_missed_run_catches_up(
    stack: Stack, fake_clock: FakeClock
) -> None:
    run(stack)
    fake_clock.at += DAY
    audit_trail.append(act())
    last = audit_trail.last(TODAY + DAY)
    fake_clock.at += 3 * DAY

    assert last is not None
    assert data(run(stack)) == [
        ("2026-11-21", 0, GENESIS),
        ("2026-11-22", 1, last.hash),
        ("2026-11-23", 0, last.hash),
        ("2026-11-24", 0, last.hash),
    ]


def test_after_a_long_standstill_the_next_runs_go_on(stack: Stack, fake_clock: FakeClock) -> None:
    run(stack)
    fake_clock.at += (DAYS_A_RUN + 5) * DAY
    first, second, third = run(stack), run(stack), run(stack)

    assert (len(first), len(second), len(third)) == (DAYS_A_RUN, 5, 0)
    days = [day for day, _, _ in data(first + second)]
    assert days == sorted(set(days))


def test_a_day_takes_no_act_once_it_is_closed(stack: Stack, fake_clock: FakeClock) -> None:
    audit_trail.append(act(1))
    fake_clock.at += DAY
    published = run(stack)
    fake_clock.at -= timedelta(hours=10)  # a machine whose clock lags, still in the day before
    item = audit_trail.append(act(2))

    assert item.item_id == "2026-11-22/1"
    assert data(published)[0][1] == len(list(audit_trail.items(TODAY)))


def test_a_clock_that_is_ahead_closes_no_day_before_it_is_over(
    stack: Stack, fake_clock: FakeClock
) -> None:
    run(stack)
    fake_clock.at += 3 * DAY
    audit_trail.append(act(1))
    fake_clock.at -= 2 * DAY

    assert [day for day, _, _ in data(run(stack))] == ["2026-11-21"]
    fake_clock.at += 3 * DAY
    published = data(run(stack))
    assert [(day, count) for day, count, _ in published] == [
        ("2026-11-22", 0),
        ("2026-11-23", 0),
        ("2026-11-24", 1),
    ]


def test_a_slower_run_never_takes_back_what_was_published(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(stack)
    fake_clock.at += 3 * DAY
    real, others = bus.publish, [close_audit_days.close_audit_days]

    def slow(facts: Any) -> None:
        real(facts)
        while others:
            others.pop()()

    monkeypatch.setattr(bus, "publish", slow)
    watch({}, Context())  # type: ignore[arg-type]
    head = audit_trail.head()

    assert head is not None
    assert head.published_on == TODAY + 2 * DAY
    assert run(stack) != []  # told twice, as the same facts
    assert run(stack) == []


def test_what_the_bus_did_not_take_is_published_by_the_next_run_as_the_same_fact(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_trail.append(act())
    fake_clock.at += DAY
    refusing = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    with monkeypatch.context() as broken:
        broken.setattr(aws.client("events"), "put_events", lambda **_: refusing)
        assert run(stack) == []

    assert [day for day, _, _ in data(run(stack))] == ["2026-11-21"]


def test_a_run_that_dies_after_publishing_publishes_the_same_fact_again(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_trail.append(act())
    run(stack)
    fake_clock.at += DAY
    real = audit_trail.move

    def dies(before: Any, after: Any) -> None:
        if after.published_on == TODAY:
            raise ConnectionError("gone")
        real(before, after)

    with monkeypatch.context() as dying:
        dying.setattr(audit_trail, "move", dies)
        first = run(stack)
    second = run(stack)

    assert len(first) == 1
    assert first == second


def test_an_act_between_leaves_the_day_to_the_next_run(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_trail.append(act(1))
    fake_clock.at += DAY
    real = audit_trail.move

    def overtaken(before: Any, after: Any) -> None:
        audit_trail.append(act(2))
        real(before, after)

    with monkeypatch.context() as racing:
        racing.setattr(audit_trail, "move", overtaken)
        assert run(stack) == []

    assert [day for day, _, _ in data(run(stack))] == ["2026-11-21"]


def test_the_fact_is_archived_like_others(stack: Stack, fake_clock: FakeClock) -> None:
    audit_trail.append(act())
    fake_clock.at += DAY
    watch({}, Context())  # type: ignore[arg-type]
    envelopes = [one for one in stack.published() if one["detail-type"] == "AuditDayClosed"]

    assert archive(batch(*map(json.dumps, envelopes)), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    objects = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix="facts/")["Contents"]
    assert [one["Key"].split("/")[1] for one in objects] == ["day=2026-11-22"]
