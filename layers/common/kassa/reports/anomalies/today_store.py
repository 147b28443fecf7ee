"""What is urgent of the day so far: of its facts, beside the history that a closed day's has."""

import tempfile
from datetime import datetime
from pathlib import Path

from kassa.archive import counting, rollups, runs
from kassa.archive.files import Archived, FactFolder
from kassa.core.periods import DAY, Period
from kassa.platform.settings import settings
from kassa.reports.anomalies.find import find_urgent, prepared
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.rank import ranked
from kassa.reports.anomalies.rules.cells import days_before
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.rates.store import language


def find_today(period: Period, now: datetime, entered: Entered) -> tuple[Finding, ...]:
    """Return what stands out of a day so far, the worst first."""
    begun, archived = runs.first_day(), Archived.of((period,))
    days = [day for day in days_before(period) if begun and day >= begun - DAY]
    ours = settings()
    texts = Texts(language(ours.merchant_id) or ours.merchant_language)
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        files = folder.paths(folder.fetch(archived.packed(archived.keys(period))))
        known = folder.paths(rollups.named(days)), folder.paths(rollups.named_payments(days))
        with counting.counted(files, period, ours.merchant_id) as facts:
            cells = prepared(facts, period, known, now)
            cells.texts = texts
            return ranked(find_urgent(facts, cells), cells.usual_day(), entered)
