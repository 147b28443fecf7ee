"""Blocks of a report's page: headings, paragraphs, lists, tables, cards and charts, as JSON.

What a page shows is taken over text by text. Nothing is worked out anew, so that a figure is the
same wherever it is read. How a block looks is the layout's business.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

Element = ElementTree.Element
Block = dict[str, Any]  # its `kind`, and what it shows
TONES = ("good", "bad", "soft", "note", "empty", "strong", "zero", "words")  # of the page's classes
_INLINE = {"a", "b", "br", "code", "i", "small", "span", "strong"}
_PARTS = {"article", "details", "div", "figure", "main", "section"}
_FIGURE = re.compile(r"[-+−±✓\s]*\d")  # what a figure begins with
_NOTHING = ("", "–", "-")
_FIGURE_MAX = 40  # characters of a figure, with what stands beside it in brackets
_SHORT = 24  # characters of what stands in a column of figures instead of one
_WIDTH = re.compile(r"width:\s*([\d.]+)%")
_COLOR = re.compile(r"background:\s*(#[0-9a-fA-F]{6})")


def blocks_of(parent: Element) -> Iterator[Block]:
    """Yield the blocks of a part of a page, in the order in which they are read."""
    for one in parent:
        if one.tag in _PARTS:
            yield from _part(one)
        else:
            yield from _block(one)


def text_of(element: Element) -> str:
    """Return all that an element says, its spaces as one."""
    return " ".join("".join(element.itertext()).split())


def _part(one: Element) -> Iterator[Block]:
    kinds = _classes(one)
    if "cards" in kinds:
        yield {"kind": "cards", "cards": [list(blocks_of(card)) for card in one]}
    elif "card" in kinds:
        yield {"kind": "cards", "cards": [list(blocks_of(one))]}
    elif "rate" in kinds:
        yield {"kind": "text", "tone": "", "runs": _runs(one)}
    elif any(each.tag in _INLINE for each in one):
        yield _headline(one)
    else:
        yield from blocks_of(one)


def _headline(one: Element) -> Block:
    """Return what a card says first: its name on the left, its amount on the right."""
    amounts = [each for each in one if "net" in _classes(each)]
    names = [each for each in one if each not in amounts]
    return {
        "kind": "headline",
        "name": [run for each in names for run in _runs(each)],
        "amount": [run for each in amounts for run in _runs(each)],
    }


def _block(one: Element) -> Iterator[Block]:
    if re.fullmatch("h[2-6]", one.tag):
        yield {"kind": "heading", "level": int(one.tag[1]), "text": text_of(one)}
    elif one.tag in ("ol", "ul"):
        items = [_runs(item) for item in one]
        yield {"kind": "list", "is_ordered": one.tag == "ol", "items": items}
    elif one.tag == "table":
        yield _table(one)
    elif one.tag == "svg":
        yield _chart(one)
    elif one.tag == "pre":
        yield {"kind": "code", "text": "".join(one.itertext()).strip("\n")}
    elif not _leads_elsewhere(one) and text_of(one):
        yield {"kind": "text", "tone": _tone(one), "runs": _runs(one)}


def _leads_elsewhere(one: Element) -> bool:
    """Whether it leads to the period's other pages, which are chapters of the same document."""
    return any(link.get("href", "").endswith(".html") for link in one.iter("a"))


def _table(one: Element) -> Block:
    """Return a table; `figures` says of each column whether it holds figures."""
    rows = {part: [_row(row) for row in _rows(one, part)] for part in ("thead", "tbody", "tfoot")}
    rows["tbody"] += [_row(row) for row in one if row.tag == "tr"]
    every = [*rows["thead"], *rows["tbody"], *rows["tfoot"]]
    columns = max((len(row) for row in every), default=0)
    for row in every:
        row += [{"runs": [], "tone": ""} for _ in range(columns - len(row))]
    shown = [*rows["tbody"], *rows["tfoot"]]
    figures = [_has_figures([row[at] for row in shown]) for at in range(columns)]
    return {
        "kind": "table",
        "head": rows["thead"],
        "rows": rows["tbody"],
        "foot": rows["tfoot"],
        "figures": [at > 0 and is_one for at, is_one in enumerate(figures)],
    }


def _rows(table: Element, part: str) -> list[Element]:
    return [row for each in table if each.tag == part for row in each]


def _row(row: Element) -> list[Block]:
    return [{"runs": _runs(cell), "tone": _tone(cell)} for cell in row]


def _has_figures(cells: Iterable[Block]) -> bool:
    """Whether a column holds figures, and beside them a dash or why there is none."""
    texts = ["".join(str(run.get("text", "")) for run in cell["runs"]).strip() for cell in cells]
    figures = [one for one in texts if _FIGURE.match(one) and len(one) <= _FIGURE_MAX]
    others = [one for one in texts if one not in figures and one not in _NOTHING]
    return (
        len(texts) > 0
        and all(len(one) <= _SHORT for one in others)
        and (bool(figures) or not others)
    )


def _chart(one: Element) -> Block:
    """Return a chart as it is drawn, and what it says to who can't see it."""
    title = one.find("title")
    kind = "share" if "share" in _classes(one) else "chart"
    alt = text_of(title) if title is not None else one.get("aria-label", "")
    one.tail = None
    one.set("xmlns", "http://www.w3.org/2000/svg")
    return {"kind": kind, "svg": ElementTree.tostring(one, encoding="unicode"), "alt": alt}


def _runs(parent: Element, tone: str = "") -> list[Block]:
    """Return the texts of a paragraph or cell, each with its tone."""
    return list(_joined(_run(parent, tone)))


def _run(parent: Element, tone: str) -> Iterator[Block]:
    yield {"text": parent.text or "", "tone": tone}
    for one in parent:
        if one.tag == "br":
            yield {"text": "\n", "tone": tone}
        elif "meter" in _classes(one):
            yield {"part": _share(one)}
        elif "dot" in _classes(one):
            yield {"dot": _found(_COLOR, one, "#9aa5ad")}
        else:
            yield from _run(one, _inline_tone(one) or tone)
        yield {"text": one.tail or "", "tone": tone}


def _joined(runs: Iterable[Block]) -> Iterator[Block]:
    """Yield runs without those that say nothing; line breaks of the source are spaces."""
    for run in runs:
        if "text" not in run or run["text"] == "\n":
            yield run
        elif text := re.sub(r"[ \t\r\n]+", " ", run["text"]):
            yield run | {"text": text}


def _share(meter: Element) -> float:
    return float(_found(_WIDTH, meter[0], "0")) / 100 if len(meter) else 0.0


def _found(pattern: re.Pattern[str], one: Element, otherwise: str) -> str:
    found = pattern.search(one.get("style", ""))
    return found[1] if found else otherwise


def _inline_tone(one: Element) -> str:
    if one.tag in ("b", "strong"):
        return "strong"
    return one.tag if one.tag in ("code", "small") else _tone(one)


def _tone(one: Element) -> str:
    return next((tone for tone in TONES if tone in _classes(one)), "")


def _classes(one: Element) -> list[str]:
    return one.get("class", "").split()
