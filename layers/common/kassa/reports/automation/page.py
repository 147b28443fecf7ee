"""The page of what Kassa did: hours saved first, then how fast, then each kind of work."""

from html import escape

from kassa.reports.automation.done import WAITS_MIN, Done, Wait, Work
from kassa.reports.breakdown.tables import Cell, Cells, row, section, table
from kassa.reports.words import Words


def headlines(found: Done, words: Words) -> list[str]:
    """Return what is said first: minutes saved, who decides, and how much faster than before."""
    first = [words("first.saved", hours=words.number(found.minutes / 60))]
    if found.share_by_policy is not None:
        decided = found.by_policy + found.by_people
        share = words.rate(found.share_by_policy)
        counts = {"count": words.number(found.by_policy), "whole": words.number(decided)}
        first.append(words("first.decided", share=share, **counts))
    return first + [_against(wait, words) for wait in found.waits if _is_comparable(wait)]


def body(found: Done, words: Words) -> str:
    """Return what stands in the page's frame."""
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(found, words))
    return "\n".join((
        f"<h2>{escape(words('first.title'))}</h2><ol>{items}</ol>",
        _waits(found, words),
        _work(found, words),
    ))  # fmt: skip


def _is_comparable(wait: Wait) -> bool:
    return wait.half_hours is not None and wait.baseline_hours is not None


def _against(wait: Wait, words: Words) -> str:
    hours = words.number(wait.half_hours or 0)
    return words(f"first.{wait.of}", hours=hours, baseline=words.number(wait.baseline_hours or 0))


def _waits(found: Done, words: Words) -> str:
    heads = [words(f"columns.{one}") for one in ("wait", "count", "half", "most", "baseline")]
    rows = [
        row(
            words(f"waits.{wait.of}"),
            words.number(wait.count),
            _hours(wait.half_hours, words),
            _hours(wait.most_hours, words),
            "–" if wait.baseline_hours is None else words.number(wait.baseline_hours),
        )
        for wait in found.waits
    ]
    note = words("sections.waits_note", least=words.number(WAITS_MIN))
    return section(words("sections.waits"), note, table(heads, rows))


def _hours(hours: float | None, words: Words) -> str | Cell:
    if hours is None:
        return Cell(words("values.too_few"), "zero")
    return words.number(hours)


def _work(found: Done, words: Words) -> str:
    heads = [words(f"columns.{one}") for one in ("work", "count", "each", "minutes")]
    sums = row(words("columns.sum"), "", "", words.number(found.minutes))
    content = table(heads, [_work_row(one, words) for one in found.work], [sums])
    return section(words("sections.work"), words("sections.work_note"), content)


def _work_row(one: Work, words: Words) -> Cells:
    each = words.number(one.minutes_each)
    shown = words("values.guess", minutes=each) if one.is_default else each
    minutes = Cell(words.number(one.minutes), "" if one.minutes else "zero")
    return row(words(f"work.{one.kind}"), words.number(one.count), shown, minutes)
