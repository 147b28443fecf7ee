"""The anomaly report by its handler: what it finds, whom it tells, and what is expected."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.audit.trail import Actor
from kassa.core.errors import InvalidRequest
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.store import ALERTS_MAX, Marks
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AFTER = datetime(2026, 11, 21, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ANA = Actor(person_id="person_ana")
Fire = Callable[..., Any]


@pytest.fixture(autouse=True)
def _in_utc(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "UTC")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def fire(fake_clock: FakeClock, context: Context) -> Fire:
    """Return what fires the schedule, or asks for a report, at an instant."""

    def _fire(at: datetime, event: dict[str, Any] | None = None) -> Any:
        fake_clock.at = at
        return lambda_handler(event or {}, context)

    return _fire


def paid_twice(at: datetime, customer: str, minor: int = 50_00) -> list[AnyFact]:
    """Return two payments of one order, a minute apart."""
    order = f"order-{customer}-{at:%d}"
    return [
        captured(f"pi_{customer}_{at:%d}_{n}", at + n * MINUTE, (minor, "EUR"),
                 customer_id=customer, order_id=order)
        for n in range(2)
    ]  # fmt: skip


def document(stack: Stack, name: str, period: str = "daily/2026-11-20") -> str:
    """Return a document of a period's report."""
    key = f"reports/main/{period}/{name}"
    body: bytes = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    return body.decode()


def report(stack: Stack, period: str = "daily/2026-11-20") -> dict[str, Any]:
    """Return what a period's anomaly report says."""
    content: dict[str, Any] = json.loads(document(stack, "anomalies.json", period))
    return content


def alerted(stack: Stack) -> list[dict[str, Any]]:
    """Return the alerts on the bus."""
    return [one["detail"] for one in stack.published() if one["detail-type"] == "AnomalyFound"]


def test_a_duplicate_payment_is_the_first_line_and_names_its_events(
    stack: Stack, fire: Fire
) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    fire(AFTER)
    content = report(stack)

    assert list(content)[:2] == ["title", "headlines"]
    assert content["headlines"][0] == "A customer paid €50.00 twice within 1 minute"
    (finding,) = content["findings"]
    assert (finding["kind"], finding["amount_minor"]) == ("duplicate_payment", 50_00)
    assert finding["subject_ids"] == ["pi_cus_1_20_0", "pi_cus_1_20_1"]
    assert len(finding["event_ids"]) == finding["count"] == 2
    assert "A customer paid €50.00 twice within 1 minute" in document(stack, "anomalies.html")
    assert "duplicate_payment,A customer paid" in document(stack, "anomalies.csv")


def test_a_quiet_day_says_so_and_alerts_nobody(stack: Stack, fire: Fire) -> None:
    archive_facts([captured("pi_1", NOON, (50_00, "EUR"), customer_id="cus_1")])
    fire(AFTER)

    assert report(stack)["headlines"][0] == "Nothing stands out."
    assert report(stack)["findings"] == []
    assert alerted(stack) == []


def test_an_alert_is_told_once_and_a_rebuilt_report_has_the_same_bytes(
    stack: Stack, fire: Fire
) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    fire(AFTER)
    (alert,) = alerted(stack)
    before = document(stack, "anomalies.html")
    again = fire(AFTER + DAY, {"period": "daily", "day": "2026-11-20", "rebuild": True})

    assert again["is_identical"]
    assert document(stack, "anomalies.html") == before
    assert alerted(stack) == []  # a rebuilt report tells nobody
    anomaly_id = report(stack)["findings"][0]["anomaly_id"]
    assert alert["metadata"]["fact_id"] == f"anomaly-{anomaly_id}:anomaly-{anomaly_id}:AnomalyFound"
    assert alert["data"]["amount"] == {"amount_minor": 50_00, "currency": "EUR"}
    assert alert["data"]["kind"] == "duplicate_payment"


def test_a_week_lists_what_its_days_alerted_and_alerts_no_more(stack: Stack, fire: Fire) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    for hour in range(4):
        fire(datetime(2026, 11, 23, 1 + hour, tzinfo=UTC))

    week = report(stack, "weekly/2026-W47")
    assert [(one["kind"], one["is_alert"]) for one in week["findings"]] == [
        ("duplicate_payment", False)
    ]
    assert len(alerted(stack)) == 1


def test_only_the_worst_are_alerted_of_as_many_as_was_entered(stack: Stack, fire: Fire) -> None:
    Marks("main").set_budget(2, ANA)
    for n in range(4):
        archive_facts(paid_twice(NOON + n * 10 * MINUTE, f"cus_{n}", (n + 1) * 10_00))
    fire(AFTER)

    assert [one["data"]["amount"]["amount_minor"] for one in alerted(stack)] == [40_00, 30_00]
    assert [one["is_alert"] for one in report(stack)["findings"]] == [True, True, False, False]


def test_the_like_of_what_is_expected_is_listed_and_not_alerted(stack: Stack, fire: Fire) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    fire(AFTER)
    (first,) = report(stack)["findings"]
    Marks("main").expect(Finding.model_validate(first), "two tickets  at a time", ANA)
    archive_facts([*paid_twice(NOON + DAY, "cus_1"), *paid_twice(NOON + DAY, "cus_2", 9_00)])
    fire(AFTER + DAY)

    content = report(stack, "daily/2026-11-21")
    assert [one["expected"] for one in content["findings"]] == [None, "two tickets at a time"]
    assert content["headlines"][:2] == [
        "A customer paid €9.00 twice within 1 minute",
        "1 more was marked as expected.",
    ]
    assert [one["data"]["amount"]["amount_minor"] for one in alerted(stack)] == [50_00, 9_00]
    page = document(stack, "anomalies.html", "daily/2026-11-21")
    assert "Expected: two tickets at a time" in page


def test_a_closed_report_keeps_the_marks_it_was_closed_with(stack: Stack, fire: Fire) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    fire(AFTER)
    (first,) = report(stack)["findings"]
    Marks("main").expect(Finding.model_validate(first), "tickets", ANA)
    again = fire(AFTER + DAY, {"period": "daily", "day": "2026-11-20", "rebuild": True})

    assert again["is_identical"]
    assert report(stack)["findings"] == [first]


def test_what_cant_be_entered_is_refused(stack: Stack, fire: Fire) -> None:
    archive_facts(paid_twice(NOON, "cus_1"))
    fire(AFTER)
    finding, marks = Finding.model_validate(report(stack)["findings"][0]), Marks("main")

    for reason in ("  ", "x" * 301):
        with pytest.raises(InvalidRequest, match="say why"):
            marks.expect(finding, reason, ANA)
    for budget in (-1, ALERTS_MAX + 1):
        with pytest.raises(InvalidRequest, match="alerts_a_day"):
            marks.set_budget(budget, ANA)


def test_payments_a_day_apart_over_midnight_are_seen_beside_each_other(
    stack: Stack, fire: Fire
) -> None:
    late, early = NOON.replace(hour=23, minute=58), NOON.replace(hour=0, minute=1) + DAY
    first, _ = paid_twice(late, "cus_1")
    again = captured("pi_again", early, (50_00, "EUR"), customer_id="cus_1", order_id="order-9")
    archive_facts([first])
    fire(AFTER)
    archive_facts([again])
    fire(AFTER + DAY)

    (finding,) = report(stack, "daily/2026-11-21")["findings"]
    assert finding["subject_ids"] == ["pi_again", "pi_cus_1_20_0"]
