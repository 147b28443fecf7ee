"""Rollups: what the reports of closed days counted, small, and never counted twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive import runs
from kassa.archive.archive_facts import archive_facts
from kassa.archive.files import FactFolder
from kassa.archive.rollups import days_of_month, named, named_by_month, read, rollups
from kassa.core.errors import ArchiveChanged
from kassa.core.postings import Account, PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import balanced, captured, fact, failed, moved

ZONE = "Australia/Lord_Howe"  # clocks went half an hour ahead on 4 October 2026, at two
DAYS = [date(2026, 10, day) for day in (3, 4, 5)]
LAST = [date(2026, 10, day) for day in (29, 30, 31)]
MIDNIGHT = {
    day: datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)) for day in (*DAYS, *LAST)
}
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
K = PostingKind

Fire = Callable[..., Any]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture(autouse=True)
def _at_lord_howe(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", ZONE)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def close(fake_clock: FakeClock, context: Context) -> Fire:
    """Return what lets the schedule fire when a day may be closed, or asks for a report."""

    def _close(day: date, event: dict[str, Any] | None = None) -> Any:
        fake_clock.at = (MIDNIGHT[day] + 25 * HOUR).astimezone(UTC)
        return lambda_handler(event or {}, context)

    return _close


def booked(day: date, minutes: int) -> datetime:
    """Return the instant so many minutes after a day began."""
    return MIDNIGHT[day].astimezone(UTC) + minutes * MINUTE


def trade(day: date) -> list[AnyFact]:
    """Return a day's facts: each kind that a rollup tells apart."""
    name = f"{day:%d}"
    return [
        captured(f"a{name}", booked(day, 5), (10_00, "EUR"), brand="visa"),
        captured(f"b{name}", booked(day, 125), (7_000, "JPY"), method="konbini"),
        captured(f"c{name}", booked(day, 185), (20_00, "EUR"), method=None),
        fact(
            "PaymentDescribed",
            f"c{name}",
            booked(day, 600),
            (20_00, "EUR"),
            method="ideal",
            brand="ing",
        ),
        captured(f"d{name}", booked(day, 600), (1_00, "EUR"), method=None),
        moved("RefundSucceeded", f"a{name}", booked(day, 700), (4_00, "EUR"), K.REFUND),
        failed(f"e{name}", booked(day, 710), (5_00, "EUR"), "card_declined", 1),
        failed(f"f{name}", booked(day, 711), (6_00, "EUR"), "card_declined", 1),
        balanced(f"txn_{name}", booked(day, 1390), (10_00, "EUR"), 31),
    ]


def counted_by_hand(facts: list[AnyFact]) -> Counter[tuple[Any, ...]]:
    """Return what rollups by day, hour, method and reason say, as (count, amount) in two keys."""
    described = {
        each.metadata.subject_id: each.data.method
        for each in facts
        if each.data.fact == "PaymentDescribed"
    }
    found: Counter[tuple[Any, ...]] = Counter()
    for each in facts:
        local = each.metadata.booked_at.astimezone(ZoneInfo(ZONE))
        method, data = getattr(each.data, "method", None), each.data
        if data.fact == "PaymentCaptured" and method is None:
            method = described.get(each.metadata.subject_id)
        alike = (local.date(), local.hour, method, getattr(data, "reason", None), data.fact)
        parts = [(None, data.amount)] + [(one.kind, one.amount) for one in data.postings]
        for kind, money in parts:
            found[(*alike, kind, money.currency, "count")] += 1
            found[(*alike, kind, money.currency, "minor")] += money.amount_minor
    return found


