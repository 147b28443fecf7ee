"""Daily reports: whatever the schedule does and whenever facts come, the same reports result."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.build_report.app import lambda_handler
from kassa.archive import files as fact_files
from kassa.archive.archive_facts import archive_facts
from kassa.core.errors import ArchiveChanged, InvalidRequest, ReportNotFound
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.build_report import REPORTS_A_RUN
from kassa.reports.store import Reports
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, moved

TOKYO = "Asia/Tokyo"
# The 19th, 20th and 21st of November in Tokyo; facts are booked at local noon unless said.
NOON = {day: datetime(2026, 11, day, 3, tzinfo=UTC) for day in range(1, 30)}
HOUR = timedelta(hours=1)
A_DAY_LATER = datetime(2026, 11, 21, 16, tzinfo=UTC)  # 01:00 on the 22nd in Tokyo

Documents = dict[str, bytes]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture(autouse=True)
def _in_tokyo(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", TOKYO)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def fire(fake_clock: FakeClock, context: Context) -> Callable[..., Any]:
    """Return what fires the schedule, or asks for a report, at an instant."""

    def _fire(at: datetime, event: dict[str, Any] | None = None) -> Any:
        fake_clock.at = at
        return lambda_handler(event or {}, context)

    return _fire


Fire = Callable[..., Any]


def stored(stack: Stack, day: str = "") -> Documents:
    """Return the documents of a day, or of all days."""
    s3, prefix = aws.client("s3"), f"reports/main/daily/{day}"
    listed = s3.list_objects_v2(Bucket=stack.bucket, Prefix=prefix).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=stack.bucket, Key=each["Key"])["Body"].read()
        for each in listed
    }


def report_of(stack: Stack, day: str) -> dict[str, Any]:
    """Return what a day's report says."""
    report: dict[str, Any] = json.loads(stored(stack, day)[f"reports/main/daily/{day}/report.json"])
    return report


def gross(report: dict[str, Any], currency: str = "EUR") -> int:
    """Return a currency's gross in a report or a correction."""
    found = [
        each["gross"]["amount_minor"]
        for each in report["currencies"]
        if each["currency"] == currency
    ]
    return int(found[0]) if found else 0


def sold(day: int, n: int, amount_minor: int = 10_00, at: datetime | None = None) -> AnyFact:
    """Return a capture of ten euros booked on a day of November."""
    return captured(f"pi_{day}_{n}", at or NOON[day] + timedelta(minutes=n), (amount_minor, "EUR"))


def test_a_day_that_has_ended_is_closed_by_the_next_hour(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(21, 1), sold(21, 2)])

    assert fire(datetime(2026, 11, 21, 15, 5, tzinfo=UTC)) == {"built": [], "rolled_up": 0}
    [built] = fire(datetime(2026, 11, 21, 16, 5, tzinfo=UTC))["built"]
    assert (built["day"], built["is_closed"]) == ("2026-11-21", True)
    assert set(built["keys"].values()) < set(stored(stack, "2026-11-21"))
    assert gross(report_of(stack, "2026-11-21")) == 20_00


def test_the_merchants_midnight_is_the_days_edge(stack: Stack, fire: Fire) -> None:
    midnight = datetime(2026, 11, 20, 15, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    archive_facts([sold(20, 1, 1, midnight - tick), sold(21, 1, 2, midnight)])
    archive_facts(
        [sold(21, 2, 4, midnight + 24 * HOUR - tick), sold(22, 1, 8, midnight + 24 * HOUR)]
    )

    fire(A_DAY_LATER)
    assert [gross(report_of(stack, f"2026-11-{day}")) for day in (20, 21)] == [1, 6]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_however_often_the_schedule_fires_the_reports_are_the_same(
    stack: Stack, fire: Fire, times: int
) -> None:
    archive_facts([sold(19, 1), sold(20, 1), sold(21, 1)])
    fire(A_DAY_LATER)
    once = stored(stack)

    for n in range(1, times):
        assert fire(A_DAY_LATER + n * HOUR) == {"built": [], "rolled_up": 0}
    assert stored(stack) == once


def test_a_schedule_that_missed_three_days_closes_each_of_them(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(19, 1), sold(20, 2, 7_00), sold(21, 1)])

    built = fire(A_DAY_LATER)["built"]
    assert [each["day"] for each in built] == ["2026-11-19", "2026-11-20", "2026-11-21"]
    assert [gross(report_of(stack, each["day"])) for each in built] == [10_00, 7_00, 10_00]


