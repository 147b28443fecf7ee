"""Make the forecast of the weeks after a period, from the rollups that its manifest names."""

from kassa.reports.content import Content, Source
from kassa.reports.forecast.documents import DOCUMENTS, documents
from kassa.reports.forecast.report import forecast_report
from kassa.reports.forecast.series import days_needed, series_of, unbroken


def build_forecast(source: Source) -> dict[str, bytes]:
    """Return the forecast's documents."""
    manifest, history = source.manifest, source.history
    days = unbroken(history.closed, manifest.period)
    series = series_of(history.rows, days, manifest.period)
    return documents(manifest, forecast_report(series, days[-1] if days else None, len(days)))


FORECAST = Content(DOCUMENTS, build_forecast, history=days_needed)
