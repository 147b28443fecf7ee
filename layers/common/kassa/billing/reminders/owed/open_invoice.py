"""An invoice as reminders see it: what is owed of it, since when, and of whom."""

import sys

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.receivables.receivable import KeptReceivable, Receivable
from kassa.billing.reminders.schedule import Hold, OpenInvoice

_ORDER, _DRAFT = "order:", "draft:"


def customer_of(of: NumberEntry) -> str:
    """Return under which id an invoice's buyer stands with customers; a guest's is the sale's."""
    if of.customer_id is not None:
        return of.customer_id
    draft = of.source_id.removeprefix(f"{_DRAFT}{of.merchant_id}:")
    return f"{_ORDER}{of.order_id or f'draft/{draft}'}"


def sale_of(of: NumberEntry) -> str:
    """Return the sale that an invoice's buyer was named with."""
    return of.order_id or f"draft/{of.source_id.removeprefix(f'{_DRAFT}{of.merchant_id}:')}"


def open_invoice(
    kept: KeptReceivable, receivable: Receivable, hold: Hold | None = None
) -> OpenInvoice:
    """Return what of an invoice decides whether it is reminded of, as its receivable stood."""
    position = receivable.position
    return OpenInvoice(
        number=kept.number,
        due_on=receivable.due_on or kept.of.issued_on,
        currency=sys.intern(receivable.currency),
        open_minor=position.open_minor,
        order_id=kept.of.order_id,
        promised_on=receivable.promised_on,
        hold=hold,
        fee_minor=position.fee_minor,
        interest_minor=position.interest_minor,
    )