def rolled_up(days: list[date]) -> Counter[tuple[Any, ...]]:
    """Return the same of the rollups."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rollups(days, by=("day", "hour", "method", "reason")):
        alike = (row.day, row.hour, row.method, row.reason, row.fact, row.kind, row.currency)
        found[(*alike, "count")] += row.count
        found[(*alike, "minor")] += row.amount_minor
    return found


def test_rollups_of_days_say_what_their_facts_say_added_up_by_hand(
    stack: Stack, close: Fire
) -> None:
    facts = [each for day in DAYS for each in trade(day)]
    archive_facts(facts)
    close(DAYS[-1])

    assert rolled_up(DAYS) == counted_by_hand(facts)
    assert rolled_up(DAYS[1:2]) == counted_by_hand(trade(DAYS[1]))


def test_a_fact_counts_once_however_often_and_late_it_came(stack: Stack, close: Fire) -> None:
    facts = [each for day in DAYS for each in trade(day)]
    on_time, late = facts[::2], facts[1::2]
    late = [each for each in late if each.data.fact not in ("PaymentDescribed", "PaymentCaptured")]
    archive_facts(on_time)
    close(DAYS[0])
    archive_facts(late + on_time)
    close(DAYS[1])
    archive_facts(facts[:3] + on_time + late)
    close(DAYS[2])

    came = [each for each in facts if each in facts[:3] + on_time + late]
    assert rolled_up(DAYS) == counted_by_hand(came)
    counted = {(row.report_day, row.day) for row in rollups(DAYS, by=("report_day", "day"))}
    assert (DAYS[1], DAYS[0]) in counted
    assert all(report_day >= day for report_day, day in counted)


def test_what_postings_brought_into_an_account_is_read_off_a_rollup(
    stack: Stack, close: Fire
) -> None:
    archive_facts(trade(DAYS[0]))
    close(DAYS[0])

    rows = [row for row in rollups(DAYS, by=()) if row.kind and row.currency == "EUR"]
    assert sum(row.into(Account.GATEWAY_FEES) for row in rows) == 31
    assert sum(row.into(Account.CUSTOMERS) for row in rows) == -(10_00 + 20_00 + 1_00) + 4_00


def test_a_day_that_goes_on_has_no_rollup(stack: Stack, close: Fire) -> None:
    archive_facts(trade(DAYS[1]))
    close(DAYS[0], {"day": str(DAYS[1])})

    assert named(DAYS) == ()
    assert rollups(DAYS) == ()


def test_a_rollup_stands_in_the_days_run_and_a_rebuild_leaves_it(stack: Stack, close: Fire) -> None:
    archive_facts(trade(DAYS[0]))
    close(DAYS[0])
    [first] = named(DAYS)
    archive_facts(trade(DAYS[0])[:2])
    rebuilt = close(DAYS[1], {"day": str(DAYS[0]), "rebuild": True})

    assert rebuilt["is_identical"] is True
    assert runs.runs("main", DAYS)[DAYS[0]].rollup == first
    assert named(DAYS[:1]) == (first,)


def test_a_rollup_that_changed_is_refused(stack: Stack, close: Fire) -> None:
    archive_facts(trade(DAYS[0]))
    close(DAYS[0])
    [file] = named(DAYS)
    aws.client("s3").put_object(Bucket=stack.bucket, Key=file.key, Body=b"PAR1 forged")

    with pytest.raises(ArchiveChanged):
        rollups(DAYS)


def test_a_month_is_read_from_one_file_once_all_its_days_are_closed(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    october = days_of_month(date(2026, 10, 1))
    archive_facts([each for day in LAST for each in trade(day)])
    fake_clock.at = datetime(2026, 10, 30, 20, tzinfo=UTC)
    while lambda_handler({}, context)["built"]:
        fake_clock.at += HOUR
    assert len(named_by_month(october)) == len(named(october)) > 1

    fake_clock.at = datetime(2026, 11, 2, 20, tzinfo=UTC)
    while lambda_handler({}, context)["built"]:
        fake_clock.at += HOUR
    before = (*named(october), *named([date(2026, 11, 1)]))
    fake_clock.at += 24 * HOUR
    lambda_handler({}, context)
    [month, *rest] = named_by_month([*october, date(2026, 11, 1)])

    assert (month.key.rpartition("/")[0], len(rest)) == ("reports/main/rollups/2026-10", 1)
    by = ("report_day", "day", "method", "gateway", "reason")
    with TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        assert read(folder, [month, *rest], by) == read(folder, before, by)
    assert rolled_up(october) == counted_by_hand([each for day in LAST for each in trade(day)])
