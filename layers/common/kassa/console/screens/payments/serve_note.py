"""A note on a payment, written where the payment is shown."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.forms import read_form
from kassa.console.pages.payments.listed import path_of
from kassa.console.reading.read_beside_payment import NOTE
from kassa.console.render import redirect
from kassa.console.visit import visit_of
from kassa.core.model import Model
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.notes.note import NoteId
from kassa.ledger.notes.write_note import write_note

routes = Router()  # type: ignore[no-untyped-call]


class NoteForm(Model):
    """What the form says: a note, and which form it is."""

    note_id: NoteId
    note: str


@routes.post(NOTE)
def post_note(gateway: str, account: str, payment_id: str) -> Response[str]:
    """Keep a note; the same form again keeps no second one."""
    visit, kind = visit_of(routes), SubjectKind.PAYMENT
    given = {name: visit.form.get(name, "") for name in NoteForm.model_fields}
    form = read_form(NoteForm, given)
    payment = Subject(gateway=gateway, account=account, kind=kind, subject_id=payment_id)
    write_note(payment, form.note_id, form.note, visit.signed_in.caller)
    return redirect(path_of(gateway, account, payment_id))
