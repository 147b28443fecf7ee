"""Notes on payments in the table: written once, read newest first, erased in their place."""

from typing import Any

from kassa.core import stored
from kassa.gateways.events import Subject
from kassa.ledger.notes import keys
from kassa.ledger.notes.note import Note
from kassa.platform import table


def writing(payment: Subject, note: Note) -> dict[str, Any]:
    """Return the arguments of a put of a note that doesn't stand yet."""
    return table.putting(keys.note(payment, note.note_id)._asdict() | stored.plain(note))


def read(payment: Subject) -> tuple[Note, ...]:
    """Return the notes on a payment, the newest first, without those that were erased."""
    found = [stored.read_fields(Note, item) for page in _pages(payment) for item in page]
    written = [one for one in found if one.text]
    return tuple(sorted(written, key=lambda one: (one.written_at, one.note_id), reverse=True))


def erase(payment: Subject) -> int:
    """Erase the texts of a payment's notes; return how many there were."""
    notes = read(payment)
    for one in notes:
        key = keys.note(payment, one.note_id)
        there = {"ConditionExpression": "attribute_exists(PK)"}
        table.write("update_item", **table.setting(key, {"text": ""}, **there))
    return len(notes)


def _pages(payment: Subject) -> Any:
    return table.pages(
        KeyConditionExpression="PK = :payment",
        ExpressionAttributeValues=table.typed({":payment": keys.notes_of(payment)}),
        ConsistentRead=True,
    )
