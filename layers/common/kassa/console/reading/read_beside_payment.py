"""Read what stands beside a payment: the invoice that it is of, and what people noted on it."""

from secrets import token_hex
from typing import Any

from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.numbering.store import Numbers
from kassa.console.visit import Visit, time_zone
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.lists.events import History
from kassa.ledger.notes import note_store
from kassa.ledger.notes.note import TEXT_MAX
from kassa.people.store import Persons
from kassa.platform import keys
from kassa.platform.settings import settings

NOTE = "/console/payments/<gateway>/<account>/<payment_id>/note"
NOTES_MAX = 10  # the newest, so that a page stays small; an export of their customer has all


def read_beside_payment(visit: Visit, history: History) -> dict[str, Any]:
    """Return what a payment's page shows beside the books."""
    notes = note_store.read(history.subject)
    names = {one.person_id: one.name for one in Persons().listed()} if notes else {}
    return {
        "invoice": _invoice(visit, history),
        "may_note": visit.may(f"POST {NOTE}"),
        "note_id": token_hex(8),
        "note_max": TEXT_MAX,
        "notes": [
            {
                "text": one.text,
                "by": names.get(one.written_by, one.written_by),
                "at": visit.texts.instant(one.written_at.astimezone(time_zone())),
            }
            for one in notes[:NOTES_MAX]
        ],
        "more_notes": max(0, len(notes) - NOTES_MAX),
    }


def _invoice(visit: Visit, history: History) -> str:
    """Return the number of the invoice that a payment is of; nothing for who may see none."""
    if not visit.may("GET /console/invoices/<number>"):
        return ""
    return _invoice_of(settings().merchant_id, history)


def _invoice_of(merchant_id: str, history: History) -> str:
    """Return its printed number; nothing where it is of none."""
    subject, state = history.subject, history.state
    if state.invoice_number:
        return state.invoice_number
    if state.order_id and (found := invoice_lists.of_order(merchant_id, state.order_id)):
        return found.number
    facts = [fact for event in history.events for fact in event.facts]
    captures = [one.metadata.fact_id for one in facts if isinstance(one.data, PaymentCaptured)]
    paid = keys.of_payment(subject.gateway, subject.account, subject.subject_id)
    for source in (*captures[:1], paid):
        if document := Numbers().issued_for(source):
            return document.number_printed
    return ""
