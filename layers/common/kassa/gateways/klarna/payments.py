"""An order of Klarna's, our payment, as it stands when it is read back.

Each capture is a charge and each refund its own; both are final when Klarna lists them. What is
not captured yet is authorized, or voided once Klarna lets it go.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Delivery, GatewayEvent, ObjectKind, ObjectReport, SubjectKind
from kassa.gateways.klarna.money import from_klarna
from kassa.gateways.klarna.parsing import KLARNA, identifier, instant, only, subject, text
from kassa.gateways.parsing import Body, digest, part, parts
from kassa.gateways.parsing import country as country_code

_READ = (
    *("order_id", "status", "fraud_status", "order_amount", "refunded_amount"),
    *("purchase_currency", "purchase_country", "locale", "created_at", "expires_at"),
    *("merchant_reference1", "merchant_reference2", "merchant_data"),
)
_READ_OF_CAPTURES = ("capture_id", "captured_amount", "captured_at")
_READ_OF_REFUNDS = ("refund_id", "refunded_amount", "refunded_at", "reference")
_UNCAPTURED = {
    "AUTHORIZED": "authorized",
    "PART_CAPTURED": "authorized",
    "CAPTURED": "captured",
    "CANCELLED": "voided",
    "EXPIRED": "voided",
    "CLOSED": "voided",
}
_FRAUD = {"PENDING": "processing", "REJECTED": "voided"}


def order_event(order: Body, delivery: Delivery, prefix: str) -> GatewayEvent:
    """Name an order's state by its content: the same state is the same event, however often read.

    Klarna doesn't say when an order was cancelled; what isn't captured is dated by the order.
    """
    order_id = identifier(order, "order_id")
    object_reports = tuple(_object_reports(order))
    fields = {
        "order_id": text(order, "merchant_reference1"),
        "customer_id": customer_id(order),
        "language": text(order, "locale"),
    }
    reports = [object_report.model_dump_json() for object_report in object_reports]
    return GatewayEvent(
        event_id=f"{prefix}:{order_id}:{digest([reports, fields])}",
        subject=subject(delivery, SubjectKind.PAYMENT, order_id),
        gateway_type=f"order.{str(order['status']).lower()}",
        happened_at=max(object_report.happened_at for object_report in object_reports),
        object_reports=object_reports,
        **fields,
    )


def order_essence(order: Body) -> Body:
    """Return of an order what is read of it here, and nothing of whose it is."""
    return only(order, _READ) | {
        "captures": [only(one, _READ_OF_CAPTURES) for one in parts(order, "captures")],
        "refunds": [only(one, _READ_OF_REFUNDS) for one in parts(order, "refunds")],
        "billing_address": only(part(order, "billing_address"), ["country"]),
    }


def _object_reports(order: Body) -> Iterator[ObjectReport]:
    captures, refunds = parts(order, "captures"), parts(order, "refunds")
    for capture in captures:
        yield _capture(order, capture)
    for refund in refunds:
        yield _refund(order, refund)
    if not captures:
        yield _uncaptured(order)
    yield from _unnamed(order, refunds)
    yield from _checkout(order)


def _capture(order: Body, capture: Body) -> ObjectReport:
    country = text(part(order, "billing_address"), "country") or text(order, "purchase_country")
    return ObjectReport(
        object_id=identifier(capture, "capture_id"),
        kind=ObjectKind.CHARGE,
        state="captured",
        amount=from_klarna(capture, "captured_amount", order.get("purchase_currency")),
        happened_at=instant(capture, "captured_at"),
        **KLARNA._asdict(),
        country=country.upper() if country else None,
        card_country=country_code(country),
    )


def _refund(order: Body, refund: Body) -> ObjectReport:
    return ObjectReport(
        object_id=identifier(refund, "refund_id"),
        kind=ObjectKind.REFUND,
        state="succeeded",
        amount=from_klarna(refund, "refunded_amount", order.get("purchase_currency")),
        happened_at=instant(refund, "refunded_at"),
        refund_request_id=text(refund, "reference"),
    )


def _uncaptured(order: Body) -> ObjectReport:
    """Report how an order stands of which nothing was captured; a rejected one is let go."""
    state = _UNCAPTURED.get(str(order.get("status")))
    if state is None:
        raise UnreadableEvent("an order's status is unknown")
    if state == "authorized":
        state = _FRAUD.get(str(order.get("fraud_status")), state)
    return ObjectReport(
        object_id=identifier(order, "order_id"),
        kind=ObjectKind.PAYMENT,
        state=state,
        amount=from_klarna(order, "order_amount", order.get("purchase_currency")),
        happened_at=_dated(order),
    )


def _dated(order: Body) -> datetime:
    return instant(order, "expires_at" if order.get("status") == "EXPIRED" else "created_at")


def _unnamed(order: Body, refunds: list[Body]) -> Iterator[ObjectReport]:
    """Report what was refunded beyond the refunds that are listed; it holds headroom back."""
    if "refunded_amount" not in order:
        return
    total = from_klarna(order, "refunded_amount", order.get("purchase_currency"))
    listed = sum(_refund(order, refund).amount.amount_minor for refund in refunds)
    if total.amount_minor > listed:
        yield ObjectReport(
            object_id=f"{identifier(order, 'order_id')}/refunded",
            kind=ObjectKind.REFUNDED_TOTAL,
            state="reported",
            amount=total,
            happened_at=instant(order, "created_at"),
        )


def _checkout(order: Body) -> Iterator[ObjectReport]:
    """Report that the order's checkout is done, where it was read with the order."""
    page = part(order, "page")
    if page:
        yield ObjectReport(
            object_id=identifier(page, "session_id"),
            kind=ObjectKind.CHECKOUT,
            state="completed",
            amount=from_klarna(order, "order_amount", order.get("purchase_currency")),
            happened_at=instant(page, "updated_at"),
        )


def merchant_data(customer: str | None) -> str | None:
    """Return what a checkout writes into an order so that it comes back with it."""
    return json.dumps({"customer_id": customer}) if customer else None


def customer_id(order: Body) -> str | None:
    """Return the customer that our own checkout wrote into the order."""
    try:
        merchant_data = json.loads(text(order, "merchant_data") or "{}")
    except (ValueError, RecursionError):
        return None
    return text(merchant_data, "customer_id") if isinstance(merchant_data, dict) else None
