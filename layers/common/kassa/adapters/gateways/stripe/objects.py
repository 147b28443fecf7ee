"""Stripe's objects in our words: how each object in an event's body stands.

Written from Stripe's API reference, for every API version from 2017 on. Disputes and refunds name
their payment intent only since 2019. What an older version doesn't say is left unsaid here and
found by alias or look-up.
"""

from collections.abc import Callable, Iterator

from kassa.adapters.gateways.bodies import Body
from kassa.adapters.gateways.stripe import charges
from kassa.adapters.gateways.stripe.balance import balance_transaction
from kassa.adapters.gateways.stripe.bodies import id_of, standing
from kassa.domain.events import ObjectKind, Standing
from kassa.errors import UnreadableEvent

_DISPUTE = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry_closed",
    "charge_refunded": "inquiry_closed",  # until 2020: refunded before any funds moved
    "prevented": "inquiry_closed",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}
_CHECKOUT = {"complete": "completed", "expired": "expired"}


def standings(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Say how every object in an event's body stands; nothing for what we don't act on."""
    reader = _STANDINGS.get(str(body.get("object")))
    if reader is not None:
        yield from reader(body, gateway_type)


def _dispute(body: Body, gateway_type: str) -> Iterator[Standing]:
    """How a dispute and its funds stand; a lost one had its funds withdrawn, an inquiry none."""
    dispute_id = id_of(body) or f"{id_of(body.get('charge'))}/dispute"
    state = _DISPUTE.get(str(body.get("status")))
    if state is None:
        raise UnreadableEvent(f"unknown dispute status {body.get('status')!r}")
    dispute = standing(body, ObjectKind.DISPUTE, state, object_id=dispute_id)
    yield dispute.model_copy(update={"reason": body.get("reason")})
    moved = [one.get("amount", 0) for one in body.get("balance_transactions") or []]
    if gateway_type.endswith("funds_reinstated") or any(amount > 0 for amount in moved):
        funds = "reinstated"
    elif gateway_type.endswith("funds_withdrawn") or moved or state == "lost":
        funds = "withdrawn"
    else:
        return
    yield standing(body, ObjectKind.DISPUTE_FUNDS, funds, object_id=f"{dispute_id}/funds")


def _balance_transaction(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Our balance moved; what moved it tells its own story, should no webhook have."""
    yield balance_transaction(body)
    source = body.get("source")
    if isinstance(source, dict):
        yield from standings(source, "")


def _payout(body: Body, gateway_type: str) -> Iterator[Standing]:
    payout = standing(body, ObjectKind.PAYOUT, str(body.get("status")))
    yield payout.model_copy(update={"reason": body.get("failure_code")})


def _checkout(body: Body, gateway_type: str) -> Iterator[Standing]:
    state = _CHECKOUT.get(str(body.get("status") or gateway_type.rpartition(".")[2]), "open")
    if gateway_type == "checkout.session.completed":
        state = "completed"
    # A session that only sets up a payment method has no amount; XXX is ISO 4217's "no currency".
    priced = body | {"currency": body.get("currency") or "xxx", "created": body.get("created", 0)}
    yield standing(priced, ObjectKind.CHECKOUT, state, body.get("amount_total") or 0)


_STANDINGS: dict[str, Callable[[Body, str], Iterator[Standing]]] = {
    "payment_intent": charges.payment_intent,
    "charge": charges.charge,
    "refund": charges.refund,
    "dispute": _dispute,
    "payout": _payout,
    "checkout.session": _checkout,
    "balance_transaction": _balance_transaction,
}
