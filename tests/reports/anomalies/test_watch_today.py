"""What costs money by the hour is alerted within the day, once, and is the closed day's finding."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.archive.report_names import ReportName
from kassa.audit.trail import Actor
from kassa.core.errors import NotPublished, StaleWrite
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.reports.anomalies import alerted_store, watch_today
from kassa.reports.anomalies.rank import OVER
from kassa.reports.anomalies.rules import bands, rates
from kassa.reports.anomalies.store import Marks
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, fact, moved
from tests.support.summary_alone import make_only

MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOON = MORNING.replace(hour=12)
CLOSED = datetime(2026, 11, 21, 1, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ANA = Actor(person_id="person_ana")
Fire = Callable[..., Any]


@pytest.fixture(autouse=True)
def _in_utc(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "UTC")
    make_only(monkeypatch, ReportName.ANOMALIES)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def happen(fake_clock: FakeClock) -> Fire:
    """Return what books facts and brings them to the archive a minute later."""

    def _happen(facts: list[AnyFact]) -> None:
        fake_clock.at = max(one.metadata.booked_at for one in facts) + MINUTE
        archive_facts(facts)

    return _happen


@pytest.fixture
def fire(fake_clock: FakeClock, context: Context) -> Fire:
    """Return what fires the schedule at an instant."""

    def _fire(at: datetime) -> Any:
        fake_clock.at = at
        return lambda_handler({}, context)

    return _fire


def sold(at: datetime, count: int, minor: int = 50_00) -> list[AnyFact]:
    """Return captures of different customers, a minute apart."""
    return [
        captured(f"pi_{at:%d%H}_{minor}_{n}", at + n * MINUTE, (minor, "EUR"))
        for n in range(count)
    ]  # fmt: skip


def declined(at: datetime, count: int, minor: int = 1_00, name: str = "t") -> list[AnyFact]:
    """Return payments that failed, a minute apart."""
    return [
        fact("PaymentFailed", f"pi_{name}_{at:%d%H}_{n}", at + n * MINUTE, (minor, "EUR"),
             reason="card_declined", method="card")
        for n in range(count)
    ]  # fmt: skip


def refunded(at: datetime, count: int) -> list[AnyFact]:
    """Return refunds, a minute apart."""
    return [
        moved("RefundSucceeded", f"pi_r_{at:%d%H}_{n}", at + n * MINUTE, (9_00, "EUR"),
              PostingKind.REFUND)
        for n in range(count)
    ]  # fmt: skip


def report(stack: Stack, name: str = "daily/2026-11-20") -> dict[str, Any]:
    """Return what a day's anomaly report says."""
    key = f"reports/main/{name}/anomalies.json"
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    content: dict[str, Any] = json.loads(body)
    return content


def alerted(stack: Stack) -> list[dict[str, Any]]:
    """Take the alerts off the bus."""
    return [one["detail"] for one in stack.published() if one["detail-type"] == "AnomalyFound"]


