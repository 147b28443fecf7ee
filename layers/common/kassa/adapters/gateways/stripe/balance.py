"""Stripe's balance transactions in our words: what moved our balance, and because of what."""

from kassa.adapters.gateways.bodies import Body
from kassa.adapters.gateways.stripe.bodies import standing
from kassa.adapters.gateways.stripe.money import from_stripe
from kassa.domain.events import Movement, ObjectKind, Standing
from kassa.domain.money import Money

_MOVES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "stripe_fee": "fee",
    "network_cost": "fee",
    "tax_fee": "fee",
}


def balance_transaction(body: Body) -> Standing:
    """Say what a balance transaction moved; its source is expanded and says why."""
    source = body.get("source")
    cause = source if isinstance(source, dict) else {}
    gross = from_stripe(body.get("amount"), body.get("currency"))
    fee = from_stripe(body.get("fee") or 0, body.get("currency"))
    moves = _MOVES.get(str(body.get("type")), str(body.get("type")))
    if cause.get("object") == "dispute":
        moves = "dispute"
    moved = standing(body, ObjectKind.BALANCE_TRANSACTION, "booked")
    movement = Movement(
        moves=moves,
        gross=gross,
        fee_minor=fee.amount_minor,
        exchanged=_exchanged(body, cause, gross),
    )
    return moved.model_copy(update={"movement": movement})


def _exchanged(body: Body, cause: Body, gross: Money) -> Money | None:
    """Return the gross in the payment's currency where Stripe converted it."""
    currency = cause.get("currency")
    if not currency or str(currency).upper() == gross.currency or not body.get("exchange_rate"):
        return None
    amount = cause.get("amount_captured") or cause.get("amount")
    paid = from_stripe(amount, currency)
    sign = -1 if gross.amount_minor < 0 else 1
    return paid.model_copy(update={"amount_minor": sign * abs(paid.amount_minor)})