def test_a_long_silence_is_caught_up_over_several_hours(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(10, 1)])

    first, then = fire(A_DAY_LATER)["built"], fire(A_DAY_LATER + HOUR)["built"]
    assert len(first) == REPORTS_A_RUN
    assert [each["day"] for each in then][-2:] == ["2026-11-21", "2026-W46"]
    assert fire(A_DAY_LATER + 2 * HOUR) == {"built": [], "rolled_up": 0}


def test_before_anything_was_booked_a_day_is_a_report_of_zeros(stack: Stack, fire: Fire) -> None:
    assert [each["day"] for each in fire(A_DAY_LATER)["built"]] == ["2026-11-21"]
    assert report_of(stack, "2026-11-21")["currencies"] == []


def test_what_comes_late_is_a_correction_in_the_next_report_and_only_there(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([sold(19, 1)])
    fire(A_DAY_LATER - 48 * HOUR)
    before = stored(stack, "2026-11-19")
    archive_facts([sold(19, 2, 3_00), sold(20, 1)])

    fire(A_DAY_LATER - 24 * HOUR)
    fire(A_DAY_LATER)
    [correction] = report_of(stack, "2026-11-20")["corrections"]
    assert (correction["day"], correction["facts"], gross(correction)) == ("2026-11-19", 1, 3_00)
    assert correction["currencies"][0]["gross"]["event_ids"] == ["evt_ch_pi_19_2_PaymentCaptured"]
    assert gross(report_of(stack, "2026-11-20")) == 10_00
    assert report_of(stack, "2026-11-21")["corrections"] == []
    assert stored(stack, "2026-11-19") == before


def test_a_fact_published_again_after_its_day_closed_is_no_correction(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([sold(19, 1), sold(19, 2)])
    fire(A_DAY_LATER - 48 * HOUR)
    archive_facts([sold(19, 2)])

    fire(A_DAY_LATER - 24 * HOUR)
    assert report_of(stack, "2026-11-20")["corrections"] == []


def test_reports_and_their_corrections_add_up_to_everything(stack: Stack, fire: Fire) -> None:
    facts = [sold(day, n, 1 << (3 * (day - 18) + n)) for day in (18, 19, 20, 21) for n in range(3)]
    came = {48: facts[0:5], 47: facts[3:6], 24: facts[5:9], 23: facts[2:4], 0: facts[7:12]}
    for hours_ago, batch in came.items():
        archive_facts(batch)
        fire(A_DAY_LATER - hours_ago * HOUR)
    archive_facts([facts[1], facts[8]])
    fire(A_DAY_LATER + 24 * HOUR)

    reports = [report_of(stack, f"2026-11-{day}") for day in range(18, 23)]
    written = [*reports, *(each for report in reports for each in report["corrections"])]
    assert sum(map(gross, written)) == sum(fact.data.amount.amount_minor for fact in facts)


def test_a_closed_report_is_rebuilt_to_the_same_bytes(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(19, 1), sold(20, 1)])
    fire(A_DAY_LATER - 24 * HOUR)
    archive_facts(
        [sold(19, 2), moved("RefundSucceeded", "pi_20_1", NOON[20], (1, "EUR"), PostingKind.REFUND)]
    )
    fire(A_DAY_LATER)
    before = stored(stack)
    archive_facts([sold(21, 5), sold(19, 3)])

    for day in (19, 20, 21):
        answer = fire(A_DAY_LATER + 9 * HOUR, {"day": f"2026-11-{day}", "rebuild": True})
        assert answer["is_identical"] is True
    assert stored(stack) == before


def test_a_file_that_changed_since_is_refused(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(21, 1)])
    fire(A_DAY_LATER)
    [key] = fact_files.listed([date(2026, 11, 21)])[date(2026, 11, 21)]
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=b"forged")

    with pytest.raises(ArchiveChanged, match="facts/day=2026-11-21"):
        fire(A_DAY_LATER, {"day": "2026-11-21", "rebuild": True})


def test_a_day_that_goes_on_gets_a_preliminary_report_and_is_closed_later(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([sold(21, 1)])
    answer = fire(NOON[21] + HOUR, {"period": "daily", "day": "2026-11-21"})
    assert answer["is_closed"] is False
    assert report_of(stack, "2026-11-21")["is_closed"] is False
    assert stack.items() == []

    archive_facts([sold(21, 60 * 5)])
    fire(A_DAY_LATER)
    assert report_of(stack, "2026-11-21")["is_closed"] is True
    assert gross(report_of(stack, "2026-11-21")) == 20_00


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"day": "2026-11-23"}, "day"),
        ({"day": "tomorrow"}, "day"),
        ({"day": "2026-11-21", "period": "hourly"}, "period"),
        ({"day": "2026-11-21", "force": True}, "force"),
    ],
)
def test_a_request_that_cannot_be_is_refused_by_name(
    fire: Fire, event: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest, match=f"^{field}: "):
        fire(A_DAY_LATER, event)


