"""Reversals: what PayPal took back from a payment by itself, with or without a dispute.

A reversal's event carries a refund, which it isn't: nobody gave it. A row of the reports tells it
again, under the same transaction id. If it was a chargeback, the dispute may name the same money
once more, without an id; so a reversal is assumed to belong to its payment until a dispute of the
payment moved as much the same way (`kassa.ledger.movements.reversals`).
"""

from datetime import datetime

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, part, word
from kassa.gateways.paypal.disputes import disputes
from kassa.gateways.paypal.parsing import (
    Telling,
    happened_at,
    identifier,
    linked,
    object_report,
    unsigned,
)
from kassa.gateways.paypal.payments import capture

_DONE = "COMPLETED"


def reversed_payment(body: Body) -> str | None:
    """Return the capture or sale that a reversal took from, where it says so."""
    named = next((word(body.get(one)) for one in ("capture_id", "sale_id") if body.get(one)), None)
    return (
        named
        or linked(body, "up", "/captures/")
        or linked(body, "sale", "/sale/")
        or linked(body, "capture", "/capture/")
    )


def is_told_whole(body: Body) -> bool:
    """Tell whether a body is a reversal by itself: whose, how much, and that it is done."""
    return _is_done(body) and reversed_payment(body) is not None


def reversal(body: Body, otherwise: datetime) -> Telling | None:
    """Say what a reversal took, and how the disputes of its payment stand.

    The body is the reversal itself, or what was read back: it (or the payment, where PayPal shows
    that alone), its payment's id and disputes. Nothing where PayPal shows none of them.
    """
    took = body if "disputes" not in body else part(body, "reversal")
    payment_id = reversed_payment(took) or word(body.get("payment_id"))
    object_reports: tuple[ObjectReport, ...] = ()
    if _is_done(took):
        object_reports = (_withdrawn(took, payment_id, otherwise),)
    charge = part(body, "charge")
    told = (capture(charge, otherwise) if charge else None, disputes(body, otherwise))
    object_reports += tuple(one for telling in told if telling for one in telling.object_reports)
    if not object_reports:
        return None
    subject_id = identifier(payment_id or took.get("id"))
    return Telling(subject_id, object_reports, charge_reference=None if payment_id else subject_id)


def moved(
    transaction_id: str, state: str, amount: Money, at: datetime, of: str | None
) -> ObjectReport:
    """Say what one transaction took from a payment, or brought back: `withdrawn`, `reinstated`."""
    told = object_report(ObjectKind.DISPUTE_FUNDS, transaction_id, state, amount, at)
    return told.model_copy(update={"is_assumed": True, "belongs_to": of})


def _withdrawn(took: Body, payment_id: str | None, otherwise: datetime) -> ObjectReport:
    amount, at = unsigned(took.get("amount")), happened_at(took, otherwise)
    return moved(identifier(took.get("id")), "withdrawn", amount, at, payment_id)


def _is_done(body: Body) -> bool:
    status = str(word(body.get("status")) or word(body.get("state"))).upper()
    return status == _DONE and bool(part(body, "amount"))
