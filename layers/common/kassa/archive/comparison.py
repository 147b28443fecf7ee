"""What the books and the archive say of the same time, side by side: ids, and sums by account.

Postings stand twice, in the events' items and in Parquet. A fact that only the books have was lost
on its way, and is published again. One that both have must have moved the same.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kassa.core.postings import Posting, balances
from kassa.ledger.facts import LedgerFact

Moves = tuple[Posting, ...]
Sums = dict[str, int]  # by account and currency: "gateway_fees EUR"


class Comparison(NamedTuple):
    """What a comparison found."""

    facts: int  # that the books have
    missing: tuple[LedgerFact, ...]  # from the archive
    differing: tuple[str, ...]  # ids of facts that moved something else in the archive
    unbooked: tuple[str, ...]  # ids of facts that only the archive has
    off: (
        Sums  # by how much the archive's sums differ from the books'; facts that only one has count
    )


def compare(booked: Iterable[LedgerFact], archived: Mapping[str, Moves]) -> Comparison:
    """Compare the facts of the books, each once, with the postings that the archive has of each."""
    ours = {fact.metadata.fact_id: fact for fact in booked}
    both = ours.keys() & archived.keys()
    differing = (one for one in both if _moved(ours[one].data.postings) != _moved(archived[one]))
    return Comparison(
        facts=len(ours),
        missing=tuple(fact for fact_id, fact in ours.items() if fact_id not in archived),
        differing=tuple(sorted(differing)),
        unbooked=tuple(sorted(archived.keys() - ours.keys())),
        off=_off(ours.values(), archived.values()),
    )


def _moved(moves: Moves) -> list[tuple[str | int, ...]]:
    """Return what was moved, in order and by what every release keeps of it."""
    return sorted(
        (
            *(one.object_id, one.kind, one.source, one.destination),
            *(one.amount.currency, one.amount.amount_minor),
        )
        for one in moves
    )


def _off(booked: Iterable[LedgerFact], archived: Iterable[Moves]) -> Sums:
    ours = balances(one for fact in booked for one in fact.data.postings)
    theirs = balances(one for moves in archived for one in moves)
    off = {of: theirs.get(of, 0) - ours.get(of, 0) for of in sorted({*ours, *theirs})}
    return {f"{account} {currency}": minor for (account, currency), minor in off.items() if minor}
