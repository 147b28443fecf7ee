"""What movements of money for disputes belong to, and which of them count.

Most gateways name the dispute of each movement. Where one doesn't, the movement belongs to the
dispute that it fits, and gives way once the same movement is reported under its dispute's name.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kassa.core.money import Money, Sums
from kassa.gateways.events import FUNDS, UNNAMED
from kassa.ledger.objects import ObjectState

Funds = Mapping[str, ObjectState]


class Moved(NamedTuple):
    """A payment's movements for disputes: all, whose each is, and those that count."""

    funds: Funds
    owners: Mapping[str, str]

    @classmethod
    def of(cls, funds: Funds) -> "Moved":
        """Look at the movements once."""
        named = {
            funds_id: owner_of(funds_id, known)
            for funds_id, known in funds.items()
            if not _is_unnamed(known)
        }
        return cls(funds, named if len(named) == len(funds) else named | _fitting(funds, named))

    def counted(self) -> dict[str, ObjectState]:
        """Return the movements that count: what is assumed only where nothing surer is reported.

        What was taken and what came back give way apart: a gateway may name one and not the other.
        """
        sure = {one: known for one, known in self.funds.items() if not known.is_assumed}
        named = {(self.owners[one], way) for one, known in sure.items() for way in _ways(known)}
        parts = {_last(one) for one in sure}
        counts: dict[str, ObjectState] = {}
        for funds_id, known in self.funds.items():
            owner = self.owners[funds_id]
            is_superseded = any((owner, way) in named for way in _ways(known))
            if _is_unnamed(known):
                is_superseded = _last(funds_id) in parts
            if not (known.is_assumed and is_superseded):
                counts[funds_id] = known
        return counts

    def taken(self, counted: Funds) -> dict[str, Sums]:
        """Return what each dispute or reversal took by the movements that count, returns off."""
        moved: dict[str, list[Money]] = defaultdict(list)
        for funds_id, known in counted.items():
            moved[self.owners[funds_id]].append(known.money(known.out_minor - known.back_minor))
        return {owner: Sums(amounts) for owner, amounts in moved.items()}

    def returned_unnamed(self) -> set[str]:
        """Return the disputes whose funds came back by a movement that didn't name them."""
        counted = self.counted().items()
        return {
            self.owners[one] for one, known in counted if _is_unnamed(known) and known.back_minor
        }

    def withdrawn_owners(self) -> set[str]:
        """Return the disputes and reversals that are known to have taken funds."""
        return {self.owners[funds_id] for funds_id, known in self.funds.items() if known.out_minor}


def owner_of(funds_id: str, funds: ObjectState) -> str:
    """Return what a movement belongs to: the dispute it names, or the one it is called after."""
    return funds.belongs_to or funds_id.removesuffix(FUNDS)


def _ways(known: ObjectState) -> list[str]:
    """Return which ways money moved: out, back, or both by one object."""
    moved = (("withdrawn", known.out_minor), ("reinstated", known.back_minor))
    return [way for way, minor in moved if minor]


def _is_unnamed(known: ObjectState) -> bool:
    return (known.belongs_to or "").startswith(UNNAMED)


def _fitting(funds: Funds, named: Mapping[str, str]) -> dict[str, str]:
    """Find a dispute for what came back without one: of the same amount, or else the first open.

    What was taken without a name keeps the one it was given. Goes by names, so that no order of
    arrival matters.
    """
    owners = dict(named)
    unnamed = sorted(set(funds) - set(named), key=lambda one: (funds[one].back_minor > 0, one))
    parts = {_last(one) for one in named if not funds[one].is_assumed}
    held: Counter[str] = Counter()
    for funds_id in (*named, *unnamed):
        known = funds[funds_id]
        if funds_id not in named:
            taken = {owners[one] for one in owners if funds[one].out_minor}
            fits = _fits(known, held, sorted(taken))
            owners[funds_id] = fits or (known.belongs_to or "")[len(UNNAMED) :]
        if funds_id in named or _last(funds_id) not in parts:
            held[owners[funds_id]] += known.out_minor - known.back_minor
    return owners


def _fits(known: ObjectState, held: Mapping[str, int], taken: Sequence[str]) -> str | None:
    """Return the dispute that holds what came back; where none does any more, the first."""
    still_out = [owner for owner in taken if held[owner] > 0]
    equal = [owner for owner in still_out if held[owner] == known.back_minor]
    return next(iter(equal or still_out or taken), None) if known.back_minor else None


def _last(funds_id: str) -> str:
    return funds_id.rpartition("/")[2]
