"""Issue the credit note of a refund: which lines of the invoice it gives back, by themselves.

The invoice's item counts what was given back of it, in the transaction that takes the number: two
refunds at once are two shares, whichever comes first. A message that comes back finds its number,
and the note is worked out again from the share that stands with it.
"""

from collections.abc import Callable
from typing import Any

from kassa.billing.credit_notes.find_refunded_invoice import RefundedInvoice, find_refunded_invoice
from kassa.billing.credit_notes.store_credit_note import Share, store_credit_note, worked_note
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.series import next_entry, series_name
from kassa.billing.numbering.statement import stated
from kassa.billing.numbering.store import Move, Numbers, counting, issued
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept back for typesetting, storing and answering


def issue_credit_note(
    fact: LedgerFact, merchant: Merchant, time_left_s: Callable[[], float]
) -> None:
    """Give a refund its credit note, once; none where its payment has no invoice with tax.

    Lines that its request names go back first. Raises InvalidRequest where more goes back than was
    invoiced, StaleWrite where others kept being faster or the invoice isn't issued yet: the
    message must come back.
    """
    request_id: str | None = getattr(fact.data, "refund_request_id", None)
    found = find_refunded_invoice(fact.metadata, request_id, merchant)
    if found is None:
        metrics.add_metric(name="CreditNoteNotDue", unit="Count", value=1)
        return
    if fact.data.amount.currency != found.invoice.total.currency:
        raise InvalidRequest(f"{fact.metadata.fact_id} is in another currency than its invoice")
    known = Numbers().of_source(fact.metadata.fact_id)
    item = known or retry_on_conflict(
        lambda: _issued(fact, merchant, found), time_left_s, RESERVE_S
    )
    note = issued(item)
    if "pdf" not in note.documents:
        store_credit_note(note, found.invoice, item["share"])
    metrics.add_metric(
        name="CreditNoteRepeated" if known else "CreditNoteIssued", unit="Count", value=1
    )
    logger.info(
        "credit note repeated" if known else "credit note issued",
        fact_id=fact.metadata.fact_id,
        payment_id=found.invoice.payment_id,
        invoice_number=note.number_printed,
    )


def _issued(fact: LedgerFact, merchant: Merchant, found: RefundedInvoice) -> dict[str, Any]:
    """Take the next number of the series, unless another delivery has given the refund one."""
    numbers, invoice, today = Numbers(), found.invoice, merchant.day_of(clock.now())
    if known := numbers.of_source(fact.metadata.fact_id):
        return known
    was = numbers.credited(merchant.merchant_id, invoice.series, invoice.number)
    units = {str(at): str(count) for at, count in found.units.items()}
    share: Share = {"minor": fact.data.amount.amount_minor, "units": units}
    share |= {"before": was} if was else {}
    document, credited = worked_note(invoice, share, today)
    ids = {"customer_id": invoice.customer_id, "payment_id": invoice.payment_id}
    statement = stated(document, fact.metadata.fact_id, **ids)
    name = series_name(statement.kind, merchant, clock.now())
    before = numbers.series(merchant.merchant_id, name)
    entry, head = next_entry(statement, before, today)
    beside = {"state": InvoiceState.PAID.value, "documents": {}, "share": share}
    counted = counting(found.entry, was, credited)
    return numbers.keep(entry, Move(before, head), beside, counted)
