"""The run records of reports: what each period came to, for whoever counts on over days."""

from collections.abc import Iterable
from datetime import date

from kassa.archive.manifests import ReportRun
from kassa.core import stored
from kassa.core.periods import PeriodKind, name_of
from kassa.platform import keys, table


def key(merchant_id: str, day: date, kind: PeriodKind = PeriodKind.DAILY) -> keys.Key:
    """Return the key of the run of the period that begins on a day."""
    return keys.report_run(merchant_id, kind, name_of(kind, day))


def runs(
    merchant_id: str, days: Iterable[date], kind: PeriodKind = PeriodKind.DAILY
) -> dict[date, ReportRun]:
    """Return the run records of up to 100 periods; those never closed are left out."""
    found = table.get_all([key(merchant_id, day, kind) for day in days])
    known = [stored.read(ReportRun, item) for item in found.values()]
    return {date.fromisoformat(run.day): run for run in known}
