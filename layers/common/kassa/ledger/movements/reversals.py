"""Reversals: what a gateway took from a charge, where a dispute may name the same money again.

PayPal reports one chargeback as the reversal of a capture, under its transaction's id, and as what
the dispute moved, without an id. Nothing joins the two but which way how much went. So a movement
that is assumed to belong to a charge counts as long as no dispute explains it: it gives way to as
many movements of the payment's disputes as went the same way by the same amount.
"""

from collections import Counter
from collections.abc import Mapping

from kassa.gateways.events import ObjectKind
from kassa.ledger.objects import ObjectState

K = ObjectKind
Objects = Mapping[str, ObjectState]


def reversals(objects: Objects) -> list[ObjectState]:
    """Return what was taken from a charge, whether a dispute explains it or not.

    A gateway that shows reversals among refunds counts them in what a charge was refunded in all.
    """
    return [known for known in objects.values() if _is_taken(known) and _is_of(known, objects)]


def without_explained(funds: Objects, objects: Objects) -> dict[str, ObjectState]:
    """Leave out the reversals that a dispute names, and those of charges that were returned.

    What only a charge's status says was taken gives way to the reversals that were reported of it.
    """
    of_charges = _reported(funds, objects)
    kept = {one: known for one, known in funds.items() if not _is_of(known, objects)}
    named = Counter(_money(known) for known in kept.values())
    for one in sorted(of_charges):
        known = of_charges[one]
        if named[_money(known)]:
            named[_money(known)] -= 1
        elif objects[known.belongs_to or ""].state != "returned":
            kept[one] = known
    return kept


def unexplained(disputes: Objects, funds: Objects, objects: Objects) -> dict[str, ObjectState]:
    """Return the disputes that took nothing yet, also not as a reversal of their charge."""
    taken = Counter(_money(known) for known in funds.values() if _is_of(known, objects))
    owners = {known.belongs_to for known in funds.values()}
    left = {}
    for one in sorted(set(disputes) - owners):
        known = disputes[one]
        money = ("withdrawn", known.amount_minor, known.currency)
        if taken[money]:
            taken[money] -= 1
        else:
            left[one] = known
    return left


def _reported(funds: Objects, objects: Objects) -> dict[str, ObjectState]:
    """Return the reversals; where none was reported, what its charge's status says was taken."""
    found = {one: known for one, known in funds.items() if _is_of(known, objects)}
    inferred = {f"{known.belongs_to}/funds" for known in found.values()}
    named = {known.belongs_to for one, known in found.items() if one not in inferred}
    return {
        one: known
        for one, known in found.items()
        if one not in inferred or known.belongs_to not in named
    }


def _is_of(known: ObjectState, objects: Objects) -> bool:
    """Tell whether a movement belongs to a charge, for as long as no dispute names it."""
    owner = objects.get(known.belongs_to or "")
    return known.is_assumed and owner is not None and owner.kind is K.CHARGE


def _is_taken(known: ObjectState) -> bool:
    return known.kind is K.DISPUTE_FUNDS and known.state == "withdrawn"


def _money(known: ObjectState) -> tuple[str, int, str]:
    return known.state, known.amount_minor, known.currency
