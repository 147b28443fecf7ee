"""Mistakes in what moved: disputes, returns, exchange, units, and what left its payment's item."""

from typing import Any

from kassa.core.money import Sums
from kassa.gateways.events import ObjectKind
from kassa.gateways.states import WAYS
from kassa.gateways.stripe.parsing import NO_HEADER
from kassa.ledger.objects import ClosedObjects


def all_back(real: Any) -> Any:
    """Let go of all that a dispute holds once anything of it is back."""

    def held_back(state: Any) -> Any:
        funds = state.of(ObjectKind.DISPUTE_FUNDS, "reinstated").values()
        back = {known.belongs_to for known in funds}
        held = real.fget(state)
        return {owner: Sums() if owner in back else sums for owner, sums in held.items()}

    return property(held_back)


def in_full(real: Any) -> Any:
    """Post all that an object moved whenever there is more of it."""

    def out_minor(owing: Any) -> Any:
        owed: int = real.fget(owing)
        return owing.settled.posted_minor if owed else 0

    return property(out_minor)


def all_exchanged(real: Any) -> Any:
    """Take each part that was exchanged for the whole of its charge."""

    def exchanged(body: Any, cause: Any, gross: Any) -> Any:
        money = real(body, cause, gross)
        if money is None or cause.get("object") != "charge":
            return money
        sign = -1 if money.amount_minor < 0 else 1
        return money.model_copy(update={"amount_minor": sign * cause["amount_captured"]})

    return exchanged


def as_iso_counts(real: Any) -> Any:
    """Ask Stripe in ISO 4217's minor units."""
    return lambda money: money.amount_minor


def forgetting(real: Any) -> Any:
    """Forget what objects came to that leave their payment's item."""

    def changed(closed: Any, objects: Any, sign: int) -> ClosedObjects:
        return ClosedObjects(count=closed.count + sign * len(objects))

    return changed


def left_for_ever(real: Any) -> Any:
    """Bring nothing back into view that has left."""
    return lambda books, state, event: state


def one_for_all(real: Any) -> Any:
    """Know but one dispute of each charge."""
    return lambda body: f"{body.get('charge')}/dispute"


def by_comment(real: Any) -> Any:
    """Make the customer's words a part of the claim."""

    def with_claim(request_body: Any, payment: Any, lines: Any) -> Any:
        named = real(request_body, payment, lines)
        if request_body.claim_id is not None:
            return named
        letters = "".join(filter(str.isalnum, request_body.comment))
        return named.model_copy(update={"claim_id": f"{named.claim_id}:{letters}"})

    return with_claim


def only_published(real: Any) -> Any:
    """Take a failure that came first for no refund at all before it."""

    def out_minor(known: Any) -> Any:
        way = WAYS.get(known.kind)
        if known.kind is ObjectKind.REFUND and way and known.state == way.back:
            return known.left_minor
        return real.fget(known)

    return property(out_minor)


def as_authorised(real: Any) -> Any:
    """Date a capture by when its charge was made, which may be its authorisation."""

    def happened_at(body: Any, state: str, header: Any) -> Any:
        return real(body, state, NO_HEADER if state == "captured" else header)

    return happened_at