def test_tested_cards_are_alerted_within_the_quarter_and_once(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen([*sold(MORNING, 60), *declined(NOON, 15)])
    fire(NOON + 20 * MINUTE)
    (alert,) = alerted(stack)
    assert (alert["data"]["kind"], alert["data"]["day"]) == ("card_testing", "2026-11-20")
    assert alert["metadata"]["booked_at"] == "2026-11-20T12:20:00Z"

    happen(declined(NOON + 21 * MINUTE - 5 * MINUTE, 5, name="u"))  # it goes on
    for minutes in (35, 50):
        fire(NOON + minutes * MINUTE)
    fire(CLOSED)
    assert alerted(stack) == []
    (finding,) = report(stack)["findings"]
    assert finding["anomaly_id"] == alert["data"]["anomaly_id"]
    assert finding["is_alert"]
    assert finding["count"] == 20


def test_a_run_whose_beginning_moves_is_the_finding_that_was_alerted(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen([*sold(MORNING, 60), *declined(NOON, 2, 3_00), *declined(NOON + 2 * MINUTE, 15)])
    fire(NOON + 20 * MINUTE)
    (alert,) = alerted(stack)
    happen(sold(NOON + 2 * HOUR, 60, 2_00))  # nine in ten captures are now above two euros
    fire(CLOSED)

    (finding,) = [one for one in report(stack)["findings"] if one["kind"] == "card_testing"]
    assert finding["anomaly_id"] == alert["data"]["anomaly_id"]
    assert finding["began_at"] > "2026-11-20T12:01:00"
    assert alerted(stack) == []


def test_two_runs_of_a_day_are_two_alerts(stack: Stack, happen: Fire, fire: Fire) -> None:
    happen([*sold(MORNING, 60), *declined(NOON, 15)])
    fire(NOON + 20 * MINUTE)
    happen(declined(NOON + 3 * HOUR, 15))
    fire(NOON + 4 * HOUR)
    ids = {one["data"]["anomaly_id"] for one in alerted(stack)}
    fire(CLOSED)

    assert len(ids) == 2
    assert {one["anomaly_id"] for one in report(stack)["findings"]} == ids
    assert alerted(stack) == []


@pytest.fixture
def lived(happen: Fire, fire: Fire, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four days go by, and let so many be enough to know what is usual."""
    monkeypatch.setattr(bands, "BASELINE_DAYS_MIN", 4)
    monkeypatch.setattr(rates, "BURST_KNOWN", 4)
    for back in range(4, 0, -1):
        at = MORNING - back * DAY
        happen([*sold(at, 40), *declined(at, 2, 50_00), *refunded(at, 1)])
    fire(MORNING.replace(hour=1))
    alerted(stack)


@pytest.mark.usefixtures("lived")
def test_a_burst_of_refunds_is_alerted_within_the_day(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen(refunded(NOON, 7))
    fire(NOON + 20 * MINUTE)
    assert alerted(stack) == []
    happen(refunded(NOON + HOUR, 1))
    fire(NOON + 80 * MINUTE)
    (alert,) = alerted(stack)
    assert alert["data"]["kind"] == "refund_burst"
    fire(CLOSED)

    (finding,) = report(stack)["findings"]
    assert (finding["anomaly_id"], finding["is_alert"]) == (alert["data"]["anomaly_id"], True)
    assert alerted(stack) == []


@pytest.mark.usefixtures("lived")
def test_a_method_s_failures_are_alerted_and_stay_in_the_report_when_they_are_over(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen([*sold(NOON, 8), *declined(NOON, 12, 50_00)])
    fire(NOON + 20 * MINUTE)
    (alert,) = alerted(stack)
    assert alert["data"]["kind"] == "method_failures"
    happen([*sold(NOON + HOUR, 59, 51_00), *sold(NOON + 2 * HOUR, 59, 52_00)])
    happen([*sold(NOON + 3 * HOUR, 59, 53_00), *sold(NOON + 4 * HOUR, 59, 54_00)])
    fire(CLOSED)

    (finding,) = report(stack)["findings"]
    assert finding["anomaly_id"] == alert["data"]["anomaly_id"]
    assert (finding["is_alert"], finding["reasons"][-1]) == (True, OVER)
    assert alerted(stack) == []


@pytest.mark.usefixtures("lived")
def test_what_fails_until_tomorrow_is_alerted_today_alone(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen([*sold(NOON, 8), *declined(NOON, 12, 50_00)])
    fire(NOON + 20 * MINUTE)
    alerted(stack)
    early = CLOSED.replace(hour=0)
    happen([*sold(early, 8), *declined(early, 12, 50_00)])
    fire(early + 20 * MINUTE)  # the day before isn't closed yet
    fire(CLOSED)
    fire(CLOSED + HOUR)

    assert alerted(stack) == []


def test_a_day_s_budget_holds_for_what_is_alerted_before_its_end(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    Marks("main").set_budget(1, ANA)
    happen([*sold(MORNING, 60), *declined(NOON, 15)])
    fire(NOON + 20 * MINUTE)
    happen(declined(NOON + 3 * HOUR, 15))
    fire(NOON + 4 * HOUR)
    fire(CLOSED)

    assert len(alerted(stack)) == 1
    assert [one["is_alert"] for one in report(stack)["findings"]].count(True) == 1


def test_what_is_expected_is_alerted_neither_before_nor_after_the_day_s_end(
    stack: Stack, happen: Fire, fire: Fire
) -> None:
    happen([*sold(MORNING - DAY, 60), *declined(NOON - DAY, 15)])
    fire(NOON - DAY + 20 * MINUTE)
    (finding,) = alerted_store.read("main", (NOON - DAY).date()).findings
    Marks("main").expect(finding, "we try our own cards", ANA)
    alerted(stack)
    happen(declined(NOON, 15))
    fire(NOON + 20 * MINUTE)
    fire(CLOSED)

    assert alerted(stack) == []
    (again,) = report(stack)["findings"]
    assert (again["expected"], again["is_alert"]) == ("we try our own cards", False)


def test_an_alert_that_couldn_t_be_published_is_by_the_next_run(
    stack: Stack, happen: Fire, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen([*sold(MORNING, 60), *declined(NOON, 15)])

    def refuse(facts: Any) -> None:
        raise NotPublished("InternalFailure")

    with monkeypatch.context() as down:
        down.setattr(event_bus, "publish", refuse)
        with pytest.raises(NotPublished):
            fire(NOON + 20 * MINUTE)
    assert alerted(stack) == []
    fire(NOON + 35 * MINUTE)
    fire(NOON + 50 * MINUTE)

    (alert,) = alerted(stack)
    assert alert["metadata"]["booked_at"] == "2026-11-20T12:20:00Z"  # as it was kept


def test_of_two_runs_at_once_one_alerts(stack: Stack, happen: Fire, fire: Fire) -> None:
    day = NOON.date()
    happen([*sold(MORNING, 60), *declined(NOON, 15)])
    empty = alerted_store.read("main", day)
    fire(NOON + 20 * MINUTE)

    with pytest.raises(StaleWrite):
        alerted_store.save("main", day, empty)
    assert len(alerted_store.read("main", day).alerts) == 1


def test_nothing_is_read_of_a_day_in_which_hardly_anything_failed(
    stack: Stack, happen: Fire, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("facts were read")

    monkeypatch.setattr(watch_today, "find_today", fail)
    happen([*sold(MORNING, 60), *declined(NOON, 4), *refunded(NOON, 7)])
    fire(NOON + 20 * MINUTE)
    happen(declined(NOON + HOUR, 1))
    with pytest.raises(AssertionError):
        fire(NOON + 2 * HOUR)


def test_a_week_lists_a_day_s_alert_under_its_id(stack: Stack, happen: Fire, fire: Fire) -> None:
    happen([*sold(MORNING, 60), *declined(NOON, 15)])
    fire(NOON + 20 * MINUTE)
    (alert,) = alerted(stack)
    for hour in range(4):
        fire(datetime(2026, 11, 23, 1 + hour, tzinfo=UTC))

    (finding,) = report(stack, "weekly/2026-W47")["findings"]
    assert finding["anomaly_id"] == alert["data"]["anomaly_id"]
    assert not finding["is_alert"]
