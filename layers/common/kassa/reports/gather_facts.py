"""Gather facts: name the archived files a report is made of, and count what they say.

A closed report counts what was archived when its period was claimed. What comes later for that one
is found here by the next report: facts in files that no manifest names, less those reported before.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from kassa.archive import files as fact_files
from kassa.archive import imported_rollups, rollups, runs, warehouse
from kassa.archive.files import Archived, FactFolder
from kassa.archive.manifests import FactFile, LateFiles, Manifest
from kassa.archive.report_names import LAYOUT
from kassa.core.periods import Period
from kassa.platform.settings import settings
from kassa.reports.breakdown.inputs import NAME, Inputs
from kassa.reports.breakdown.normal import days_needed
from kassa.reports.contents import history_of, inputs_of, payments_before, reads_customers
from kassa.reports.rates.store import SavedRates, language

DAY = timedelta(days=1)  # a local day may begin a UTC day earlier


def gather_facts(
    folder: FactFolder, period: Period, closed: dict[date, Manifest], now: datetime
) -> Manifest:
    """Return the manifest of a report of this period, as the archive stands now.

    `closed` holds the manifests of all periods of its kind that may still be corrected or that held
    corrections.
    """
    archived = Archived.of((period, *_periods(closed)), closed.values())
    history, first = _history(period), _first_known()
    return Manifest(
        layout=LAYOUT,
        merchant_id=settings().merchant_id,
        merchant_name=settings().merchant_name,
        period=period,
        is_closed=now >= period.closes_at,
        built_at=now,
        files=folder.fetch(archived.packed(archived.keys(period))),
        late=tuple(_late_files(folder, period, closed, archived)),
        inputs=inputs_of(period) | {NAME: read_inputs(period)},
        history=(
            *imported_rollups.named(history),
            *rollups.named(day for day in history if day >= first),
        ),
        payments=rollups.named_payments(day for day in payments_before(period) if day >= first),
        customers=_customers(period),
    )


def _customers(period: Period) -> tuple[FactFile, ...]:
    """Return what is kept of customers up to a period's end, where a report of it reads that."""
    if not reads_customers(period):
        return ()
    kept = rollups.named_customers(period.days[-1], whole_before=period.day)
    return (*imported_rollups.before(period.day, "customers"), *kept)


def _history(period: Period) -> set[date]:
    return {*history_of(period), *days_needed(period)}


def gather_imported(folder: FactFolder, period: Period, now: datetime) -> Manifest | None:
    """Return the manifest of a period before the books, of what was imported; none of nothing.

    It is never closed: more of it may be imported. It is held against what was imported before it.
    """
    listed = fact_files.listed(period.utc_days, fact_files.IMPORTED)
    files = folder.fetch(key for day in period.utc_days for key in listed[day])
    if not files:
        return None
    return Manifest(
        layout=LAYOUT,
        merchant_id=settings().merchant_id,
        merchant_name=settings().merchant_name,
        period=period,
        is_closed=False,
        built_at=now,
        files=files,
        inputs=inputs_of(period) | {NAME: read_inputs(period)},
        history=imported_rollups.named(_history(period)),
        customers=_imported_customers(period),
        is_imported=True,
    )


def _imported_customers(period: Period) -> tuple[FactFile, ...]:
    return imported_rollups.before(period.day, "customers") if reads_customers(period) else ()


def read_inputs(period: Period) -> dict[str, Any]:
    """Return the language, the reporting currency and its rates, for the manifest to keep."""
    merchant_id = settings().merchant_id
    found = Inputs(
        language=language(merchant_id) or settings().merchant_language,
        currency=settings().merchant_currency,
        rates=SavedRates(merchant_id).on(period.days[-1]),
    )
    return found.model_dump(mode="json")


def _first_known() -> date:
    """Return the first local day that anything may be known of; none is, if nothing is archived."""
    first = runs.first_day()
    return first - DAY if first else date.max


def _late_files(
    folder: FactFolder,
    period: Period,
    closed: dict[date, Manifest],
    archived: Archived,
) -> Iterator[LateFiles]:
    """Find what came for earlier periods after they were closed, and that no report has shown."""
    for day in sorted(day for day in closed if day < period.day):
        named = {key for later in closed if later >= day for key in closed[later].keys}
        known, keys = archived.unpacked(named), archived.keys(closed[day].period)
        files = folder.fetch(key for key in keys if key not in known)
        late = LateFiles(period=closed[day].period, files=files, seen=())
        if not _is_any(folder, late):
            continue  # the files are those of a neighbour
        seen = folder.fetch(archived.packed(key for key in keys if key in known))
        late = late.model_copy(update={"seen": seen})
        if _is_any(folder, late):
            yield late


def _is_any(folder: FactFolder, late: LateFiles) -> bool:
    files, seen = folder.paths(late.files), folder.paths(late.seen)
    return warehouse.is_any(files, late.period, settings().merchant_id, seen)


def _periods(closed: dict[date, Manifest]) -> list[Period]:
    return [manifest.period for manifest in closed.values()]
