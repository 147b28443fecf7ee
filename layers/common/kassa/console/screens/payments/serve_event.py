"""One event of a payment: what it moved, what the gateway sent, and sending that in again.

What a gateway sent may name people, so it is shown to those who may export a customer. It is never
logged.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages.payments import event as event_page
from kassa.console.pages.payments.event import Body
from kassa.console.pages.payments.listed import path_of
from kassa.console.render import page, redirect
from kassa.console.visit import fresh_sign_in_url, time_zone, visit_of
from kassa.core.callers import Scope
from kassa.core.errors import EventNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger import raw_archive
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventLists
from kassa.platform import clock
from kassa.recovery.resend_event import resend_event

routes = Router()  # type: ignore[no-untyped-call]
EVENT = "/console/payments/<gateway>/<account>/<payment_id>/events/<event_id>"
SENT = "sent"  # the query of the page that an act leads to


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
        may_resend=visit.may(f"POST {EVENT}/resend") and bool(event.raw),
        is_fresh=visit.is_fresh(clock.now()),
        sign_in=fresh_sign_in_url(visit.here),
        is_sent=visit.query.get(SENT) == "yes",
    )


@routes.post(f"{EVENT}/resend")
def post_resend(gateway: str, account: str, payment_id: str, event_id: str) -> Response[str]:
    """Send the archived bytes in again; what is booked of them stays."""
    subject = _subject(gateway, account, payment_id)
    resend_event(subject, event_id, visit_of(routes).signed_in.caller)
    path = event_page.path_of_event(path_of(gateway, account, payment_id), event_id)
    return redirect(f"{path}?{SENT}=yes")


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
