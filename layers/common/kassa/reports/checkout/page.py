"""The page of customers' choice: conversion first, then pages, methods, countries, and bands."""

from collections.abc import Sequence
from html import escape

from kassa.reports.breakdown.normal import ATTEMPTS_MIN, LIKE_MIN
from kassa.reports.breakdown.tables import Cell, Cells, row, section, table
from kassa.reports.checkout.choice import (
    PAGES_MIN,
    PAID_MIN,
    PLACES_MAX,
    Choice,
    Failing,
    Method,
    Pages,
)
from kassa.reports.localization import Texts

OUT_MAX = 3  # said first
MINIMUMS = {"pages": PAGES_MIN, "paid": PAID_MIN, "attempts": ATTEMPTS_MIN, "periods": LIKE_MIN}


def headlines(found: Choice, texts: Texts) -> list[str]:
    """Return what is said first: methods out of their band, conversion, and time to pay."""
    lines = [
        texts(
            "first.out",
            method=texts.name("methods", one.method),
            gateway=texts.gateway(one.gateway),
            rate=texts.rate(one.rate),
            high=texts.rate(one.normal.high),
        )
        for one in found.failing
        if one.is_out and one.normal
    ][:OUT_MAX]
    if not found.pages:
        return [*lines, texts("first.no_pages")]
    every = found.pages[0]
    if every.conversion is None:
        return [*lines, texts("first.few", count=texts.number(every.pages))]
    counts = {"paid": texts.number(every.paid), "pages": texts.number(every.pages)}
    lines.append(texts("first.conversion", rate=texts.rate(every.conversion), **counts))
    if every.half_s is not None and every.most_s is not None:
        times = {"half": _minutes(every.half_s, texts), "most": _minutes(every.most_s, texts)}
        lines.append(texts("first.time", **times))
    return lines


def body(found: Choice, texts: Texts) -> str:
    """Return what stands in the page's frame."""
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(found, texts))
    minimums = {name: texts.number(least) for name, least in MINIMUMS.items()}
    return "\n".join((
        f"<h2>{escape(texts('first.title'))}</h2><ol>{items}</ol>",
        _opened(found.pages[: 1 + PLACES_MAX], texts),
        _methods("methods", found.methods, texts),
        _bands(found.failing, texts),
        _methods("places", found.places[:PLACES_MAX], texts),
        f'<p class="note">{escape(texts("sections.minimums", **minimums))}</p>',
    ))  # fmt: skip


def _heads(names: Sequence[str], texts: Texts) -> list[str]:
    return [texts(f"columns.{name}") for name in names]


def _opened(pages: Sequence[Pages], texts: Texts) -> str:
    names = ("place", "pages", "paid", "abandoned", "open", "conversion", "time")
    rows = [_pages_row(one, texts) for one in pages]
    note = texts("sections.pages_note")
    return section(texts("sections.pages"), note, table(_heads(names, texts), rows))


def _pages_row(one: Pages, texts: Texts) -> Cells:
    place = texts("values.all")
    if one.country is not None:
        country = texts("values.unknown") if one.country == "unknown" else one.country
        place = f"{country} · {texts.name('devices', one.device or 'unknown')}"
    time = None
    if one.half_s is not None and one.most_s is not None:
        time = f"{_minutes(one.half_s, texts)} / {_minutes(one.most_s, texts)}"
    counts = (one.pages, one.paid, one.abandoned, one.still_open)
    return row(
        place,
        *(texts.number(count) for count in counts),
        _rate(one.conversion, texts),
        _few(texts) if time is None else time,
    )


def _methods(name: str, methods: Sequence[Method], texts: Texts) -> str:
    names = ("method", "offered", "chosen", "share", "failed", "failure_rate")
    rows = [
        row(
            _named(one.method, texts),
            "–" if one.offered is None else texts.number(one.offered),
            texts.number(one.attempts),
            "–" if one.share is None else texts.rate(one.share),
            texts.number(one.failed),
            _rate(one.failure_rate, texts),
        )
        for one in methods
    ]
    heads = _heads(names, texts)
    if name == "places":  # what was offered isn't known by the card's country
        heads, rows = [heads[0], *heads[2:]], [(cells[0], *cells[2:]) for cells in rows]
    return section(texts(f"sections.{name}"), texts(f"sections.{name}_note"), table(heads, rows))


def _named(method: str, texts: Texts) -> str:
    name, _, country = method.partition("/")
    shown = texts.name("methods", name)
    if not country:
        return shown
    return f"{shown} · {texts('values.unknown') if country == 'unknown' else country}"


def _bands(failing: Sequence[Failing], texts: Texts) -> str:
    rows = [
        row(
            f"{texts.name('methods', one.method)} · {texts.gateway(one.gateway)}",
            texts.number(one.attempts),
            Cell(texts.rate(one.rate), "bad" if one.is_out else ""),
            _few(texts) if one.normal is None else _band(one, texts),
        )
        for one in failing
    ]
    heads = _heads(("method", "chosen", "failure_rate", "usual"), texts)
    return section(texts("sections.bands"), texts("sections.bands_note"), table(heads, rows))


def _band(one: Failing, texts: Texts) -> str:
    assert one.normal, "only what is known has a band"
    low, high = max(0.0, one.normal.low), min(1.0, one.normal.high)
    return f"{texts.rate(low)} – {texts.rate(high)}"


def _rate(rate: float | None, texts: Texts) -> str | Cell:
    return _few(texts) if rate is None else texts.rate(rate)


def _few(texts: Texts) -> Cell:
    return Cell(texts("values.too_few"), "zero")


def _minutes(seconds: int, texts: Texts) -> str:
    """Return a time as people read it: seconds up to two minutes, then minutes."""
    if seconds < 120:
        return texts("values.seconds", count=texts.number(seconds))
    return texts("values.minutes", count=texts.number(seconds / 60))
