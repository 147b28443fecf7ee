"""One event of a payment: what it moved, what the gateway sent, and what sends that in again.

What a gateway sent may name people, so it is shown to those who may export a customer. It is never
logged.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages.payments import event as event_page
from kassa.console.pages.payments.event import Body
from kassa.console.pages.payments.listed import path_of
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.callers import Scope
from kassa.core.errors import EventNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger import raw_archive
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventLists

routes = Router()  # type: ignore[no-untyped-call]
EVENT = "/console/payments/<gateway>/<account>/<payment_id>/events/<event_id>"


@routes.get(EVENT)
def get_event(gateway: str, account: str, payment_id: str, event_id: str) -> Response[str]:
    """Show an event with what the gateway sent, as it was archived."""
    visit, subject = visit_of(routes), _subject(gateway, account, payment_id)
    event = EventLists().booked_as(subject, event_id)
    if event is None:
        raise EventNotFound(f"payment {payment_id} has no event {event_id}")
    may_read = Scope.CUSTOMERS_EXPORT in visit.signed_in.caller.scopes
    return page(
        visit,
        "event.html",
        "payments",
        **event_page.shown(event, visit.texts, time_zone()),
        path=path_of(gateway, account, payment_id),
        may_read=may_read,
        body=_body(event) if may_read else None,
        may_resend=Scope.DELIVERIES_WRITE in visit.signed_in.caller.scopes and bool(event.raw),
    )


def _body(event: BookedEvent) -> Body | None:
    """Return what the gateway sent; nothing where the archive has dropped or erased it."""
    try:
        sent = raw_archive.find(event.raw) if event.raw else None
        return event_page.body_shown(raw_archive.body_of(sent)) if sent else None
    except EventNotFound:
        return None


def _subject(gateway: str, account: str, payment_id: str) -> Subject:
    kind = SubjectKind.PAYMENT
    return Subject(gateway=gateway, account=account, kind=kind, subject_id=payment_id)
