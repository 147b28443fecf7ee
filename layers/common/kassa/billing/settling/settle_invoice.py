"""Settle an invoice that awaits a payment: by the next capture of its order.

The payment is entered and its capture leads to the invoice in one transaction. So a capture settles
an invoice or gets one of its own, never both, whoever hears of it at the same time.
"""

from botocore.exceptions import ClientError

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import Numbers, pointer
from kassa.billing.orders.order_draft import says_tax
from kassa.billing.receivables.items import entering
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import StaleWrite
from kassa.core.facts import FactMetadata
from kassa.ledger.facts import PaymentCaptured
from kassa.orders.store import Orders
from kassa.platform import aws, clock, keys, table
from kassa.platform.settings import settings


def settle_invoice(capture: PaymentCaptured, of: FactMetadata) -> table.Item | None:
    """Settle the invoice that a capture is for, and return its item; none where none awaits it.

    What is paid in another currency settles nothing. Raises StaleWrite when another writer was
    first: read again.
    """
    source_id = of.fact_id
    was = _awaiting(capture, Receivables(of.merchant_id))
    if was is None or capture.amount.currency != was.receivable.currency:
        return None
    entry = Entry(
        kind=EntryKind.SETTLED,
        source_id=source_id,
        minor=capture.amount.amount_minor,
        at=clock.now(),
        payment=of.subject_name,
    )
    _commit(was, was.receivable.with_entry(entry), source_id)
    return Numbers().of_source(source_id)


def lead_to_invoice(payment: FactMetadata, of: NumberEntry) -> None:
    """Let a payment lead to the invoice that it settled: its refunds look for that there."""
    named = keys.of_payment(payment.gateway, payment.account, payment.subject_id)
    Numbers().lead_to(of, named)


def _awaiting(capture: PaymentCaptured, receivables: Receivables) -> KeptReceivable | None:
    """Return the invoice that a person named, unless it is void; else its order's, if it waits."""
    if capture.invoice_number is not None:
        named = receivables.of_number(capture.invoice_number)
        return None if named.receivable.state is InvoiceState.VOID else named
    of_order = receivables.of_order(capture.order_id) if capture.order_id else None
    if of_order is None or of_order.receivable.is_awaited or _says_more(of_order):
        return of_order
    return None


def _says_more(void: KeptReceivable) -> bool:
    """Whether a void invoice states tax that its order doesn't say, as of a draft's.

    Another invoice of it would state none: what is paid then, as on a page that was open already,
    is the customer's credit.
    """
    if not void.receivable.is_void or not void.of.taxes:
        return False
    order = Orders(void.of.merchant_id).content(str(void.of.order_id))
    return order is None or not says_tax(order)


def _commit(was: KeptReceivable, after: Receivable, source_id: str) -> None:
    """Enter a payment, and let its capture lead to the invoice, all or nothing."""
    named = {"TableName": settings().table_name}
    leading = keys.invoiced(source_id)._asdict() | pointer(was.of)
    absent = {"ConditionExpression": "attribute_not_exists(PK)"}
    writes = [
        {"Update": named | entering(was, after)},
        {"Put": named | absent | {"Item": table.typed(leading)}},
    ]
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=writes)
    except ClientError as error:
        if table.is_cancelled(error) and not table.is_busy(error):
            raise StaleWrite(f"invoice {was.number} was changed meanwhile") from error
        raise
