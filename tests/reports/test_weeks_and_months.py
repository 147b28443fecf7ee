"""Weeks and months: closed once like days, with what came late for a day in their own figures."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive import counting, files, warehouse
from kassa.archive.archive_facts import archive_facts
from kassa.core.errors import ArchiveTooLarge, InvalidRequest, ReportNotFound
from kassa.core.periods import Calendar, Period, PeriodKind
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.build_report import REPORTS_A_RUN
from kassa.reports.report import Report
from kassa.reports.summary.summary import FIGURES, CurrencySummary, summarise
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, fact, moved

K = PeriodKind
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)  # 2026-W48 is over
FIRST = datetime(2026, 12, 1, 2, tzinfo=UTC)  # so is 2026-11

Built = list[tuple[str, str]]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture
def fire(stack: Stack, fake_clock: FakeClock, context: Context) -> Callable[..., Any]:
    """Return what fires the schedule, or asks for a report, at an instant."""

    def _fire(at: datetime, kind: str = "", name: str = "", **more: Any) -> Any:
        fake_clock.at = at
        return lambda_handler({"period": kind, "day": name, **more} if kind else {}, context)

    return _fire


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what sets parameters of the stack."""

    def _set(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), value)
        settings.cache_clear()

    yield _set
    settings.cache_clear()


Fire = Callable[..., Any]


def sold(month: int, day: int, n: int = 1, amount_minor: int = 10_00) -> AnyFact:
    """Return a capture at noon of a day."""
    at = datetime(2026, month, day, 12, n, tzinfo=UTC)
    return captured(f"pi_{month}_{day}_{n}", at, (amount_minor, "EUR"))


def until_nothing_is_due(fire: Fire, at: datetime) -> Built:
    """Fire the schedule hour by hour and return what was closed."""
    closed: Built = []
    for n in range(24):
        built = fire(at + n * HOUR)["built"]
        if not built:
            return closed
        assert len(built) <= REPORTS_A_RUN
        closed += [(each["period"], each["day"]) for each in built]
    raise AssertionError("it never ends")


def longer(built: Built) -> list[str]:
    return [name for kind, name in built if kind != "daily"]


def bodies(stack: Stack) -> dict[str, bytes]:
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket=stack.bucket, Prefix="reports/").get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=stack.bucket, Key=each["Key"])["Body"].read()
        for each in listed
    }


def report_of(stack: Stack, kind: str, name: str) -> dict[str, Any]:
    key = f"reports/main/{kind}/{name}/report.json"
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    report: dict[str, Any] = json.loads(body)
    return report


def gross(report: dict[str, Any]) -> int:
    return sum(int(each["gross"]["amount_minor"]) for each in report["currencies"])


def test_a_week_and_a_month_that_have_ended_are_closed_by_the_next_hours(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([sold(11, day) for day in (22, 28, 29, 30)])

    assert longer(until_nothing_is_due(fire, MONDAY)) == [f"2026-W{n}" for n in (47, 48)]
    assert until_nothing_is_due(fire, FIRST) == [("daily", "2026-11-30"), ("monthly", "2026-11")]
    assert gross(report_of(stack, "weekly", "2026-W48")) == 20_00
    assert gross(report_of(stack, "monthly", "2026-11")) == 40_00


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=2)])
def test_a_clock_that_fires_late_or_often_ends_in_one_report_of_each_period(
    stack: Stack, fire: Fire, late: timedelta
) -> None:
    archive_facts([sold(11, 22), sold(11, 30)])
    built = until_nothing_is_due(fire, FIRST + late)

    assert len(set(built)) == len(built)
    assert {"2026-W47", "2026-W48", "2026-11"} <= set(longer(built))
    once = bodies(stack)
    assert fire(FIRST + late + HOUR) == {"built": [], "rolled_up": 0}
    assert bodies(stack) == once


def test_days_are_closed_before_weeks_and_those_before_months(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(11, 29)])
    kinds = [kind for kind, _ in until_nothing_is_due(fire, FIRST)]

    assert kinds == sorted(kinds, key=list(PeriodKind).index)


def test_what_came_late_for_its_day_is_in_the_week_and_what_came_after_it_corrects_the_next(
    stack: Stack, fire: Fire
) -> None:
    archive_facts([sold(11, 27)])
    until_nothing_is_due(fire, datetime(2026, 11, 28, 2, tzinfo=UTC))
    archive_facts([sold(11, 27, 2, 1)])
    until_nothing_is_due(fire, FIRST)
    before = bodies(stack)
    archive_facts([sold(11, 27, 3, 7), sold(12, 2, 1, 100), sold(11, 27)])
    for kind, name in (("weekly", "2026-W49"), ("weekly", "2026-W50"), ("monthly", "2026-12")):
        assert fire(datetime(2027, 1, 1, 2, tzinfo=UTC), kind, name)["is_closed"] is True

    assert report_of(stack, "daily", "2026-11-28")["corrections"][0]["day"] == "2026-11-27"
    for kind, first, second in (
        ("weekly", "2026-W48", "2026-W49"),
        ("monthly", "2026-11", "2026-12"),
    ):
        assert gross(report_of(stack, kind, first)) == 10_01
        assert report_of(stack, kind, first)["corrections"] == []
        [correction] = report_of(stack, kind, second)["corrections"]
        assert (correction["day"], correction["facts"], gross(correction)) == (first, 1, 7)
        assert gross(report_of(stack, kind, second)) == 100
    assert report_of(stack, "weekly", "2026-W50")["corrections"] == []
    assert before.items() <= bodies(stack).items()


