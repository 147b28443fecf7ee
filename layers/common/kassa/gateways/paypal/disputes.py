"""Disputes and reversals in our terms: how they stand, and each time one moved our money.

An inquiry is between buyer and seller and moves nothing. PayPal's own list of money movements
decides about funds; where it gives none, a lost dispute must have taken them.

A reversal is what PayPal took back by itself, with or without a dispute. Its event carries a
refund, which it isn't: nobody gave it. A row of the reports lists it again, under the same
transaction id. If it was a chargeback, the dispute may name the same money once more, without an
id; so a reversal is assumed to belong to its payment until a dispute of the payment moved as much
the same way (`kassa.ledger.movements.gateway_reversals`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, part, parts, text
from kassa.gateways.paypal.parsing import (
    SubjectReports,
    happened_at,
    identifier,
    instant,
    linked,
    object_report,
    unsigned,
)
from kassa.gateways.paypal.payments import capture

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
_DONE = "COMPLETED"
_INQUIRY = "INQUIRY"
_WAYS = {"DEBIT": "withdrawn", "CREDIT": "reinstated"}
_LISTS = ("fund_movements", "money_movements")  # the second is the older name of the same list


def dispute(body: Body, otherwise: datetime) -> SubjectReports:
    """Report how a dispute and its funds stand."""
    dispute_id, object_reports = (
        identifier(body.get("dispute_id")),
        tuple(_object_reports(body, otherwise)),
    )
    disputed = next(iter(parts(body, "disputed_transactions")), {})
    payment_id = text(disputed.get("seller_transaction_id"))
    if payment_id:
        return SubjectReports(identifier(payment_id), object_reports)
    return SubjectReports(dispute_id, object_reports, charge_reference=dispute_id)


def disputes(body: Body, otherwise: datetime) -> SubjectReports | None:
    """Report how all disputes of one payment stand; nothing where it has none (yet)."""
    reports = [dispute(one, otherwise) for one in parts(body, "disputes")]
    object_reports = tuple(object_report for one in reports for object_report in one.object_reports)
    return (
        SubjectReports(identifier(body.get("payment_id")), object_reports)
        if object_reports
        else None
    )


def _object_reports(body: Body, otherwise: datetime) -> Iterator[ObjectReport]:
    dispute_id, at = identifier(body.get("dispute_id")), happened_at(body, otherwise)
    amount, moved = unsigned(body.get("dispute_amount")), list(_movements(body, otherwise))
    state = _state(body, any(one.state == "withdrawn" for one in moved))
    report = object_report(ObjectKind.DISPUTE, dispute_id, state, amount, at)
    due_by = instant(body.get("seller_response_due_date"))
    asks = {"reason": text(body.get("reason")), "evidence_due_by": due_by}
    yield report.model_copy(update=asks)
    yield from moved
    if state == "lost" and not moved:
        taken = object_report(
            ObjectKind.DISPUTE_FUNDS,
            f"{dispute_id}/funds",
            "withdrawn",
            _refunded(body) or amount,
            at,
        )
        yield taken.model_copy(update={"is_assumed": True})


def _state(body: Body, has_taken: bool) -> str:
    status, is_inquiry = body.get("status"), body.get("dispute_life_cycle_stage") == _INQUIRY
    if status in _OPEN:
        return "inquiry" if is_inquiry else "open"
    outcome = part(body, "dispute_outcome").get("outcome_code")
    ended = _OUTCOMES.get(str(outcome))
    if status != "RESOLVED" or ended is None:
        raise UnreadableEvent("a dispute stands in a state we don't know")
    # What an inquiry gives back is an ordinary refund, reported by its own event.
    return "inquiry_closed" if is_inquiry and not has_taken else ended


def _movements(body: Body, otherwise: datetime) -> Iterator[ObjectReport]:
    """Report each movement between us and PayPal; its fees are in the balance alone.

    PayPal names no movement. Ours is made of all it says of one, the amount included, and a number
    only where it says exactly the same twice: so neither the list's order nor its growth matters.
    """
    dispute_id, seen = identifier(body.get("dispute_id")), Counter[str]()
    for one in _listed(body):
        amount, at = unsigned(one.get("amount")), instant(one.get("initiated_time"))
        named = _name(dispute_id, one, amount, at)
        seen[named] += 1
        moved = object_report(
            ObjectKind.DISPUTE_FUNDS,
            f"{named}-{seen[named]}",
            _WAYS[str(one["type"])],
            amount,
            at or happened_at(body, otherwise),
        )
        yield moved.model_copy(update={"belongs_to": dispute_id})


def _listed(body: Body) -> list[Body]:
    """Return what went between the seller and PayPal, by the list that says so."""
    lists = ([one for one in parts(body, name) if _is_ours(one)] for name in _LISTS)
    return next((found for found in lists if found), [])


def _is_ours(one: Body) -> bool:
    """Return whether a movement is of the seller's money; fees and cryptocurrency are none."""
    return (
        (one.get("affected_party") or one.get("party")) == "SELLER"
        and one.get("type") in _WAYS
        and not str(one.get("reason", "")).endswith("_FEE")
        and bool(part(one, "amount") or not part(one, "asset"))
    )


