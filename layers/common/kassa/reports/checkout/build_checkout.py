"""Makes customers' choice of a period, of its facts and of what was usual before."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kassa.archive import rollups
from kassa.archive.report_names import ReportName
from kassa.archive.warehouse import fetched_file
from kassa.core.csv_rows import Cell
from kassa.reports.breakdown.compared import compared
from kassa.reports.checkout.choice import Choice, Counted, Offered, Opened, Tried, choice
from kassa.reports.checkout.page import MINIMUMS, body, headlines
from kassa.reports.content import Content, Source
from kassa.reports.localization import Texts, language_in
from kassa.reports.texted import Texted, documents_of, texted

DOCUMENTS = documents_of(ReportName.CHECKOUT)
HERE = Path(__file__).parent
BY = ("day", "gateway", "account", "method")
COLUMNS = ("section", "item", "country", "device", "figure", "value", "count")


def build_checkout(source: Source) -> dict[str, bytes]:
    """Return the documents of customers' choice."""
    found = choice_of(source)
    texts = Texts(language_in(source.manifest), HERE / "texts")
    content = {"minimums": MINIMUMS, **found.model_dump(mode="json")}
    made = Texted(body(found, texts), headlines(found, texts), content, COLUMNS, _rows(found))
    return texted(ReportName.CHECKOUT, source.manifest, texts, made)


def choice_of(source: Source) -> Choice:
    """Return what customers chose in a period."""
    manifest, facts = source.manifest, source.facts
    rows = rollups.of_facts(facts, manifest.period, BY)
    is_closed = manifest.is_closed
    return choice(
        Counted(
            opened=[Opened(*row) for row in _run(facts, "pages")],
            offered={name: Offered(*counts) for name, *counts in _run(facts, "offered")},
            tried=[Tried(*row) for row in _run(facts, "tried")],
            compared=compared(rows, source.history, manifest.period, is_closed),
        )
    )


def _run(facts: Any, name: str) -> list[Any]:
    return fetched_file(facts, HERE / "queries" / f"{name}.sql")


def _rows(found: Choice) -> Iterator[tuple[Cell, ...]]:
    for one in found.pages:
        place = ("pages", None, one.country, one.device)
        for name in ("paid", "abandoned", "still_open"):
            yield (*place, name, None, getattr(one, name))
        yield (*place, "conversion", _text(one.conversion), one.pages)
        yield (*place, "half_s", _text(one.half_s), one.paid)
        yield (*place, "most_s", _text(one.most_s), one.paid)
    for method in (*found.methods, *found.places):
        name, _, country = method.method.partition("/")
        of = ("methods", name, country or None, None)
        yield (*of, "offered", None, method.offered)
        yield (*of, "share", _text(method.share), method.attempts)
        yield (*of, "failure_rate", _text(method.failure_rate), method.failed)
    for failing in found.failing:
        at = ("bands", f"{failing.method} at {failing.gateway}", None, None)
        yield (*at, "failure_rate", str(failing.rate), failing.attempts)
        if failing.normal:
            yield (*at, "usual_high", str(failing.normal.high), failing.normal.periods)


def _text(figure: float | None) -> str | None:
    return None if figure is None else str(figure)


CONTENT = Content(DOCUMENTS, build_checkout, since=4)
