# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of notes on payments.

Entity        PK                                             SK
Payment note  PAYMENTNOTE#<gateway>#<account>#<payment_id>   NOTE#<note_id>

Access pattern                   Method              Served by
A note written once              write_note          TransactWriteItems with its audit item, put if absent
The notes on a payment           note_store.read     Query PK, consistent
The notes on a payment erased    note_store.erase    UpdateItem, each
"""

from kassa.gateways.events import Subject
from kassa.platform.keys import Key


def notes_of(payment: Subject) -> str:
    """Return the partition of the notes on a payment."""
    return f"PAYMENTNOTE#{payment.gateway}#{payment.account}#{payment.subject_id}"


def note(payment: Subject, note_id: str) -> Key:
    """Return the key of one note."""
    return Key(notes_of(payment), f"NOTE#{note_id}")