def _name(dispute_id: str, one: Body, amount: Money, at: datetime | None) -> str:
    """Name a movement by what PayPal says of it; times to the second, in UTC."""
    reason = re.sub(r"[^A-Z0-9_]", "", str(one.get("reason") or ""))[:40]
    time = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if at else ""
    fields = (str(one["type"]), reason, time, f"{amount.currency}{amount.amount_minor}")
    return f"{dispute_id}/{'-'.join(fields)}"


def _refunded(body: Body) -> Money | None:
    outcome = part(body, "dispute_outcome")
    return unsigned(outcome["amount_refunded"]) if "amount_refunded" in outcome else None


def reversed_payment(body: Body) -> str | None:
    """Return the capture or sale that a reversal took from, where it says so."""
    named = next((text(body.get(one)) for one in ("capture_id", "sale_id") if body.get(one)), None)
    return (
        named
        or linked(body, "up", "/captures/")
        or linked(body, "sale", "/sale/")
        or linked(body, "capture", "/capture/")
    )


def is_complete_reversal(body: Body) -> bool:
    """Return whether a body is a reversal by itself: whose, how much, and that it is done."""
    return _is_done(body) and reversed_payment(body) is not None


def reversal(body: Body, otherwise: datetime) -> SubjectReports | None:
    """Report what a reversal took, and how the disputes of its payment stand.

    The body is the reversal itself, or what was read back: it (or the payment, where PayPal shows
    that alone), its payment's id and disputes. Nothing where PayPal shows none of them.
    """
    took = body if "disputes" not in body else part(body, "reversal")
    payment_id = reversed_payment(took) or text(body.get("payment_id"))
    object_reports: tuple[ObjectReport, ...] = ()
    if _is_done(took):
        object_reports = (_withdrawn(took, payment_id, otherwise),)
    charge = part(body, "charge")
    subjects = (capture(charge, otherwise) if charge else None, disputes(body, otherwise))
    object_reports += tuple(
        one for reports in subjects if reports for one in reports.object_reports
    )
    if not object_reports:
        return None
    subject_id = identifier(payment_id or took.get("id"))
    return SubjectReports(
        subject_id, object_reports, charge_reference=None if payment_id else subject_id
    )


def moved(
    transaction_id: str, state: str, amount: Money, at: datetime, of: str | None
) -> ObjectReport:
    """Report what a transaction took from a payment, or brought back: `withdrawn`, `reinstated`."""
    report = object_report(ObjectKind.DISPUTE_FUNDS, transaction_id, state, amount, at)
    return report.model_copy(update={"is_assumed": True, "belongs_to": of})


def _withdrawn(took: Body, payment_id: str | None, otherwise: datetime) -> ObjectReport:
    amount, at = unsigned(took.get("amount")), happened_at(took, otherwise)
    return moved(identifier(took.get("id")), "withdrawn", amount, at, payment_id)


def _is_done(body: Body) -> bool:
    status = str(text(body.get("status")) or text(body.get("state"))).upper()
    return status == _DONE and bool(part(body, "amount"))
