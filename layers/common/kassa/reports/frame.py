"""The frame of a report's page: which report of what, closed or not, of which files; day and night.

A page is one file without scripts, so that it can be mailed, kept and printed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from kassa.archive.manifests import Manifest
from kassa.core.periods import Period, PeriodKind
from kassa.reports.localization import IN_ENGLISH_BEFORE, Texts
from kassa.reports.report import Report

LAYOUT = Path(__file__).parent / "layouts" / "frame.html"
# Embedding, overriding and isolating characters of the bidirectional algorithm: a name that brings
# one would turn round the amount beside it. Letters of either direction need none.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def framed(
    manifest: Manifest, title: str, body: str, note: str, own: Mapping[str, str] | None = None
) -> str:
    """Return a whole page around a report's own part, which is HTML; the rest is escaped.

    `note` says what the figures are, below them; `own` are the frame's texts in another language.
    """
    merchant = manifest.merchant_name or manifest.merchant_id
    texts = {
        "language": "en",
        "title": title,
        "merchant": merchant,
        "period": manifest.period.name,
        "day": dates_of(manifest.period),
        "span": span_of(manifest.period),
        "status": status_name(manifest),
        "status_words": status_of(manifest),
        "provenance": f"Built {manifest.built_at:%Y-%m-%d %H:%M:%S} UTC from"
        f" {_files(len(manifest.files))}, which manifest.json names.",
        "note": note,
    }
    safe = {name: escape(text) for name, text in {**texts, **(own or {})}.items()}
    made = Template(LAYOUT.read_text("utf-8")).substitute(safe, body=body)
    return made if manifest.layout < IN_ENGLISH_BEFORE else made.translate(_TURNING)


def framed_in(texts: Texts, manifest: Manifest, body: str, note: str | None = None) -> str:
    """Return a whole page in a language: its title and its note are the report's own texts.

    `note` is that text with what is filled in.
    """
    own = {} if texts.is_english else _frame(texts, manifest)
    return framed(manifest, texts("frame.title"), body, note or texts("frame.note"), own)


def _frame(texts: Texts, manifest: Manifest) -> dict[str, str]:
    """Return the frame's texts in a language other than its own."""
    at = f"{manifest.built_at:%Y-%m-%d %H:%M:%S}"
    files = texts.number(len(manifest.files))
    return {
        "language": texts.language,
        "day": _dates_in(texts, manifest.period),
        "span": _plain_span(manifest.period),
        "status_words": texts(f"frame.{status_name(manifest)}"),
        "provenance": texts("frame.provenance", at=at, files=files),
    }


def _dates_in(texts: Texts, period: Period) -> str:
    if period.kind is PeriodKind.DAILY:
        return texts.day(period.day)
    if period.kind is PeriodKind.MONTHLY and period.day.day == 1:
        return texts.month(period.day)
    return f"{_named(period)}{texts.day(period.days[0])} – {texts.day(period.days[-1])}"


def _plain_span(period: Period) -> str:
    """Return when a period begins and ends by local clocks, without words."""
    zone = ZoneInfo(period.time_zone)
    starts, ends = (at.astimezone(zone) for at in (period.starts_at, period.ends_at))
    return (
        f"{period.time_zone} · {starts.isoformat(sep=' ', timespec='minutes')}"
        f" – {ends.isoformat(sep=' ', timespec='minutes')}"
    )


def _files(count: int) -> str:
    return "1 archived file" if count == 1 else f"{count:,} archived files"


def status_name(report: Manifest | Report) -> str:
    """Return a report's status as its documents name it."""
    still = "imported" if report.is_imported else "preliminary"
    return "closed" if report.is_closed else still


def status_of(report: Manifest | Report) -> str:
    """Say whether a report can still change, and why."""
    if report.is_imported:
        return "Imported: from before these books"
    noun = report.period.kind.noun
    return "Closed" if report.is_closed else f"Preliminary: this {noun} isn't closed"


def dates_of(period: Period) -> str:
    """Return which days a period has, as people write them."""
    if period.kind is PeriodKind.DAILY:
        return _date(period.day)
    if period.kind is PeriodKind.MONTHLY and period.day.day == 1:
        return f"{period.day:%B %Y}"
    first, last = period.days[0], period.days[-1]
    return f"{_named(period)}{_date(first)} to {_date(last)}"


def _named(period: Period) -> str:
    """Return a period's name to stand before its dates; the name of a window is only those."""
    return "" if period.last and period.edition == 1 else f"{period.name}: "


def _date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def span_of(period: Period) -> str:
    """Return when a period begins and ends, by local clocks, and how long it is."""
    zone = ZoneInfo(period.time_zone)
    starts, ends = period.starts_at.astimezone(zone), period.ends_at.astimezone(zone)
    hours = f"{(period.ends_at - period.starts_at).total_seconds() / 3600:g} hours"
    since, until = (f"{at.day} {at:%b %H:%M}" for at in (starts, ends))
    if starts.utcoffset() != ends.utcoffset():
        since, hours = f"{since} (UTC{_offset(starts)})", f"{hours}, since clocks changed"
    return f"{period.time_zone} · {since} to {until} (UTC{_offset(ends)}) · {hours}"


def _offset(instant: datetime) -> str:
    return instant.isoformat(timespec="minutes")[16:]
