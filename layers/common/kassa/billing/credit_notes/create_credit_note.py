"""Create the credit note of a refund: its number, its share of the invoice, and what is owed then.

One transaction takes the number, counts what is given back and enters it on the invoice, as that
was read; two refunds at once are two shares, whichever comes first.
"""

from kassa.billing.credit_notes.credit import Credited
from kassa.billing.credit_notes.find_refunded_invoice import RefundedInvoice
from kassa.billing.credit_notes.refund_entries import Refund, missing_entries, noted_minor
from kassa.billing.credit_notes.store_credit_note import Share, worked_note
from kassa.billing.numbering.issue_document import take_number
from kassa.billing.numbering.record import Entry, InvoiceState
from kassa.billing.numbering.statement import stated
from kassa.billing.receivables.items import Beside, entering
from kassa.billing.receivables.store import Receivables, written
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.platform import clock, table


def create_credit_note(
    refund: Refund, found: RefundedInvoice, merchant: Merchant
) -> table.Item | None:
    """Take the next number of the series; none where all of it is the customer's credit.

    Raises StaleWrite where another was faster, as where another delivery gave the refund a number.
    """
    was = Receivables(merchant.merchant_id).of_number(found.number)
    minor = noted_minor(refund, was.receivable)
    if not minor:
        written(was, was.receivable.with_entries(missing_entries(refund, None, was.receivable)))
        return None
    units = {str(at): str(count) for at, count in found.units.items()}
    share: Share = {"minor": minor, "units": units}
    share |= {"before": was.credited} if was.credited else {}
    document, after = worked_note(found, share, merchant.day_of(clock.now()))
    before = stored.read_text(Credited, was.credited) if was.credited else None
    share["back"] = stored.text(after.less(before) if before else after)
    ids = {"customer_id": found.of.customer_id, "payment_id": refund.payment_id}
    statement = stated(document, refund.source_id, **ids)
    beside = {"state": InvoiceState.PAID.value, "documents": {}, "share": share}
    credited = Beside(stored.text(after))

    def enters_both(note: Entry) -> dict[str, object]:
        entries = missing_entries(refund, note, was.receivable)
        return entering(was, was.receivable.with_entries(entries), credited)

    return take_number(statement, merchant, beside, enters_both)
