"""Issue the credit note of a refund: which lines of the invoice it gives back, by themselves.

The invoice's item counts what was given back of it, in the transaction that takes the number: two
refunds at once are two shares, whichever comes first. A message that comes back finds its number,
and the note is worked out again from the share that stands with it.
"""

from collections.abc import Callable
from typing import Any

from kassa.billing.credit_notes.find_refunded_invoice import RefundedInvoice, find_refunded_invoice
from kassa.billing.credit_notes.store_credit_note import Share, store_credit_note, worked_note
from kassa.billing.numbering.issue_document import RESERVE_S, take_number
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.statement import stated
from kassa.billing.numbering.store import Numbers, counting, issued
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics


def issue_credit_note(
    fact: LedgerFact, merchant: Merchant, time_left_s: Callable[[], float]
) -> None:
    """Give a refund its credit note, once; none where its payment has no invoice with tax.

    Lines that its request names go back first. Raises InvalidRequest where more goes back than was
    invoiced, StaleWrite where others kept being faster or the invoice isn't issued yet: the
    message must come back.
    """
    found = find_refunded_invoice(fact, merchant)
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
        store_credit_note(note, found, item["share"])
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
    numbers, invoice = Numbers(), found.invoice
    if known := numbers.of_source(fact.metadata.fact_id):
        return known
    place = invoice.merchant.merchant_id, invoice.series, invoice.number
    was = numbers.credited(*place)
    units = {str(at): str(count) for at, count in found.units.items()}
    share: Share = {"minor": fact.data.amount.amount_minor, "units": units}
    share |= {"before": was} if was else {}
    document, credited = worked_note(found, share, merchant.day_of(clock.now()))
    ids = {"customer_id": invoice.customer_id, "payment_id": invoice.payment_id}
    statement = stated(document, fact.metadata.fact_id, **ids)
    beside = {"state": InvoiceState.PAID.value, "documents": {}, "share": share}
    return take_number(statement, merchant, beside, counting(place, was, credited))
