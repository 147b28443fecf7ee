"""A credit note as it is printed and sent: worked out from its invoice and its share of it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from kassa.billing.credit_notes.credit import Credited, Refunded, credited_draft
from kassa.billing.credit_notes.find_refunded_invoice import RefundedInvoice
from kassa.billing.documents.draft import Preceding
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.invoices.sale import Sold
from kassa.billing.invoices.store_invoice import printed_forms
from kassa.billing.numbering.issue_document import store_documents
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.typeset.print_forms import count_missing
from kassa.core import stored

# minor: of the refund; units: of lines; before: what was credited by then; back: what it gives back
Share = dict[str, Any]


def worked_note(found: RefundedInvoice, share: Share, on: date) -> tuple[Document, Credited]:
    """Return a credit note, and what is given back of its invoice with it, as it is counted."""
    before = stored.read_text(Credited, share["before"]) if "before" in share else None
    preceding = Preceding(number=found.number, issued_on=found.of.issued_on)
    units = {int(at): Decimal(count) for at, count in share["units"].items()}
    refund = Refunded(int(share["minor"]), on, units)
    draft, after = credited_draft(found.sold.document, preceding, before, refund)
    return worked_out(draft), after


def store_credit_note(note: IssuedDocument, found: RefundedInvoice, share: Share) -> None:
    """Store a credit note as PDF, and as electronic invoice where no rule is broken."""
    document, _ = worked_note(found, share, note.entry.issued_on)
    content = document.draft.model_dump(mode="json", exclude_none=True)
    forms = printed_forms(Sold(document, found.sold.seller), note.number_printed)
    kept = {"share": json.loads(json.dumps(share, default=int))}  # for the record: no Decimal
    if store_documents(note, content, forms, kept):
        count_missing(forms)
