"""What a merchant could know when each period was closed: the corrections, a second way.

A report counts what had arrived by then. What arrives later is reported once, by the next report of
the same kind of period, as far back as those are corrected.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kassa.fact_catalog import AnyFact
from tests.support.golden_shop.recount import Document, recount
from tests.support.golden_shop.wall_clock import Span, day_of

SETTLING = timedelta(minutes=30)  # from the end of a period until it may be closed
BACK = {"daily": 31, "weekly": 6, "monthly": 3}  # periods that are still corrected


class Closings:
    """Remembers what arrived, what was closed, and what each report has reported."""

    def __init__(self, zone: str, first_days: dict[str, list[date]]) -> None:
        """`first_days` holds the first days of all periods by kind, also of those to come."""
        self._zone, self._first_days = zone, first_days
        self._arrived: dict[date, dict[str, AnyFact]] = defaultdict(dict)
        self._reported: dict[tuple[str, date], set[str]] = {}

    def arrive(self, facts: Iterable[AnyFact]) -> None:
        """Take what reaches the archive."""
        for fact in facts:
            day = day_of(fact.metadata.booked_at, self._zone)
            self._arrived[day].setdefault(fact.metadata.fact_id, fact)

    def closed(self, kind: str, first: date, now: datetime) -> Document:
        """Return what the report of a period that is closed now must say."""
        own = self._of(kind, first)
        corrections = []
        for earlier in self._corrected(kind, first, now):
            reported, facts = self._reported[kind, earlier], self._of(kind, earlier)
            news = [one for fact_id, one in facts.items() if fact_id not in reported]
            if news:
                figures = recount(news, Span.of(kind, earlier, self._zone))
                count = len(news)
                reported.update(one.metadata.fact_id for one in news)
                corrections.append({"first": earlier, "facts": count, **_without_counts(figures)})
        self._reported[kind, first] = set(own)
        figures = recount(own.values(), Span.of(kind, first, self._zone))
        return figures | {"corrections": corrections}

    def _corrected(self, kind: str, first: date, now: datetime) -> list[date]:
        """Return the earlier periods that are closed, and not too long ago for a correction."""
        settled = day_of(now - SETTLING, self._zone)
        ended = [
            day
            for day in self._first_days[kind]
            if Span.of(kind, day, self._zone).days[-1] < settled
        ]
        recent = ended[-BACK[kind] :]
        return [day for day in recent if day < first and (kind, day) in self._reported]

    def _of(self, kind: str, first: date) -> dict[str, AnyFact]:
        found: dict[str, AnyFact] = {}
        for day in Span.of(kind, first, self._zone).days:
            found |= self._arrived.get(day, {})
        return found


def _without_counts(figures: Document) -> Document:
    return {name: figures[name] for name in ("currencies", "accrual")}
