"""Make the forecast of the weeks after a period, from the rollups that its manifest names."""

from datetime import date
from pathlib import PurePath

from kassa.archive import rollups
from kassa.reports.content import Source
from kassa.reports.forecast.documents import documents
from kassa.reports.forecast.report import forecast_report
from kassa.reports.forecast.series import BY, series_of, unbroken


def build_forecast(source: Source) -> dict[str, bytes]:
    """Return the forecast's documents."""
    manifest = source.manifest
    closed = [date.fromisoformat(PurePath(file.key).parent.name) for file in manifest.history]
    days = unbroken(closed, manifest.period)
    rows = rollups.read(source.folder, manifest.history, BY)
    series = series_of(rows, days, manifest.period)
    return documents(manifest, forecast_report(series, days[-1] if days else None, len(days)))