def test_a_closed_week_or_month_is_rebuilt_to_the_same_bytes(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(11, 22), sold(11, 28)])
    until_nothing_is_due(fire, MONDAY)
    archive_facts([sold(11, 22, 2), sold(11, 29)])
    until_nothing_is_due(fire, FIRST)
    before = bodies(stack)
    archive_facts([sold(11, 28, 9)])

    for kind, name in (("weekly", "2026-W48"), ("monthly", "2026-11")):
        assert fire(FIRST + 9 * HOUR, kind, name, rebuild=True)["is_identical"] is True
        assert fire(FIRST + 9 * HOUR, kind, name)["is_closed"] is True
        assert bodies(stack) == before


def test_a_period_that_goes_on_gets_a_preliminary_report(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(11, 23)])
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    for kind, name in (("weekly", "2026-W48"), ("monthly", "2026-11")):
        built = fire(noon, kind, name)
        assert (built["period"], built["day"], built["is_closed"]) == (kind, name, False)
        assert gross(report_of(stack, kind, name)) == 10_00
    assert stack.items() == []


def test_sunday_weeks_and_fiscal_months_are_closed_where_they_are_set(
    stack: Stack, fire: Fire, set_to: Callable[..., None]
) -> None:
    set_to(week_starts_on="sunday", month_starts_on="26")
    archive_facts([sold(11, 21), sold(11, 22, 1, 1), sold(11, 25, 1, 2), sold(11, 26, 1, 4)])
    closed = longer(until_nothing_is_due(fire, datetime(2026, 11, 29, 2, tzinfo=UTC)))

    assert closed == ["2026-S47", "2026-S48", "2026-11-F26"]
    assert gross(report_of(stack, "weekly", "2026-S48")) == 7
    assert gross(report_of(stack, "monthly", "2026-11-F26")) == 10_03


def test_what_was_closed_stays_after_weeks_and_months_are_set_otherwise(
    stack: Stack, fire: Fire, set_to: Callable[..., None]
) -> None:
    archive_facts([sold(11, 25)])
    until_nothing_is_due(fire, FIRST)
    before = bodies(stack)
    set_to(week_starts_on="sunday", month_starts_on="26")
    closed = longer(until_nothing_is_due(fire, FIRST + HOUR))

    assert closed == ["2026-S48", "2026-11-F26"]
    assert fire(FIRST, "weekly", "2026-W48", rebuild=True)["is_identical"] is True
    assert fire(FIRST, "monthly", "2026-11")["is_closed"] is True
    assert before.items() <= bodies(stack).items()


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("weekly", "2026-S48", "day: 2026-S48 is no week here; 2026-W48 is"),
        ("monthly", "2026-11-F26", "day: 2026-11-F26 is no month here; 2026-11 is"),
        ("weekly", "2026-11-23", "day: 2026-11-23 names no week"),
        ("monthly", "2027-01", "day: 2027-01 has not begun in UTC"),
    ],
)
def test_a_period_that_is_none_of_the_merchants_is_refused(
    fire: Fire, kind: str, name: str, why: str
) -> None:
    archive_facts([sold(11, 2)])
    with pytest.raises(InvalidRequest, match=f"^{why}"):
        fire(FIRST, kind, name)


def test_a_period_that_ended_before_the_books_began_has_no_report(fire: Fire) -> None:
    archive_facts([sold(11, 18)])
    assert fire(FIRST, "weekly", "2026-W47")["is_closed"] is True
    with pytest.raises(ReportNotFound, match="the books begin on 2026-11-18"):
        fire(FIRST, "weekly", "2026-W46")


def test_a_closed_week_and_month_are_published_with_their_days(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(11, 28)])
    until_nothing_is_due(fire, FIRST)
    closed = [one["detail"] for one in stack.published() if one["detail-type"] == "ReportClosed"]
    week, month = [one for one in closed if one["data"]["period"] != "daily"]

    days = ("first_day", "last_day")
    assert [week["data"][name] for name in days] == ["2026-11-23", "2026-11-29"]
    assert [month["data"][name] for name in days] == ["2026-11-01", "2026-11-30"]
    assert month["metadata"]["subject_id"] == "report-monthly-2026-11"
    assert week["data"]["page_key"] in bodies(stack)
    assert len({one["metadata"]["fact_id"] for one in closed}) == len(closed)


