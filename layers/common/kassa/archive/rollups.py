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
from typing import Any

from kassa.archive import files, runs, warehouse
from kassa.archive.counting import of_the_books
from kassa.archive.files import FactFolder
from kassa.archive.manifests import FactFile, ReportRun
from kassa.archive.tallies import Rollup
from kassa.core.periods import Period
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
_DAY_BOOKED = (
    "getvariable('days')[1 + getvariable('day_of_quarter')"
    "[1 + (epoch_us(booked_at) - getvariable('starts_us')) // 900_000_000]]"
)
_DAY = "getvariable('days')[1 + day]::DATE AS day"  # of what was counted, which counts its days


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
        to = Path(path, f"{kept}.parquet")
        body = _joined(to, folder.paths(_named(days, kept)), OF_MONTHS[kept][1]).read_bytes()
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
    with warehouse.connected() as connection:
        warehouse.set_variables(connection, files=list(map(str, paths)))
        source = "read_parquet(getvariable('files'), union_by_name = true)"
        return _summed(connection, source, by)


def of_facts(connection: Any, period: Period, by: Sequence[str] = ("day",)) -> tuple[Rollup, ...]:
    """Add up what was counted of a period's facts as `read` adds rollups up, by no hour.

    What describes a capture counts on whichever day of the period it came.
    """
    warehouse.set_variables(connection, days=list(map(str, period.days)))
    return _summed(connection, "counted", by, _DAY)


def _summed(
    connection: Any, source: str, by: Sequence[str], day: str = "day"
) -> tuple[Rollup, ...]:
    columns = (*by, *MEANING)
    names = (*columns, "count", "amount_minor")
    asked = ", ".join(day if name == "day" else name for name in columns)
    rows = warehouse.run(connection, "rollups", columns=asked, rollups=source).fetchall()
    return tuple(Rollup.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def customers_of_facts(connection: Any, period: Period, to: Path) -> None:
    """Write what a period's counted facts came to for each customer, as it is kept of days."""
    warehouse.set_variables(connection, days=list(map(str, period.days)))
    literals = {"report_day": f"'{period.days[-1]}'", "day": _DAY_BOOKED}
    literals["is_of_the_books"] = of_the_books(connection)
    warehouse.run(connection, KEPT["customers"], parquet=f"'{to}'", **literals)


def kept_of(
    folder: Path, connections: Sequence[tuple[Period, Any]], report_day: date
) -> dict[str, Path]:
    """Write what later reports read of what a day's report counted, each of KEPT as Parquet.

    That is its rollup, and its payments and invoices one by one; both hold the day's facts and the
    late ones of earlier days.
    """
    parts = [
        {name: folder / f"{name}-{n}.parquet" for name in KEPT} for n in range(len(connections))
    ]
    for part, (period, connection) in zip(parts, connections, strict=True):
        keep_part(part, connection, period, report_day)
    return {name: _whole(folder, name, [part[name] for part in parts]) for name in KEPT}


def _whole(folder: Path, name: str, parts: Sequence[Path]) -> Path:
    """Make one file of the parts; mostly there is one alone, written as the whole would be."""
    if len(parts) == 1:
        return parts[0]
    query = "payments_joined" if name == "payments" else "rollup_file"
    return _joined(folder / f"{name}.parquet", parts, query)


def keep_part(to: Mapping[str, Path], connection: Any, period: Period, report_day: date) -> None:
    """Write what a day's report keeps of one period's counted facts, each of KEPT to its file."""
    literals = {"report_day": f"'{report_day}'", "day": f"'{period.day}'"}
    literals["is_of_the_books"] = of_the_books(connection)
    for name, query in KEPT.items():
        warehouse.run(connection, query, parquet=f"'{to[name]}'", **literals)


def _joined(to: Path, parts: Sequence[Path], query: str) -> Path:
    with warehouse.connected() as connection:
        warehouse.set_variables(connection, files=list(map(str, parts)))
        warehouse.run(connection, query, parquet=f"'{to}'")
    return to
