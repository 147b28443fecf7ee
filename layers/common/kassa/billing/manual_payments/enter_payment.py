"""Enter a payment that came in past every gateway, and say later which invoice it pays.

It stands in the table, with its act, before it is queued; from there it is booked as any gateway's
event. So whoever asks twice, and whatever dies in between, it is booked once.
"""

from datetime import datetime

from kassa.billing.manual_payments.acts import NAMELESS, EnteredBy, EntryResult, act_of, name_of
from kassa.billing.manual_payments.bodies import (
    ApplicationBody,
    PaymentBody,
    digest,
    likeness,
    named_id,
    received_at,
)
from kassa.billing.manual_payments.entry_store import Entries, KeptEntry
from kassa.billing.manual_payments.queue_entries import RESERVE_S, queue_entry
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.series import parted
from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import Conflict, InvalidRequest, OrderNotFound
from kassa.core.periods import day_of
from kassa.gateways.manual.entries import PaymentEntry
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def enter_payment(
    body: PaymentBody, by: EnteredBy, entries: Entries, time_left_s: TimeLeft
) -> EntryResult:
    """Enter a payment once for each name, and queue it to be booked.

    Raises OrderNotFound and InvoiceNotFound for what it names and nobody knows, InvalidRequest for
    a date or currency that can't be, and Conflict where its name has another payment, or one
    without a name is alike to another of its day.
    """
    at = received_at(body, clock.now(), settings().merchant_time_zone)
    kept, is_new = retry_on_conflict(
        lambda: _entered_once(body, at, by, entries), time_left_s, RESERVE_S
    )
    queue_entry(kept, entries)
    return EntryResult(kept.entry, is_new)


def apply_payment(
    payment_id: str, body: ApplicationBody, by: EnteredBy, entries: Entries, time_left_s: TimeLeft
) -> EntryResult:
    """Apply a payment that was entered for nothing to an invoice, once and whole, and queue that.

    What is beyond the invoice is the customer's credit. Raises PaymentNotFound and InvoiceNotFound,
    and Conflict where the payment isn't there whole, pays something else, or nothing is owed.
    """
    kept, is_new = retry_on_conflict(
        lambda: _applied_once(entries.named(payment_id), body.invoice_number, by, entries),
        time_left_s,
        RESERVE_S,
    )
    queue_entry(kept, entries)
    return EntryResult(kept.entry, is_new)


def _applied_once(
    known: KeptEntry, number: str, by: EnteredBy, entries: Entries
) -> tuple[KeptEntry, bool]:
    entry, merchant_id = known.entry, settings().merchant_id
    if entry.invoice_number == number:
        return known, False
    if pays := entry.invoice_number or entry.order_id:
        raise Conflict(f"invoice_number: {entry.payment_id} pays {pays}")
    if entry.left_minor != entry.amount.amount_minor:
        raise Conflict(f"{entry.payment_id}: it was taken back, or given back in part")
    named = entry.model_copy(update={"invoice_number": number, "applied_at": clock.now()})
    after = of_sale(named, merchant_id)
    if not Receivables(merchant_id).of_number(number).receivable.open_minor:
        raise Conflict(f"invoice_number: nothing is owed of {number}")
    act = act_of(entry, by, operation="payment.apply", after=number)
    kept = entries.change(known, after, act)
    logger.info("payment applied", payment_id=entry.payment_id, invoice_number=number)
    return kept, True


def _entered_once(
    body: PaymentBody, at: datetime, by: EnteredBy, entries: Entries
) -> tuple[KeptEntry, bool]:
    merchant_id = settings().merchant_id
    alike = entries.alike(likeness(body, day_of(at, settings().merchant_time_zone)))
    name = name_of(body.entry_id, by)
    if name is None:
        if alike.payment_id is not None and not body.is_repeat:
            _require_reversed(entries.named(alike.payment_id), entries)
        name = (NAMELESS, alike.digest, str(alike.times))
    payment_id = named_id("mp", merchant_id, *name)
    known = entries.find(payment_id)
    if known is not None and name[0] != NAMELESS:
        if known.digest != digest(body):
            raise Conflict(f"entry_id: {payment_id} has its name, and says something else")
        return known, False
    kept = KeptEntry(of_sale(body.entry(payment_id, at), merchant_id), digest(body))
    entries.enter(kept, alike, act_of(kept.entry, by, operation="payment.enter"))
    logger.info("payment entered", payment_id=payment_id, account=body.account)
    return kept, True


def of_sale(entry: PaymentEntry, merchant_id: str) -> PaymentEntry:
    """Return a payment with what its order or invoice says of it; both must be ours."""
    if entry.order_id is not None:
        order = Orders(merchant_id).content(entry.order_id)
        if order is None:
            raise OrderNotFound(f"no order '{entry.order_id}' was sent to POST /orders")
        _require_currency(entry, order.currency, "order")
    if entry.invoice_number is None:
        return entry
    invoice = Numbers().numbered(merchant_id, *parted(entry.invoice_number))
    if invoice.state is InvoiceState.VOID:
        raise Conflict(f"invoice_number: {entry.invoice_number} is void")
    stated = invoice.entry
    _require_currency(entry, stated.currency, "invoice")
    whose = {"order_id": stated.order_id, "customer_id": stated.customer_id}
    return entry.model_copy(update=whose)


def _require_currency(entry: PaymentEntry, currency: str, what: str) -> None:
    if entry.amount.currency != currency:
        raise InvalidRequest(f"currency: the {what} is in {currency}")


def _require_reversed(known: KeptEntry, entries: Entries) -> None:
    """Refuse what is likely the same payment again, unless that is none any more.

    What of the first is left to do is done.
    """
    queue_entry(known, entries)
    entry = known.entry
    if entry.reversal is None:
        raise Conflict(
            f"is_repeat: {entry.payment_id} at {entry.account} has the same reference, amount and"
            " day; say if this is another payment"
        )
