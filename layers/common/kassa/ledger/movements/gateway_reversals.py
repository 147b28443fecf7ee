"""Reversals: what a gateway took from a charge, where a dispute may name the same money again.

PayPal reports one chargeback as the reversal of a capture, under its transaction's id, and as what
the dispute moved, without an id. Nothing joins the two but which way how much went. So a movement
that is assumed to belong to a charge counts as long as no dispute explains it: it gives way to as
many movements of the payment's disputes as went the same way by the same amount.

And what a lost dispute is only inferred to have taken may have gone back as a refund: PayPal
settles a claim by one, and after a full refund Stripe's disputes take nothing. So it gives way to
as many refunds of that amount which Kassa didn't ask for, until a movement is named for sure.
"""

from collections import Counter
from collections.abc import Mapping

from kassa.core.money import Sums
from kassa.gateways.events import UNNAMED, ObjectKind
from kassa.ledger.objects import ObjectState

K = ObjectKind
Objects = Mapping[str, ObjectState]
_CONTESTED = ("open", "lost", "won")


def reversals(objects: Objects) -> list[ObjectState]:
    """Return what was taken from a charge, whether a dispute explains it or not.

    A gateway that shows reversals among refunds counts them in what a charge was refunded in all.
    """
    return [known for known in objects.values() if _is_taken(known) and _is_of(known, objects)]


def without_explained(funds: Objects, objects: Objects) -> dict[str, ObjectState]:
    """Leave out the reversals that a dispute names, and those of charges that were returned.

    What only a charge's status says was taken gives way to the reversals that were reported of it.
    """
    funds = _without_refunded(_without_unannounced(funds, objects), objects)
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


def is_reversed(objects: Objects) -> bool:
    """Tell whether anything was taken from a charge as such, whatever explains it since."""
    return any(
        known.kind is K.DISPUTE_FUNDS and _is_of(known, objects) for known in objects.values()
    )


def undisputed(funds: Objects, objects: Objects) -> Sums:
    """Return what movements that count took from charges of a payment that has no dispute.

    That isn't contested: its bank, or the gateway, took the payment itself back. A question of a
    bank's is no dispute.
    """
    disputes = (known for known in objects.values() if known.kind is K.DISPUTE)
    if any(known.state in _CONTESTED for known in disputes):
        return Sums()
    taken = [known for known in funds.values() if _is_of(known, objects)]
    return Sums(known.money(known.out_minor - known.back_minor) for known in taken)


def _without_unannounced(funds: Objects, objects: Objects) -> Objects:
    """Leave out what was inferred of a dispute that may be none: a question takes nothing."""
    return {
        one: known
        for one, known in funds.items()
        if not (_is_inferred(known, objects) and _is_assumed(known.belongs_to, objects))
    }


def _without_refunded(funds: Objects, objects: Objects) -> dict[str, ObjectState]:
    """Leave out what was inferred of disputes and went back as a refund, by whoever made it."""
    refunded = Counter(
        (known.amount_minor, known.currency)
        for known in objects.values()
        if known.kind is K.REFUND and known.state == "succeeded" and not known.refund_request_id
    )
    kept = dict(funds)
    for one in sorted(funds):
        known = funds[one]
        money = (known.amount_minor, known.currency)
        if refunded[money] and _is_inferred(known, objects):
            refunded[money] -= 1
            del kept[one]
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


def _is_assumed(dispute_id: str | None, objects: Objects) -> bool:
    """Tell whether no report of a dispute says for sure that there is one."""
    known = objects.get(dispute_id or "")
    return known is not None and known.kind is K.DISPUTE and known.is_assumed


def _is_inferred(known: ObjectState, objects: Objects) -> bool:
    """Tell whether a withdrawal follows from a ruling alone, and no movement was reported."""
    is_reported = (known.belongs_to or "").startswith(UNNAMED)  # of a dispute that it doesn't name
    is_withdrawn = known.is_assumed and known.state == "withdrawn"
    return is_withdrawn and not is_reported and not _is_of(known, objects)


def _is_taken(known: ObjectState) -> bool:
    return known.kind is K.DISPUTE_FUNDS and known.state == "withdrawn"


def _money(known: ObjectState) -> tuple[str, int, str]:
    return known.state, known.amount_minor, known.currency
