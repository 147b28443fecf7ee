"""Captures, sales, refunds and orders in our terms.

A sale is what a capture was called in the first generation; their ids are of one kind.
"""

from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import UNSAID, ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, part, parts, text
from kassa.gateways.paypal.money import from_paypal
from kassa.gateways.paypal.parsing import (
    SubjectReports,
    country_of,
    happened_at,
    identifier,
    is_first_generation,
    last_changed,
    linked,
    object_report,
    of_capture,
    of_source,
    our_name,
    unsigned,
)

_CHARGE = {
    "COMPLETED": "captured",
    "PARTIALLY_REFUNDED": "captured",
    "REFUNDED": "captured",
    "REVERSED": "captured",
    "PENDING": "pending",
    "DECLINED": "failed",
    "DENIED": "failed",
    "FAILED": "failed",
}
_REFUND = {
    "COMPLETED": "succeeded",
    "PENDING": "pending",
    "FAILED": "failed",
    "CANCELLED": "canceled",
    "CANCELED": "canceled",
}
_BEST = ("captured", "pending", "failed")
_CHANGED_SINCE = ("PARTIALLY_REFUNDED", "REFUNDED", "REVERSED")  # what last changed isn't a capture


def capture(body: Body, otherwise: datetime) -> SubjectReports:
    """Report how a capture stands, and the checkout it was paid at; its id is its payment's.

    A capture of the first generation is a sale in all but its name, and read as one.
    """
    if is_first_generation(body):
        return sale(body, otherwise)
    charge = _charge(body, body.get("status"), otherwise)
    order_id = text(body.get("custom_id")) or text(body.get("invoice_id"))
    object_reports = (
        charge,
        *_checkout(order_of(body), charge),
        *_reversed(body.get("status"), charge),
    )
    return SubjectReports(charge.object_id, object_reports, order_id=order_id)


def _reversed(status: object, charge: ObjectReport) -> tuple[ObjectReport, ...]:
    """Infer that a payment's funds are gone where its status alone says so."""
    if str(status).upper() != "REVERSED":
        return ()
    kind, funds_id = ObjectKind.DISPUTE_FUNDS, f"{charge.object_id}/funds"
    gone = object_report(kind, funds_id, "withdrawn", charge.amount, charge.happened_at)
    return (gone.model_copy(update={"is_assumed": True, "belongs_to": charge.object_id}),)


def order_of(body: Body) -> str | None:
    """Return PayPal's own order behind a capture, which is the checkout we opened."""
    related = part(part(body, "supplementary_data"), "related_ids").get("order_id")
    return text(related) or linked(body, "up", "/checkout/orders/")


def _checkout(checkout_id: str | None, charge: ObjectReport) -> tuple[ObjectReport, ...]:
    """Report how the checkout stands at which a charge was made; a decline leaves it open."""
    if checkout_id is None:
        return ()
    state = "completed" if charge.state == "captured" else "open"
    return (
        object_report(ObjectKind.CHECKOUT, checkout_id, state, charge.amount, charge.happened_at),
    )


def sale(body: Body, otherwise: datetime) -> SubjectReports:
    """Report how a sale stands; PayPal may show it as a capture of the second generation."""
    if not is_first_generation(body):
        return capture(body, otherwise)
    charge = _charge(body, body.get("state"), otherwise)
    order_id = text(body.get("custom")) or text(body.get("invoice_number"))
    object_reports = (charge, *_reversed(body.get("state"), charge))
    found = SubjectReports(charge.object_id, object_reports, order_id=order_id)
    agreement_id = text(body.get("billing_agreement_id"))  # of a subscription, and of nothing else
    return found._replace(recurring=UNSAID, agreement_id=agreement_id) if agreement_id else found


def _charge(body: Body, status: object, otherwise: datetime) -> ObjectReport:
    state = _CHARGE.get(str(status).upper())
    if state is None:
        raise UnreadableEvent("a capture stands in a state we don't know")
    amount = from_paypal(body.get("amount"))
    if amount.amount_minor < 0:
        raise UnreadableEvent("a capture of less than nothing")
    payment_id, at = identifier(body.get("id")), _came_to_stand(body, str(status), otherwise)
    charge = object_report(ObjectKind.CHARGE, payment_id, state, amount, at)
    processor = text(part(body, "processor_response").get("response_code"))
    reason = text(part(body, "status_details").get("reason")) or text(body.get("reason_code"))
    reason = processor if processor and charge.state == "failed" else reason
    return charge.model_copy(update=of_capture(body)._asdict() | {"reason": reason})