def test_files_that_dont_fit_are_refused_by_name_and_keep_no_day_from_being_closed(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Disk(NamedTuple):
        free: int

    archive_facts([sold(11, 23)])
    archive_facts([sold(11, 29)])
    room = [Disk(files.LEFT_FREE << 1)]  # for each day's file, and not for the week's
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room[-1])
    assert len(fire(MONDAY)["built"]) == REPORTS_A_RUN
    room.append(Disk(files.LEFT_FREE))

    with pytest.raises(ArchiveTooLarge, match="more EphemeralStorage"):
        fire(MONDAY + HOUR)
    assert {key.split("/")[2] for key in bodies(stack)} == {"daily"}


def test_a_week_is_shown_by_its_days(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(11, 27), sold(11, 29, 1, 5_00)])
    until_nothing_is_due(fire, FIRST)
    report = report_of(stack, "weekly", "2026-W48")
    page = bodies(stack)["reports/main/weekly/2026-W48/report.html"].decode()
    sheet = bodies(stack)["reports/main/weekly/2026-W48/report.csv"].decode()

    assert report["currencies"][0]["days"] == [0, 0, 0, 0, 10_00, 0, 5_00]
    assert "hours" not in report["currencies"][0]
    assert "2026-W48: Monday 23 November 2026 to Sunday 29 November 2026" in page
    assert "Gross over time" in page
    assert "Gross in EUR by day; the strongest is Fri 27 Nov: 10.00 EUR." in page
    assert "2026-W48,UTC,closed,days,2026-W48,EUR,2026-11-29,5.00,500,," in sheet
    month = bodies(stack)["reports/main/monthly/2026-11/report.html"].decode()
    assert "<h1>November 2026</h1>" in month
    assert (
        Report.model_validate({**report, "manifest": None}, extra="ignore").period.kind is K.WEEKLY
    )


# Clocks change in them, at midnight or by half an hour; a day is skipped; offsets aren't whole.
ZONES = {
    "Europe/Berlin": date(2026, 10, 1),
    "America/New_York": date(2026, 3, 1),
    "America/Santiago": date(2026, 9, 1),
    "America/Havana": date(2026, 11, 1),
    "Australia/Lord_Howe": date(2026, 10, 1),
    "Asia/Kathmandu": date(2026, 11, 1),
    "America/St_Johns": date(2026, 11, 1),
    "Pacific/Apia": date(2011, 12, 1),
}
OFTEN = ("Europe/Berlin",)  # all of them by night, with the golden year


@pytest.mark.parametrize(
    "zone",
    [pytest.param(zone, marks=() if zone in OFTEN else pytest.mark.slow) for zone in ZONES],
)
def test_the_days_figures_add_up_to_the_weeks_and_the_months(zone: str, tmp_path: Path) -> None:
    month = Calendar(zone).period(K.MONTHLY, ZONES[zone])
    path = tmp_path / "facts.parquet"
    path.write_bytes(warehouse.to_parquet(_of_a_month(month, random.Random(zone))))

    def summary(period: Period) -> dict[str, CurrencySummary]:
        counted = counting.tally([path], period, "main")
        return {each.currency: each for each in summarise(counted, period)}

    by_day = {day: summary(Period.of(day, zone)) for day in month.days}
    weeks = {Calendar(zone, "sunday").period(K.WEEKLY, day) for day in month.days}
    weeks |= {Calendar(zone).period(K.WEEKLY, day) for day in month.days}
    whole = [each for each in weeks if set(each.days) <= by_day.keys()]
    assert len(whole) >= 6
    for period in (month, *whole):
        _add_up([by_day[day] for day in period.days], summary(period))


def _add_up(days: list[dict[str, CurrencySummary]], found: dict[str, CurrencySummary]) -> None:
    assert found.keys() == {currency for day in days for currency in day}
    for currency, whole in found.items():
        parts = [day[currency] for day in days if currency in day]
        for name in FIGURES:
            amounts = [getattr(each, name).amount_minor for each in parts]
            assert getattr(whole, name).amount_minor == sum(amounts), name
        for account, amount_minor in whole.accounts.items():
            assert amount_minor == sum(each.accounts.get(account, 0) for each in parts)
        assert whole.failed_attempts == sum(each.failed_attempts for each in parts)
        assert whole.captured_payments == sum(each.captured_payments for each in parts)
        by_day = [day[currency].gross.amount_minor if currency in day else 0 for day in days]
        assert list(whole.days) == by_day


def _of_a_month(month: Period, chance: random.Random) -> list[AnyFact]:
    """Return facts at the edges of every day of a month, and anywhere in it."""
    edges = [Period.of(day, month.time_zone).starts_at for day in month.days]
    tick = timedelta(microseconds=1)
    instants = [at for edge in edges for at in (edge, edge + HOUR / 2, edge - tick)]
    length = month.ends_at - month.starts_at
    instants += [month.starts_at + chance.random() * length for _ in range(60)]
    made: list[AnyFact] = []
    for n, at in enumerate(instants):
        money = (chance.randint(1, 10_000), chance.choice(["EUR", "JPY"]))
        made.append(captured(f"pi_{n}", at, money))
        if n % 4 == 0:
            made.append(moved("RefundSucceeded", f"pi_{n}", at, money, PostingKind.REFUND))
        if n % 5 == 0:
            made.append(fact("PaymentFailed", f"no_{n}", at, money, reason="declined"))
    return made
