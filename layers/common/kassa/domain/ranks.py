"""Ranks: how far each of the gateway's objects has come, and which postings that implies.

A gateway's deliveries come twice and out of order, so nothing may depend on arrival: an object
only ever rises in rank, and a rank implies every posting of its path. A failed refund is the
refund and its reversal, also when only "failed" was ever seen.
"""

from kassa.domain.events import ObjectKind
from kassa.domain.ledger import Account, PostingKind

K, P, A = ObjectKind, PostingKind, Account

_ORDER: dict[ObjectKind, str] = {
    K.PAYMENT: "created processing authorized voided captured",
    K.CHARGE: "pending authorized failed released captured",
    K.REFUND: "pending requires_action canceled succeeded failed",
    K.REFUNDED_TOTAL: "told",
    K.DISPUTE: "inquiry inquiry_closed open lost won",
    K.DISPUTE_FUNDS: "withdrawn reinstated",
    K.CHECKOUT: "open expired completed",
    K.PAYOUT: "pending in_transit canceled paid failed",
    K.BALANCE_TRANSACTION: "booked",
}

RANKS: dict[ObjectKind, dict[str, int]] = {
    kind: {state: rank for rank, state in enumerate(order.split())}
    for kind, order in _ORDER.items()
}

PATHS: dict[tuple[ObjectKind, str], tuple[PostingKind, ...]] = {
    (K.REFUND, "succeeded"): (P.REFUND,),
    (K.REFUND, "failed"): (P.REFUND, P.REFUND_REVERSAL),
    (K.DISPUTE_FUNDS, "withdrawn"): (P.CHARGEBACK,),
    (K.DISPUTE_FUNDS, "reinstated"): (P.CHARGEBACK, P.CHARGEBACK_REVERSAL),
    (K.PAYOUT, "paid"): (P.PAYOUT,),
    (K.PAYOUT, "failed"): (P.PAYOUT, P.PAYOUT_REVERSAL),
}

MOVES: dict[PostingKind, tuple[Account, Account]] = {
    P.CAPTURE: (A.CUSTOMERS, A.GATEWAY_CLEARING),
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


def rank(kind: ObjectKind, state: str) -> int:
    """Return how far a state is; raise KeyError for a word that isn't one of ours."""
    return RANKS[kind][state]


def path(kind: ObjectKind, state: str | None) -> tuple[PostingKind, ...]:
    """Return every posting that a state implies."""
    return PATHS.get((kind, state or ""), ())
