"""Disputes in our words: where one stands, and whether it took our money or brought it back.

An inquiry is between buyer and seller and moves nothing. PayPal's own list of money movements
decides about funds; where it gives none, a lost dispute has taken them.
"""

from collections.abc import Iterator
from datetime import datetime

from kassa.adapters.gateways.bodies import Body, part, parts, word
from kassa.adapters.gateways.paypal.bodies import (
    Telling,
    happened_at,
    identifier,
    standing,
    unsigned,
)
from kassa.domain.events import ObjectKind, Standing
from kassa.domain.money import Money
from kassa.errors import UnreadableEvent

_OPEN = {
    "OPEN",
    "WAITING_FOR_BUYER_RESPONSE",
    "WAITING_FOR_SELLER_RESPONSE",
    "UNDER_REVIEW",
    "OTHER",
}
_OUTCOMES = {
    "RESOLVED_BUYER_FAVOUR": "lost",
    "ACCEPTED": "lost",
    "RESOLVED_SELLER_FAVOUR": "won",
    "RESOLVED_WITH_PAYOUT": "won",  # PayPal paid the buyer itself
    "CANCELED_BY_BUYER": "won",
    "DENIED": "won",
    "NONE": "won",  # closed undecided
}
_INQUIRY = "INQUIRY"


def dispute(body: Body, otherwise: datetime) -> Telling:
    """Say how a dispute and its funds stand."""
    dispute_id, standings = identifier(body.get("dispute_id")), tuple(_standings(body, otherwise))
    disputed = next(iter(parts(body, "disputed_transactions")), {})
    payment_id = word(disputed.get("seller_transaction_id"))
    if payment_id:
        return Telling(identifier(payment_id), standings)
    return Telling(dispute_id, standings, leads_from=dispute_id)


def disputes(body: Body, otherwise: datetime) -> Telling | None:
    """Say how all disputes of one payment stand; nothing where it has none (yet)."""
    told = [dispute(one, otherwise) for one in parts(body, "disputes")]
    standings = tuple(standing for one in told for standing in one.standings)
    return Telling(identifier(body.get("payment_id")), standings) if standings else None


def _standings(body: Body, otherwise: datetime) -> Iterator[Standing]:
    dispute_id, at = identifier(body.get("dispute_id")), happened_at(body, otherwise)
    amount = unsigned(body.get("dispute_amount"))
    taken, returned = _moved(body, "DEBIT"), _moved(body, "CREDIT")
    state = _state(body, bool(taken))
    said = standing(ObjectKind.DISPUTE, dispute_id, state, amount, at)
    yield said.model_copy(update={"reason": word(body.get("reason"))})
    if not taken and state != "lost":
        return
    funds = taken or _refunded(body) or amount
    moved = "reinstated" if taken and returned else "withdrawn"
    yield standing(ObjectKind.DISPUTE_FUNDS, f"{dispute_id}/funds", moved, funds, at)


def _state(body: Body, has_taken: bool) -> str:
    status, is_inquiry = body.get("status"), body.get("dispute_life_cycle_stage") == _INQUIRY
    if status in _OPEN:
        return "inquiry" if is_inquiry else "open"
    outcome = part(body, "dispute_outcome").get("outcome_code")
    ended = _OUTCOMES.get(str(outcome))
    if status != "RESOLVED" or ended is None:
        raise UnreadableEvent("a dispute stands in a state we don't know")
    # What an inquiry gives back is an ordinary refund, told by its own event.
    return "inquiry_closed" if is_inquiry and not has_taken else ended


def _moved(body: Body, way: str) -> Money | None:
    """Sum what went one way between us and PayPal; its fees are told by the balance alone."""
    amounts = [
        unsigned(one.get("amount"))
        for one in parts(body, "money_movements")
        if one.get("affected_party") == "SELLER"
        and one.get("type") == way
        and not str(one.get("reason", "")).endswith("_FEE")
    ]
    if not amounts:
        return None
    total = sum(one.amount_minor for one in amounts)
    return amounts[0].model_copy(update={"amount_minor": total})


def _refunded(body: Body) -> Money | None:
    outcome = part(body, "dispute_outcome")
    return unsigned(outcome["amount_refunded"]) if "amount_refunded" in outcome else None