def _came_to_stand(body: Body, status: str, otherwise: datetime) -> datetime:
    """Return when a capture was completed, or failed: days after it was made, if it had waited.

    What last changed of one that was refunded since is the refund.
    """
    if status.upper() in _CHANGED_SINCE:
        return happened_at(body, otherwise)
    return last_changed(body, otherwise)


def refund(body: Body, otherwise: datetime) -> SubjectReports:
    """Report how a refund stands, and how much of its capture was refunded in all."""
    if is_first_generation(body):
        return sale_refund(body, otherwise)
    parent = linked(body, "up", "/captures/")
    made = _refund(body, body.get("status"), otherwise)
    made = made.model_copy(
        update={
            "refund_request_id": our_name(body.get("custom_id")),
            "reference": text(body.get("acquirer_reference_number")),
            "reason": text(part(body, "status_details").get("reason")),
        }
    )
    object_reports = (made, *_total(part(body, "seller_payable_breakdown"), parent, made))
    return SubjectReports(
        parent or made.object_id,
        object_reports,
        charge_reference=None if parent else made.object_id,
    )


def sale_refund(body: Body, otherwise: datetime) -> SubjectReports:
    """Report how a refund of a sale stands; its amount may be negative."""
    if not is_first_generation(body):
        return refund(body, otherwise)
    made = _refund(body, body.get("state"), otherwise)
    parent = (
        text(body.get("sale_id")) or text(body.get("capture_id")) or linked(body, "sale", "/sale/")
    )
    reason = text(body.get("reason_code"))
    named = made.model_copy(update={"reason": reason})
    subject_id = identifier(parent) if parent else made.object_id
    return SubjectReports(subject_id, (named,), charge_reference=None if parent else made.object_id)


def _refund(body: Body, status: object, otherwise: datetime) -> ObjectReport:
    state = _REFUND.get(str(status).upper())
    if state is None:
        raise UnreadableEvent("a refund stands in a state we don't know")
    refund_id, amount = identifier(body.get("id")), unsigned(body.get("amount"))
    return object_report(ObjectKind.REFUND, refund_id, state, amount, happened_at(body, otherwise))


def _total(breakdown: Body, parent: str | None, made: ObjectReport) -> tuple[ObjectReport, ...]:
    """What the capture has refunded so far: cumulative, so a total of its own, never a refund."""
    if parent is None or "total_refunded_amount" not in breakdown:
        return ()
    total = unsigned(breakdown["total_refunded_amount"])
    report = object_report(
        ObjectKind.REFUNDED_TOTAL, f"{parent}/refunded", "reported", total, made.happened_at
    )
    return (report,)


def order(body: Body, otherwise: datetime) -> SubjectReports | None:
    """Report what came of an order: its capture, a decline, or that it was voided; else nothing."""
    order_id, units = identifier(body.get("id")), parts(body, "purchase_units")
    reports = [
        capture(one, otherwise)
        for unit in units
        for one in parts(part(unit, "payments"), "captures")
    ]
    ours = text(units[0].get("custom_id")) if units else None
    payer = text(part(body, "payer").get("payer_id"))
    if not reports:
        object_reports = _without_capture(body, units[0], otherwise) if units else ()
        return (
            SubjectReports(order_id, object_reports, order_id=ours, customer_id=payer)
            if object_reports
            else None
        )
    best = min(reports, key=lambda one: _BEST.index(one.object_reports[0].state))
    paid = of_source(part(body, "payment_source"))
    charge = best.object_reports[0].model_copy(update=paid._asdict() | country_of(body))
    object_reports = (charge, *_checkout(order_id, charge))
    ours = best.order_id or ours
    return SubjectReports(best.subject_id, object_reports, order_id=ours, customer_id=payer)


def _without_capture(body: Body, unit: Body, otherwise: datetime) -> tuple[ObjectReport, ...]:
    issue = text(part(body, "declined").get("issue"))
    if issue is None and body.get("status") != "VOIDED":
        return ()
    order_id, at = identifier(body.get("id")), happened_at(body, otherwise)
    amount = from_paypal(unit.get("amount"))
    if issue is None:
        return (object_report(ObjectKind.CHECKOUT, order_id, "expired", amount, at),)
    declined = object_report(ObjectKind.CHARGE, f"{order_id}/declined", "failed", amount, at)
    paid = of_source(part(body, "payment_source"))
    declined = declined.model_copy(update=paid._asdict() | country_of(body) | {"reason": issue})
    return (declined, *_checkout(order_id, declined))
