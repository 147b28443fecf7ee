"""Makes what Kassa did in a period, of its facts and of what the merchant assumes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kassa.archive.report_names import ReportName
from kassa.archive.warehouse import fetched_file
from kassa.core import stored
from kassa.core.csv_rows import Cell
from kassa.reports.automation.assumptions import Assumptions
from kassa.reports.automation.done import ACTS, Banked, Counted, Decided, Done, done
from kassa.reports.automation.page import body, headlines
from kassa.reports.automation.store import inputs
from kassa.reports.content import Content, Source
from kassa.reports.localization import Texts, language_in
from kassa.reports.texted import Texted, documents_of, texted

DOCUMENTS = documents_of(ReportName.AUTOMATION)
HERE = Path(__file__).parent
COLUMNS = ("section", "item", "count", "half_hours", "most_hours", "baseline_hours", "minutes_each",
           "minutes")  # fmt: skip


def build_automation(source: Source) -> dict[str, bytes]:
    """Return the documents of what Kassa did."""
    manifest = source.manifest
    assumed = stored.read(Assumptions, manifest.inputs.get(ReportName.AUTOMATION) or {})
    found, texts = (
        done(counted(source.facts), assumed),
        Texts(language_in(manifest), HERE / "texts"),
    )
    content = {"assumptions_version": assumed.version, **found.model_dump(mode="json")}
    made = Texted(body(found, texts), headlines(found, texts), content, COLUMNS, _rows(found))
    return texted(ReportName.AUTOMATION, manifest, texts, made)


def counted(facts: Any) -> Counted:
    """Count a period's facts."""
    named = ", ".join(f"'{fact}'" for of in ACTS.values() for fact in of)
    (banked,) = _run(facts, "banked")
    return Counted(
        decided={who: Decided(*counts) for who, *counts in _run(facts, "decisions")},
        banked=Banked(*banked),
        acts=dict(_run(facts, "acts", acts=named)),
    )


def _run(facts: Any, name: str, **literals: str) -> list[Any]:
    return fetched_file(facts, HERE / "queries" / f"{name}.sql", **literals)


def _rows(found: Done) -> Iterator[tuple[Cell, ...]]:
    for name in ("by_policy", "by_people", "approved", "rejected"):
        yield ("decisions", name, getattr(found, name), None, None, None, None, None)
    for wait in found.waits:
        hours = (_text(wait.half_hours), _text(wait.most_hours), wait.baseline_hours)
        yield ("waits", wait.of, wait.count, *hours, None, None)
    for one in found.work:
        yield ("work", one.kind, one.count, None, None, None, one.minutes_each, one.minutes)
    yield ("work", "total", None, None, None, None, None, found.minutes)


def _text(figure: float | None) -> str | None:
    return None if figure is None else str(figure)


CONTENT = Content(DOCUMENTS, build_automation, inputs=inputs, since=4)
