"""The page of what Kassa did: hours saved first, then how fast, then each kind of work."""

from html import escape

from kassa.reports.automation.done import WAITS_MIN, Done, Wait, Work
from kassa.reports.breakdown.tables import Cell, Cells, row, section, table
from kassa.reports.localization import Texts


def headlines(found: Done, texts: Texts) -> list[str]:
    """Return what is said first: minutes saved, who decides, and how much faster than before."""
    first = [texts("first.saved", hours=texts.number(found.minutes / 60))]
    if found.share_by_policy is not None:
        decided = found.by_policy + found.by_people
        share = texts.rate(found.share_by_policy)
        counts = {"count": texts.number(found.by_policy), "whole": texts.number(decided)}
        first.append(texts("first.decided", share=share, **counts))
    return first + [_against(wait, texts) for wait in found.waits if _is_comparable(wait)]


def body(found: Done, texts: Texts) -> str:
    """Return what stands in the page's frame."""
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(found, texts))
    return "\n".join((
        f"<h2>{escape(texts('first.title'))}</h2><ol>{items}</ol>",
        _waits(found, texts),
        _work(found, texts),
    ))  # fmt: skip


def _is_comparable(wait: Wait) -> bool:
    return wait.half_hours is not None and wait.baseline_hours is not None


def _against(wait: Wait, texts: Texts) -> str:
    hours = texts.number(wait.half_hours or 0)
    return texts(f"first.{wait.of}", hours=hours, baseline=texts.number(wait.baseline_hours or 0))


def _waits(found: Done, texts: Texts) -> str:
    heads = [texts(f"columns.{one}") for one in ("wait", "count", "half", "most", "baseline")]
    rows = [
        row(
            texts(f"waits.{wait.of}"),
            texts.number(wait.count),
            _hours(wait.half_hours, texts),
            _hours(wait.most_hours, texts),
            "–" if wait.baseline_hours is None else texts.number(wait.baseline_hours),
        )
        for wait in found.waits
    ]
    note = texts("sections.waits_note", least=texts.number(WAITS_MIN))
    return section(texts("sections.waits"), note, table(heads, rows))


def _hours(hours: float | None, texts: Texts) -> str | Cell:
    if hours is None:
        return Cell(texts("values.too_few"), "zero")
    return texts.number(hours)


def _work(found: Done, texts: Texts) -> str:
    heads = [texts(f"columns.{one}") for one in ("work", "count", "each", "minutes")]
    sums = row(texts("columns.sum"), "", "", texts.number(found.minutes))
    content = table(heads, [_work_row(one, texts) for one in found.work], [sums])
    return section(texts("sections.work"), texts("sections.work_note"), content)


def _work_row(one: Work, texts: Texts) -> Cells:
    each = texts.number(one.minutes_each)
    shown = texts("values.guess", minutes=each) if one.is_default else each
    minutes = Cell(texts.number(one.minutes), "" if one.minutes else "zero")
    return row(texts(f"work.{one.kind}"), texts.number(one.count), shown, minutes)
