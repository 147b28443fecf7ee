"""Find the invoice that a payment is of: what it paid, its order's, or what its capture made."""

from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.numbering.store import Numbers
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.lists.events import History
from kassa.platform import keys


def invoice_of(merchant_id: str, history: History) -> str:
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
