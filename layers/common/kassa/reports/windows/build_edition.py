"""Editions of a window's report: which there are, and the next one if it says anything new."""

from datetime import datetime

from kassa.archive import warehouse
from kassa.archive.files import Archived, FactFolder
from kassa.archive.manifests import Manifest, ReportRun
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.core.periods import EDITIONS_MAX, Period
from kassa.reports.close_report import built, publish
from kassa.reports.gather_facts import gather_facts
from kassa.reports.report import BuiltReport
from kassa.reports.store import Reports


def find_edition(reports: Reports, period: Period) -> Period:
    """Return a window as its newest edition, or as the first where none was closed.

    One that is named by its edition stays; raises ReportNotFound where there is none such.
    """
    every = [
        period.model_copy(update={"edition": edition}) for edition in range(1, EDITIONS_MAX + 1)
    ]
    known = reports.named(one.name for one in every)
    if period.edition > 1:
        if period.name not in known:
            raise ReportNotFound(f"there is no {period.name}: the report has {len(known)} editions")
        return period
    return next((one for one in reversed(every) if one.name in known), period)


def build_edition(
    reports: Reports, folder: FactFolder, run: ReportRun, now: datetime
) -> BuiltReport:
    """Build the next edition of a window's report, or answer the newest if nothing is new."""
    before = reports.manifest(run)
    manifest = gather_facts(folder, before.period.following_edition(), {}, now)
    if not _is_news(folder, manifest, before):
        return built(reports, run)
    return publish(reports, folder, reports.claim(manifest))


def _is_news(folder: FactFolder, manifest: Manifest, before: Manifest) -> bool:
    """Say whether facts came since an edition's manifest, or what was entered is other than it was.

    Files that hold none of the window's facts are its neighbours' and no news.
    """
    if stored.plain(manifest)["inputs"] != stored.plain(before)["inputs"]:
        return True
    archived = Archived.of([manifest.period], [before])
    known = archived.unpacked(before.keys)
    keys = archived.keys(manifest.period)
    came, seen = (
        folder.paths(
            folder.fetch(archived.packed(key for key in keys if (key in known) is is_seen))
        )
        for is_seen in (False, True)
    )
    return warehouse.is_any(came, manifest.period, manifest.merchant_id, seen)
