"""Rollups of before the books: each imported day once, and anew where more of it was imported."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kassa.archive import imported_rollups, rollups
from kassa.archive.archive_facts import archive_facts
from kassa.archive.files import FactFolder
from kassa.archive.imported_rollups import roll_up_imported
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.platform.settings import settings
from kassa.reports.breakdown.breakdown import HISTORY_BY, history_of
from kassa.reports.breakdown.compared import compared
from tests.support.aws_stack import FakeClock, Stack
from tests.support.facts import captured, failed

DAYS = [date(2026, 11, day) for day in (2, 3, 4)]
BEGUN = date(2026, 11, 5)
ALL = 100


@pytest.fixture(autouse=True)
def _in_helsinki(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Europe/Helsinki")
    settings.cache_clear()
    yield
    settings.cache_clear()


def imported(one: AnyFact) -> AnyFact:
    """Return a fact as an import brings it."""
    marked = one.metadata.model_copy(update={"is_imported": True})
    return one.model_copy(update={"metadata": marked})


def sale(name: str, day: date, hour: int = 12) -> AnyFact:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(seconds=2)
    return imported(captured(name, at, (10_00, "EUR")))


def captures() -> dict[date, int]:
    """Return how many captures the newest rollups count, by day."""
    files = imported_rollups.named(DAYS)
    with TemporaryDirectory() as path:
        rows = rollups.read(FactFolder(Path(path)), files)
    found = {date.fromisoformat(Path(file.key).parent.name): 0 for file in files}
    counts = {row.day: row.count for row in rows if row.kind is None and row.day}
    return found | counts


def test_each_day_of_a_past_is_rolled_up_as_far_as_the_books_and_a_quiet_one_is_none(
    fake_clock: FakeClock,
) -> None:
    late = sale("late", DAYS[0], hour=23)  # in Helsinki it is the next day
    archive_facts([sale("a", DAYS[0]), sale("b", DAYS[0]), late])
    roll_up_imported(BEGUN, ALL)

    assert captures() == {DAYS[0]: 2, DAYS[1]: 1, DAYS[2]: 0}
    assert roll_up_imported(BEGUN, ALL) == []


def test_a_day_of_which_more_is_imported_is_rolled_up_anew_and_the_earlier_one_stays(
    fake_clock: FakeClock,
) -> None:
    archive_facts([sale("a", DAYS[0])])
    roll_up_imported(BEGUN, ALL)
    before = imported_rollups.named(DAYS)
    archive_facts([sale("b", DAYS[0]), sale("a", DAYS[0])])  # one of them once more

    assert DAYS[0] in roll_up_imported(BEGUN, ALL)
    assert captures()[DAYS[0]] == 2
    with TemporaryDirectory() as path:
        [row] = [one for one in rollups.read(FactFolder(Path(path)), before) if one.kind is None]
    assert row.count == 1


def test_a_long_past_is_rolled_up_from_its_end_a_few_days_at_a_time(fake_clock: FakeClock) -> None:
    archive_facts([sale("a", day) for day in DAYS])
    assert roll_up_imported(BEGUN, 2) == DAYS[:0:-1]
    assert roll_up_imported(BEGUN, 2) == [DAYS[0], DAYS[0] - timedelta(days=1)]


def test_a_past_without_failed_attempts_says_nothing_of_their_rate(fake_clock: FakeClock) -> None:
    archive_facts([sale(f"{day}{n}", day) for day in DAYS for n in range(20)])
    roll_up_imported(BEGUN, ALL)
    files, zone = imported_rollups.named(DAYS), "Europe/Helsinki"
    with TemporaryDirectory() as path:
        rows = rollups.read(FactFolder(Path(path)), files, HISTORY_BY)
    at = datetime(2026, 11, 5, 12, tzinfo=UTC)
    archive_facts([imported(failed("x", at, (10_00, "EUR"), "declined", 1)), sale("y", BEGUN)])
    roll_up_imported(BEGUN, ALL)
    with TemporaryDirectory() as path:
        now = rollups.read(FactFolder(Path(path)), imported_rollups.named([BEGUN]), HISTORY_BY)
    figures = {
        one.figure: one.previous
        for one in compared(now, history_of(files, rows), Period.of(BEGUN, zone), True)
        if one.currency
    }

    assert figures["captures"] == 20
    assert figures["failure_rate"] is None
