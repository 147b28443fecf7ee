"""Write a note on a payment: one write with its audit item; the same form again writes nothing."""

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.callers import Caller, Scope, require_scope
from kassa.core.errors import InvalidRequest
from kassa.gateways.events import Subject
from kassa.ledger.lists.events import EventLists
from kassa.ledger.notes import note_store
from kassa.ledger.notes.note import TEXT_MAX, Note
from kassa.platform import clock, table


def write_note(payment: Subject, note_id: str, text: str, caller: Caller) -> None:
    """Write a note on a payment, known by the id of the form that it came by.

    Neither the log nor the audit trail has the text. Raises ScopeMissing, PaymentNotFound, and
    InvalidRequest where there is no text or it is too long.
    """
    require_scope(caller, Scope.PAYMENTS_WRITE)
    written = text.strip().replace("\r\n", "\n")
    if not 0 < len(written) <= TEXT_MAX:
        raise InvalidRequest(f"note: write one to {TEXT_MAX} characters")
    EventLists().history(payment)
    note = Note(note_id=note_id, text=written, written_at=clock.now(), written_by=caller.actor_id)
    of_payment = f"{payment.gateway}/{payment.account}/{payment.subject_id}"
    act = Act(
        operation="payment.note",
        object_id=f"payment/{of_payment}",
        by=Actor.of(caller),
        after=note_id,
    )
    try:
        audit_trail.transact([{"Put": note_store.writing(payment, note)}], act)
    except ClientError as error:
        if not table.is_cancelled(error):  # else this form's note stands already
            raise
