"""Rollups: what each closed day came to, so small that a year of them is read in a moment.

A day's rollup is written once, when its report is closed, and its digest stands in the day's run
record. It holds what that report counted: the day's facts, and the late ones of earlier days. So
over all closed days each fact counts once, and `day` is the one it was booked on. Once all days of
a calendar month are closed, theirs are written as one, without hours, under its own digest.
"""

import hashlib
import tempfile
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.archive import files, runs, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import FactFile, Manifest, ReportRun
from kassa.archive.tallies import Rollup
from kassa.core.periods import Period, PeriodKind
from kassa.platform.settings import settings

# Without these nobody knows what an amount is, so nothing is ever added up over them.
MEANING = ("currency", "fact", "kind", "source", "destination")
COLUMNS = ("report_day", "day", "hour", "gateway", "account", "method", "brand", "reason")
PAYMENTS_MAX = 256 << 20  # bytes of earlier payments that a report reads
# Of a closed day, and its query.
KEPT = {"rollup": "rollup", "payments": "payments_file", "customers": "customers_file"}
# Of a calendar month: where it stands, and the query that makes it of its days' files.
OF_MONTHS = {"rollup": ("rollups", "rollup_month"), "customers": ("customers", "customers_month")}
_RUNS_AT_ONCE = 100
# Every offset there is today is a multiple of it, so a quarter lies in one local hour.
_QUARTER = timedelta(minutes=15)
_DAY_OF_PERIOD = (
    "getvariable('days')"
    "[len(list_filter(getvariable('steps_us'), lambda edge: edge <= epoch_us(booked_at)))]"
)
_HOUR = "getvariable('hours')[1 + (epoch_us(booked_at) - getvariable('starts_us')) // 900_000_000]"


def rollups(days: Iterable[date], by: Sequence[str] = ("day",)) -> tuple[Rollup, ...]:
    """Return what the reports of closed days counted, added up by some of COLUMNS, in order.

    Days without a closed report are left out.
    """
    with tempfile.TemporaryDirectory() as path:
        found = named(days) if "hour" in by else named_by_month(days)
        return read(FactFolder(Path(path)), found, by)


def named(days: Iterable[date]) -> tuple[FactFile, ...]:
    """Return the rollups of those of the days that are closed, for a manifest to name."""
    return _named(days, "rollup")


def _named(days: Iterable[date], kept: str) -> tuple[FactFile, ...]:
    days, found = sorted(set(days)), []
    for first in range(0, len(days), _RUNS_AT_ONCE):
        closed = runs.runs(settings().merchant_id, days[first : first + _RUNS_AT_ONCE])
        found += [getattr(closed[day], kept) for day in sorted(closed)]
    return tuple(file for file in found if file is not None)


def named_payments(days: Iterable[date]) -> tuple[FactFile, ...]:
    """Return the payments of those of the days that are closed, as far back as PAYMENTS_MAX lets.

    At most 100 days. A large shop is compared with fewer days, so that a report fits on its disk.
    """
    closed = runs.runs(settings().merchant_id, days)
    found: list[FactFile] = []
    for day in sorted(closed, reverse=True):
        file = closed[day].payments
        if file is None:
            continue
        if sum(each.size for each in found) + file.size > PAYMENTS_MAX:
            break
        found.append(file)
    return tuple(reversed(found))


def named_by_month(days: Iterable[date]) -> tuple[FactFile, ...]:
    """Return the same with a month's rollup in place of all its days'; those know no hour."""
    return _named_by_month(days, "rollup")


def named_customers(until: date, whole_before: date) -> tuple[FactFile, ...]:
    """Return what is kept of customers up to a day, in whole months if they ended before another.

    So each row of a payment by agreement has its day, and no other month's row holds days on both
    sides of that day.
    """
    first = runs.first_day()
    if first is None:
        return ()
    days = {until - timedelta(days=n) for n in range((until - first).days + 2)}
    return _named_by_month(days, "customers", whole_before)


def _named_by_month(
    days: Iterable[date], kept: str, before: date = date.max
) -> tuple[FactFile, ...]:
    days = set(days)
    whole = {
        month: file
        for month, file in _months(kept).items()
        if days_of_month(month)[-1] < before and days.issuperset(days_of_month(month))
    }
    rest = days.difference(*map(days_of_month, whole))
    return (*(whole[month] for month in sorted(whole)), *_named(rest, kept))


def roll_up_month(month: date) -> bool:
    """Write what is kept of a calendar month whose days are all closed; say if any was missing.

    A month that the books begin in has fewer days; what isn't closed yet is waited for.
    """
    days = days_of_month(month)
    known = runs.runs(settings().merchant_id, days)
    return any([_roll_up(month, kept, known) for kept in OF_MONTHS])


def _roll_up(month: date, kept: str, known: Mapping[date, ReportRun]) -> bool:
    days = days_of_month(month)
    rolled_up = sum(getattr(run, kept) is not None for run in known.values())
    is_whole = bool(known) and rolled_up == (days[-1] - min(known)).days + 1
    if not is_whole or month in _months(kept):
        return False
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        body = _joined(Path(path), folder.paths(_named(days, kept)), OF_MONTHS[kept][1])
    digest = hashlib.sha256(body).hexdigest()
    return files.put_new(f"{_months_prefix(kept)}{month:%Y-%m}/{digest}.parquet", body)


