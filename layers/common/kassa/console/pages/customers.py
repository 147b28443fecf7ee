"""What a customer's page shows: their money by currency, and what happened in its order."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.billing.invoices.view import InvoiceView
from kassa.console.pages.payments.listed import amount_of, path_of
from kassa.customers.parties import Buyer
from kassa.ledger.payment_details import PaymentDetails
from kassa.orders.views import OrderCase
from kassa.privacy.erasure import Erasure, Status
from kassa.privacy.export import Consent
from kassa.reports.localization import Texts

EVENTS_MAX = 80


class CustomerRead(NamedTuple):
    """What was read of a customer."""

    buyer: Buyer | None  # as their newest order names them
    orders: tuple[OrderCase, ...]
    payments: tuple[PaymentDetails, ...]
    documents: tuple[InvoiceView, ...]
    consents: tuple[Consent, ...]
    erasure: Erasure | None


class Happened(NamedTuple):
    """One thing of a customer's timeline."""

    at: datetime
    kind: str
    name: str
    path: str
    amount: str
    state: str


def shown(read: CustomerRead, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the page is filled in with."""
    happened = sorted(_timeline(read, texts, zone), key=lambda one: one.at, reverse=True)
    erasure = read.erasure
    return {
        "money": _money(read.payments, texts),
        "counts": (len(read.orders), len(read.payments), len(read.documents)),
        "timeline": [
            one._asdict() | {"at": texts.instant(one.at.astimezone(zone))}
            for one in happened[:EVENTS_MAX]
        ],
        "is_shortened": len(happened) > EVENTS_MAX,
        "consents": read.consents,
        "is_erasing": erasure is not None and erasure.status is Status.BEGUN,
        "kept": [(one.what, one.why, one.until or "") for one in erasure.kept] if erasure else [],
        "erased": texts.instant(erasure.begun_at.astimezone(zone)) if erasure else "",
    }


def _money(payments: tuple[PaymentDetails, ...], texts: Texts) -> list[dict[str, str]]:
    """Return what was paid, and what of it is left, by currency."""
    paid: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    for one in payments:
        if one.captured and one.refundable:
            paid[one.captured.currency] += one.captured.amount_minor
            left[one.captured.currency] += one.refundable.amount_minor
    return [
        {
            "currency": currency,
            "paid": texts.money(paid[currency], currency),
            "left": texts.money(left[currency], currency),
            "back": texts.money(paid[currency] - left[currency], currency),
        }
        for currency in sorted(paid)
    ]


def _timeline(read: CustomerRead, texts: Texts, zone: ZoneInfo) -> Iterator[Happened]:
    for case in read.orders:
        for attempt in case.lifecycle.attempts[:1]:
            order = case.order
            amount = texts.money(order.amount_minor, order.currency)
            search = f"/console/payments?q={order.order_id}"
            status = str(case.lifecycle.status)
            yield Happened(attempt.submitted_at, "order", order.order_id, search, amount, status)
    for one in read.payments:
        if one.captured_at is not None:
            path = path_of(one.gateway, one.account, one.payment_id)
            amount = amount_of(one.captured, texts)
            yield Happened(one.captured_at, "payment", one.payment_id, path, amount, one.status)
    for document in read.documents:
        issued = datetime.combine(document.issued_on, datetime.min.time(), zone)
        path = f"/console/invoices/{document.number}"
        total, state = amount_of(document.total, texts), document.state.value
        yield Happened(issued, "invoice", document.number, path, total, state)
