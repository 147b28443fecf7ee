"""The documents of a summary that is broken down, beside those that every summary has."""

from zoneinfo import ZoneInfo

from kassa.archive.manifests import Manifest
from kassa.core.periods import Period, PeriodKind
from kassa.reports.breakdown.page import body
from kassa.reports.breakdown.words import Words
from kassa.reports.breakdown.workbook import workbook
from kassa.reports.frame import framed, status_name
from kassa.reports.report import Report


def broken_down(manifest: Manifest, report: Report) -> dict[str, bytes]:
    """Return them by name; nothing of a report of an earlier layout."""
    if report.breakdown is None:
        return {}
    words = Words(report.breakdown.language)
    content = body(report, report.breakdown, words)
    own = {} if words.language == "en" else _frame(manifest, words)
    page = framed(manifest, words("frame.title"), content, words("frame.note"), own)
    book = workbook(report, report.breakdown, words)
    return {"report.html": page.encode(), "report.xlsx": book}


def _frame(manifest: Manifest, words: Words) -> dict[str, str]:
    """Return the frame's texts in a language other than its own."""
    at = f"{manifest.built_at:%Y-%m-%d %H:%M:%S}"
    files = words.number(len(manifest.files))
    return {
        "language": words.language,
        "day": _dates(manifest.period, words),
        "span": _span(manifest.period),
        "status_words": words(f"frame.{status_name(manifest)}"),
        "provenance": words("frame.provenance", at=at, files=files),
    }


def _dates(period: Period, words: Words) -> str:
    if period.kind is PeriodKind.DAILY:
        return words.day(period.day)
    if period.kind is PeriodKind.MONTHLY and period.day.day == 1:
        return words.month(period.day)
    return f"{period.name}: {words.day(period.days[0])} – {words.day(period.days[-1])}"


def _span(period: Period) -> str:
    """Return when a period begins and ends by local clocks, without words."""
    zone = ZoneInfo(period.time_zone)
    starts, ends = (at.astimezone(zone) for at in (period.starts_at, period.ends_at))
    return (
        f"{period.time_zone} · {starts.isoformat(sep=' ', timespec='minutes')}"
        f" – {ends.isoformat(sep=' ', timespec='minutes')}"
    )
