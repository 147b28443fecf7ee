"""Ranks: how far each of the gateway's objects has come, and which money that says has moved.

A gateway's deliveries come twice and out of order, so nothing may depend on arrival: an object
only ever rises in rank, and what it moved out and back is known by state. A failed refund is the
refund and its return, also when only "failed" was ever seen.
"""

from enum import StrEnum
from typing import NamedTuple

from kassa.core.postings import Account, PostingKind
from kassa.gateways.events import ObjectKind

K, P, A = ObjectKind, PostingKind, Account
LEVELS = ("normal", "elevated", "highest")  # of risk, as a gateway assesses it; else none

_ORDER: dict[ObjectKind, str] = {
    K.PAYMENT: "created processing authorized voided captured",
    K.CHARGE: "pending authorized failed released captured returned",
    K.REFUND: "pending requires_action canceled succeeded failed",
    K.REFUNDED_TOTAL: "reported",
    K.DISPUTE: "inquiry inquiry_closed open lost won",
    K.DISPUTE_FUNDS: "withdrawn reinstated",
    K.CHECKOUT: "open expired completed",
    K.PAYOUT: "pending in_transit canceled paid failed",
    K.BALANCE_TRANSACTION: "booked",
    K.CARD: "expiring",
}

RANKS: dict[ObjectKind, dict[str, int]] = {
    kind: {state: rank for rank, state in enumerate(order.split())}
    for kind, order in _ORDER.items()
}


class Way(NamedTuple):
    """The money that an object moves: out of the merchant's hands by one state, back by another."""

    out: str
    back: str
    posting_out: PostingKind
    posting_back: PostingKind


WAYS: dict[ObjectKind, Way] = {
    K.REFUND: Way("succeeded", "failed", P.REFUND, P.REFUND_REVERSAL),
    K.DISPUTE_FUNDS: Way("withdrawn", "reinstated", P.CHARGEBACK, P.CHARGEBACK_REVERSAL),
    K.PAYOUT: Way("paid", "failed", P.PAYOUT, P.PAYOUT_REVERSAL),
}

MOVES: dict[PostingKind, tuple[Account, Account]] = {
    P.CAPTURE: (A.CUSTOMERS, A.GATEWAY_CLEARING),
    P.CAPTURE_REVERSAL: (A.GATEWAY_CLEARING, A.CUSTOMERS),
    P.REFUND: (A.GATEWAY_CLEARING, A.CUSTOMERS),
    P.REFUND_REVERSAL: (A.CUSTOMERS, A.GATEWAY_CLEARING),
    P.CHARGEBACK: (A.GATEWAY_CLEARING, A.CHARGEBACKS),
    P.CHARGEBACK_REVERSAL: (A.CHARGEBACKS, A.GATEWAY_CLEARING),
    P.PAYOUT: (A.GATEWAY_BALANCE, A.BANK),
    P.PAYOUT_REVERSAL: (A.BANK, A.GATEWAY_BALANCE),
    P.SETTLEMENT: (A.GATEWAY_CLEARING, A.GATEWAY_BALANCE),
    P.FEE: (A.GATEWAY_BALANCE, A.GATEWAY_FEES),
    P.EXCHANGE: (A.GATEWAY_CLEARING, A.CURRENCY_EXCHANGE),
    P.ADJUSTMENT: (A.GATEWAY_ADJUSTMENTS, A.GATEWAY_BALANCE),
}

# What moves our balance because of a payment; a payout's own movement is posted by the payout,
# and everything else is an adjustment, so that gateway_balance always equals what the gateway says.
SETTLING = {"charge", "refund", "refund_failure", "dispute"}


class Certainty(StrEnum):
    """How sure a state is: inferred, reported by the gateway, or proven by what it settled."""

    ASSUMED = "assumed"
    REPORTED = "reported"
    SETTLED = "settled"


def rank(kind: ObjectKind, state: str, certainty: Certainty = Certainty.REPORTED) -> float:
    """Return how far a state is; raise KeyError for one that isn't one of ours.

    Sure beats assumed, whichever came first: a capture that was only assumed gives way to a
    release that the gateway reported, and a release that was only assumed to any capture. What a
    settlement proves beats what was reported: a capture that failed and was settled all the same.
    """
    if kind is K.CHARGE and certainty is Certainty.ASSUMED and state in ("captured", "released"):
        return RANKS[kind]["released"] - (0.5 if state == "captured" else 0.75)
    if kind is K.CHARGE and certainty is Certainty.SETTLED and state in ("captured", "returned"):
        return RANKS[kind]["returned"] + (0.5 if state == "captured" else 0.75)
    return RANKS[kind][state]


def level(reported: object) -> str | None:
    """Return a gateway's name as a level; none for "not_assessed", "unknown" and the like."""
    return reported if isinstance(reported, str) and reported in LEVELS else None


def higher(known: str | None, reported: str | None) -> str | None:
    """Return the higher of two levels; commutes, so which was reported first doesn't matter."""
    return max((known, reported), key=lambda one: LEVELS.index(one) if one in LEVELS else -1)