def days_of_month(month: date) -> list[date]:
    """Return the days of the calendar month that begins on a day."""
    count = monthrange(month.year, month.month)[1]
    return [month + timedelta(days=n) for n in range(count)]


def _months(kept: str) -> dict[date, FactFile]:
    """Return what is kept of each month that has it; its name says its digest."""
    found: dict[date, FactFile] = {}
    for key, size in runs.sizes(_months_prefix(kept)):
        month, name = key.split("/")[-2:]
        file = FactFile(key=key, sha256=name.removesuffix(".parquet"), size=size)
        found.setdefault(date.fromisoformat(f"{month}-01"), file)
    return found


def _months_prefix(kept: str) -> str:
    return f"reports/{settings().merchant_id}/{OF_MONTHS[kept][0]}/"


def read(
    folder: FactFolder, named: Iterable[FactFile], by: Sequence[str] = ("day",)
) -> tuple[Rollup, ...]:
    """Add named rollups up by some of COLUMNS; raise ArchiveChanged if one isn't what it was."""
    return _added_up(folder.paths(named), by)


def _added_up(paths: Sequence[Path], by: Sequence[str]) -> tuple[Rollup, ...]:
    if not paths:
        return ()
    columns = (*by, *MEANING)
    with tempfile.TemporaryDirectory() as spilled, warehouse.connected(Path(spilled)) as connection:
        connection.execute("SET VARIABLE files = $files", {"files": list(map(str, paths))})
        rows = warehouse.run(connection, "rollups", columns=", ".join(columns)).fetchall()
    names = (*columns, "count", "amount_minor")
    return tuple(Rollup.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def of_facts(connection: Any, period: Period, by: Sequence[str] = ("day",)) -> tuple[Rollup, ...]:
    """Add up a period's chosen facts as `read` adds rollups up; `hour` is none.

    What describes a capture counts on whichever day of the period it came.
    """
    with tempfile.TemporaryDirectory() as path:
        to = Path(path, "rollup.parquet")
        _write_days(connection, period, "rollup", to)
        return _added_up([to], by)


def customers_of_facts(connection: Any, period: Period, to: Path) -> None:
    """Write what a period's chosen facts came to for each customer, as it is kept of days."""
    _write_days(connection, period, "customers", to)


def _write_days(connection: Any, period: Period, kept: str, to: Path) -> None:
    """Write of chosen facts what is kept of days; the day of each is in a variable's list."""
    day = f"'{period.day}'" if period.kind is PeriodKind.DAILY else _DAY_OF_PERIOD
    connection.execute("SET VARIABLE days = $days", {"days": list(map(str, period.days))})
    given = {"hour": "NULL::INTEGER", "report_day": f"'{period.days[-1]}'", "day": day}
    if kept == "rollup":
        given["report_day"] = "NULL"
    warehouse.run(connection, KEPT[kept], parquet=f"'{to}'", **given)


def kept_of(folder: FactFolder, manifest: Manifest) -> dict[str, bytes]:
    """Return what later reports read of the facts that a day's manifest names, each as Parquet.

    That is its rollup, and its payments and invoices one by one; both hold the day's facts and the
    late ones of earlier days.
    """
    files, late = folder.paths(manifest.files), manifest.late
    chosen = [Chosen(manifest.period, files)]
    chosen += [Chosen(one.period, folder.paths(one.files), folder.paths(one.seen)) for one in late]
    with tempfile.TemporaryDirectory() as path:
        parts = [
            {name: Path(path, f"{name}-{n}.parquet") for name in KEPT} for n in range(len(chosen))
        ]
        for part, one in zip(parts, chosen, strict=True):
            keep_part(part, one, manifest)
        return {name: _joined(Path(path), [part[name] for part in parts]) for name in KEPT}


class Chosen(NamedTuple):
    """The facts of one period: those in `files` that aren't in `seen`."""

    period: Period
    files: Sequence[Path]
    seen: Sequence[Path] = ()


def keep_part(to: Mapping[str, Path], of: Chosen, manifest: Manifest) -> None:
    """Write what a day's report keeps of one period's facts, each of KEPT to its file."""
    with warehouse.chosen(of.files, of.period, manifest.merchant_id, of.seen) as connection:
        connection.execute("SET VARIABLE hours = $hours", {"hours": _hours(of.period)})
        days = {"report_day": f"'{manifest.period.day}'", "day": f"'{of.period.day}'"}
        warehouse.run(connection, "kept_payments")
        for name, query in KEPT.items():
            warehouse.run(connection, query, hour=_HOUR, parquet=f"'{to[name]}'", **days)


def _joined(folder: Path, parts: Sequence[Path], query: str = "rollup_file") -> bytes:
    to = folder / "kept.parquet"
    with warehouse.connected(folder) as connection:
        connection.execute("SET VARIABLE files = $files", {"files": list(map(str, parts))})
        warehouse.run(connection, query, parquet=f"'{to}'")
    return to.read_bytes()


def _hours(period: Period) -> list[int]:
    """Return the local hour of each quarter of an hour of a day."""
    zone, count = ZoneInfo(period.time_zone), -(-(period.ends_at - period.starts_at) // _QUARTER)
    return [(period.starts_at + n * _QUARTER).astimezone(zone).hour for n in range(count)]
