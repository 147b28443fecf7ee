"""Writes the tables of docs/gateways/ and docs/payment-methods.md.

Run `.venv/bin/python -m infra.gateway_pages`. A page holds a section between two comments,
`<!-- declines -->` and `<!-- /declines -->`; what stands between them is made from the code's own
tables. Whoever has another table of each gateway's adds a section here and the two comments to
the pages: to the pages of those gateways that have its module. A test fails while a page isn't
current.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from kassa.gateways import registry
from kassa.gateways.declines import DeclineScope, by_meaning, table
from kassa.gateways.event_types import event_types
from kassa.gateways.payment_methods import BRANDS, PaidMethod

DOCS = Path(__file__).parents[1] / "docs"
METHODS_PAGE = DOCS / "payment-methods.md"


class Section(NamedTuple):
    """A part of a gateway's page, the gateway's module that it is made from, and what writes it."""

    name: str
    module: str
    text: Callable[[str], str]  # from the gateway's name


def declines(gateway: str) -> str:
    """Write what the gateway's codes for a no mean, one row a meaning."""
    rows = list(table(gateway).values())
    lines = ["| codes | of | reason | another gateway | what to do |", "|---|---|---|---|---|"]
    for scope in DeclineScope:
        for meaning, codes in by_meaning(row for row in rows if row.of is scope).items():
            elsewhere = "may do" if meaning.is_retryable else "no"
            named = ", ".join(f"`{code}`" for code in codes)
            cells = (named, scope, meaning.reason, elsewhere, meaning.action)
            lines.append(f"| {' | '.join(cells)} |")
    pages = dict.fromkeys(row.source for row in rows if row.source.startswith("https://"))
    sources = [f"- <{page}>" for page in pages]
    return "\n".join([*lines, *(["", "From:", "", *sources] if sources else [])])


def brands(_: str) -> str:
    """Write our list of methods, and the brands that are known of each."""
    named = {method: [b for b, of in BRANDS.items() if of is method] for method in PaidMethod}
    rows = (f"| `{one}` | {', '.join(f'`{b}`' for b in named[one])} |" for one in PaidMethod)
    return "\n".join(["| method | brands |", "|---|---|", *rows])


def events(gateway: str) -> str:
    """Write what becomes of each event type of the gateway's own list."""
    if not event_types(gateway):
        return "Its specification names no event types."
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in event_types(gateway).values():
        grouped.setdefault((row.outcome, row.why), []).append(f"`{row.name}`")
    lines = ["| event types | what becomes of it | why |", "|---|---|---|"]
    for (outcome, why), names in grouped.items():
        lines.append(f"| {', '.join(names)} | {outcome} | {why} |")
    return "\n".join(lines)


SECTIONS = (
    Section("declines", "declines", declines),
    Section("event types", "event_types", events),
)
OF_METHODS = (Section("brands", "", brands),)


def sections_of(gateway: str) -> list[Section]:
    """Return what a gateway's page holds: what it has a module for."""
    package = registry.package(gateway)
    return [one for one in SECTIONS if find_spec(f"{package}.{one.module}")]


def written(gateway: str, page: str, sections: Sequence[Section]) -> str:
    """Return a page with its sections as they are now. Raises ValueError where one is missing."""
    for section in sections:
        begin, end = f"<!-- {section.name} -->", f"<!-- /{section.name} -->"
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ValueError(f"{gateway}.md has no section {section.name}")
        before, _, rest = page.partition(begin)
        after = rest.partition(end)[2]
        page = f"{before}{begin}\n\n{section.text(gateway)}\n\n{end}{after}"
    return page


def texts() -> dict[Path, str]:
    """Return every page as it should stand."""
    named = (*registry.GATEWAYS, *registry.BY_HAND)
    pages = {gateway: DOCS / "gateways" / f"{gateway}.md" for gateway in named}
    found = {
        path: written(gateway, path.read_text(), sections_of(gateway))
        for gateway, path in pages.items()
    }
    methods_page = written("payment-methods", METHODS_PAGE.read_text(), OF_METHODS)
    return found | {METHODS_PAGE: methods_page}


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text)