class Interrupted:
    """The bucket's client; the first put whose key contains `at` does something else first."""

    def __init__(self, at: str, first: Callable[[], None]) -> None:
        self._real, self._at, self._first = aws.client("s3"), at, [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def put_object(self, **arguments: Any) -> Any:
        """Put an object, after the interruption."""
        if self._at in arguments["Key"] and self._first:
            self._first.pop()()
        return self._real.put_object(**arguments)


@pytest.mark.parametrize("at", ["manifests/", "report.html", "report.json", "manifest.json"])
def test_a_builder_that_dies_leaves_a_day_the_next_hour_finishes(
    stack: Stack, fire: Fire, at: str
) -> None:
    def die() -> None:
        raise ClientError({"Error": {"Code": "InternalError", "Message": ""}}, "PutObject")

    archive_facts([sold(21, 1)])
    aws.install({"s3": Interrupted(at, die)})
    with pytest.raises(ClientError):
        fire(A_DAY_LATER)
    aws.install({})

    assert [each["day"] for each in fire(A_DAY_LATER + HOUR)["built"]] == ["2026-11-21"]
    assert gross(report_of(stack, "2026-11-21")) == 10_00
    rebuilt = fire(A_DAY_LATER, {"day": "2026-11-21", "rebuild": True})
    assert rebuilt["is_identical"] is True


def published(stack: Stack) -> list[dict[str, Any]]:
    return [one["detail"] for one in stack.published() if one["detail-type"] == "ReportClosed"]


def test_a_closed_report_is_published_and_a_preliminary_one_is_not(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([captured("p1", NOON[20], (100, "EUR"))])
    fire(NOON[21], {"day": "2026-11-21"})
    assert published(stack) == []

    fire(A_DAY_LATER)
    facts = published(stack)
    assert [one["data"]["first_day"] for one in facts] == ["2026-11-20", "2026-11-21"]
    fire(A_DAY_LATER + HOUR)
    assert published(stack) == []


def test_a_builder_that_dies_before_a_report_is_finished_publishes_it_once_more_alike(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_facts([captured("p1", NOON[21], (100, "EUR"))])
    with monkeypatch.context() as dying:
        dying.setattr(Reports, "finish", lambda *_: dying_now())
        with pytest.raises(RuntimeError):
            fire(A_DAY_LATER)
    first = published(stack)
    fire(A_DAY_LATER + HOUR)

    assert [one["data"]["first_day"] for one in first] == ["2026-11-21"]
    assert published(stack) == first


def dying_now() -> None:
    raise RuntimeError("the machine is gone")


@pytest.mark.parametrize("at", ["manifests/", "report.html", "manifest.json"])
def test_two_builders_of_one_day_write_the_report_of_the_first_claim(
    stack: Stack, fire: Fire, at: str
) -> None:
    def another() -> None:
        archive_facts([sold(21, 2)])
        fire(A_DAY_LATER + timedelta(minutes=1))

    archive_facts([sold(21, 1)])
    aws.install({"s3": Interrupted(at, another)})
    fire(A_DAY_LATER)
    aws.install({})

    before = stored(stack, "2026-11-21")
    assert fire(A_DAY_LATER, {"day": "2026-11-21", "rebuild": True})["is_identical"] is True
    assert stored(stack, "2026-11-21") == before
    fire(A_DAY_LATER + 24 * HOUR)
    written = [report_of(stack, "2026-11-21"), *report_of(stack, "2026-11-22")["corrections"]]
    assert sum(map(gross, written)) == 20_00


def test_a_preliminary_report_never_outlives_the_close(stack: Stack, fire: Fire) -> None:
    def close() -> None:
        fire(A_DAY_LATER)

    archive_facts([sold(21, 1)])
    aws.install({"s3": Interrupted("report.html", close)})
    answer = fire(A_DAY_LATER - 2 * HOUR, {"day": "2026-11-21"})
    aws.install({})

    assert answer["is_closed"] is True
    assert report_of(stack, "2026-11-21")["is_closed"] is True


def test_no_day_before_the_first_that_was_kept_is_ever_closed(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(19, 1)])

    with pytest.raises(ReportNotFound, match="begin on 2026-11-19"):
        fire(A_DAY_LATER, {"period": "daily", "day": "2026-11-18"})

    assert stored(stack) == {}
    assert fire(A_DAY_LATER, {"period": "daily", "day": "2026-11-19"})["is_closed"]
