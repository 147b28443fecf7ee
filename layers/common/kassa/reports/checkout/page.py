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
from kassa.reports.words import Words

OUT_MAX = 3  # said first
MINIMUMS = {"pages": PAGES_MIN, "paid": PAID_MIN, "attempts": ATTEMPTS_MIN, "periods": LIKE_MIN}


def headlines(found: Choice, words: Words) -> list[str]:
    """Return what is said first: methods out of their band, conversion, and time to pay."""
    lines = [
        words(
            "first.out",
            method=words.name("methods", one.method),
            gateway=words.gateway(one.gateway),
            rate=words.rate(one.rate),
            high=words.rate(one.normal.high),
        )
        for one in found.failing
        if one.is_out and one.normal
    ][:OUT_MAX]
    if not found.pages:
        return [*lines, words("first.no_pages")]
    every = found.pages[0]
    if every.conversion is None:
        return [*lines, words("first.few", count=words.number(every.pages))]
    counts = {"paid": words.number(every.paid), "pages": words.number(every.pages)}
    lines.append(words("first.conversion", rate=words.rate(every.conversion), **counts))
    if every.half_s is not None and every.most_s is not None:
        times = {"half": _minutes(every.half_s, words), "most": _minutes(every.most_s, words)}
        lines.append(words("first.time", **times))
    return lines


def body(found: Choice, words: Words) -> str:
    """Return what stands in the page's frame."""
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(found, words))
    minimums = {name: words.number(least) for name, least in MINIMUMS.items()}
    return "\n".join((
        f"<h2>{escape(words('first.title'))}</h2><ol>{items}</ol>",
        _opened(found.pages[: 1 + PLACES_MAX], words),
        _methods("methods", found.methods, words),
        _bands(found.failing, words),
        _methods("places", found.places[:PLACES_MAX], words),
        f'<p class="note">{escape(words("sections.minimums", **minimums))}</p>',
    ))  # fmt: skip


def _heads(names: Sequence[str], words: Words) -> list[str]:
    return [words(f"columns.{name}") for name in names]


def _opened(pages: Sequence[Pages], words: Words) -> str:
    names = ("place", "pages", "paid", "abandoned", "open", "conversion", "time")
    rows = [_pages_row(one, words) for one in pages]
    note = words("sections.pages_note")
    return section(words("sections.pages"), note, table(_heads(names, words), rows))


def _pages_row(one: Pages, words: Words) -> Cells:
    place = words("values.all")
    if one.country is not None:
        country = words("values.unknown") if one.country == "unknown" else one.country
        place = f"{country} · {words.name('devices', one.device or 'unknown')}"
    time = None
    if one.half_s is not None and one.most_s is not None:
        time = f"{_minutes(one.half_s, words)} / {_minutes(one.most_s, words)}"
    counts = (one.pages, one.paid, one.abandoned, one.still_open)
    return row(
        place,
        *(words.number(count) for count in counts),
        _rate(one.conversion, words),
        _few(words) if time is None else time,
    )


def _methods(name: str, methods: Sequence[Method], words: Words) -> str:
    names = ("method", "offered", "chosen", "share", "failed", "failure_rate")
    rows = [
        row(
            _named(one.method, words),
            "–" if one.offered is None else words.number(one.offered),
            words.number(one.attempts),
            "–" if one.share is None else words.rate(one.share),
            words.number(one.failed),
            _rate(one.failure_rate, words),
        )
        for one in methods
    ]
    heads = _heads(names, words)
    if name == "places":  # what was offered isn't known by the card's country
        heads, rows = [heads[0], *heads[2:]], [(cells[0], *cells[2:]) for cells in rows]
    return section(words(f"sections.{name}"), words(f"sections.{name}_note"), table(heads, rows))


def _named(method: str, words: Words) -> str:
    name, _, country = method.partition("/")
    shown = words.name("methods", name)
    if not country:
        return shown
    return f"{shown} · {words('values.unknown') if country == 'unknown' else country}"


def _bands(failing: Sequence[Failing], words: Words) -> str:
    rows = [
        row(
            f"{words.name('methods', one.method)} · {words.gateway(one.gateway)}",
            words.number(one.attempts),
            Cell(words.rate(one.rate), "bad" if one.is_out else ""),
            _few(words) if one.normal is None else _band(one, words),
        )
        for one in failing
    ]
    heads = _heads(("method", "chosen", "failure_rate", "usual"), words)
    return section(words("sections.bands"), words("sections.bands_note"), table(heads, rows))


def _band(one: Failing, words: Words) -> str:
    assert one.normal, "only what is known has a band"
    low, high = max(0.0, one.normal.low), min(1.0, one.normal.high)
    return f"{words.rate(low)} – {words.rate(high)}"


def _rate(rate: float | None, words: Words) -> str | Cell:
    return _few(words) if rate is None else words.rate(rate)


def _few(words: Words) -> Cell:
    return Cell(words("values.too_few"), "zero")


def _minutes(seconds: int, words: Words) -> str:
    """Return a time as people read it: seconds up to two minutes, then minutes."""
    if seconds < 120:
        return words("values.seconds", count=words.number(seconds))
    return words("values.minutes", count=words.number(seconds / 60))
