"""One payment with all that moved, and a refund of it.

A refund is asked for by the API's own operation (approve_refund): the policy decides it.
"""

from secrets import token_hex
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.forms import minor_of, read_form
from kassa.console.pages.payments import payment as payment_page
from kassa.console.pages.payments.payment import PaymentRead
from kassa.console.reading.read_beside_payment import read_beside_payment
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, time_zone, visit_of
from kassa.core.errors import InvalidRequest
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.lists.events import EventLists, History
from kassa.platform.telemetry import time_left_s
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.check_sign_in import check_sign_in
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.store import RefundRequests

routes = Router()  # type: ignore[no-untyped-call]
GIVEN = ("amount", "reason", "comment")
REFUND = "/console/payments/<gateway>/<account>/<payment_id>/refund"


@routes.get("/console/payments/<gateway>/<account>/<payment_id>")
def get_payment(gateway: str, account: str, payment_id: str) -> Response[str]:
    """Show a payment: how it stands, what moved, and each event that reported it."""
    return _shown(visit_of(routes), _history(gateway, account, payment_id))


@routes.post(REFUND)
def post_refund(gateway: str, account: str, payment_id: str) -> Response[str]:
    """Ask for a refund, once it was shown once more; the same form again asks for nothing more."""
    visit, history = visit_of(routes), _history(gateway, account, payment_id)
    try:
        body = _body(visit, history)
    except InvalidRequest as error:  # nothing that was typed is lost
        return _shown(visit, history, wrong=str(error))
    check_sign_in(visit.signed_in.caller, body)
    if visit.form.get("confirmed") != "yes":
        return _shown(visit, history, body)
    left_s = time_left_s(routes.lambda_context)
    asked = approve_refund(body, visit.signed_in.caller, RefundRequests(), left_s)
    return redirect(f"/console/refunds/{asked.request.refund_request_id}")


def _shown(
    visit: Visit, history: History, asked: RefundRequestBody | None = None, wrong: str = ""
) -> Response[str]:
    read = PaymentRead(history.subject, history.state, history.headroom_minor, history.events)
    shown = payment_page.shown(read, visit.texts, time_zone())
    confirming = payment_page.confirming(asked, visit.texts) if asked else None
    more: dict[str, Any] = {
        "may_refund": visit.may(f"POST {REFUND}"),
        "claim_id": f"console-{token_hex(8)}",
        "confirming": confirming,
        "wrong": wrong,
        "given": {name: visit.form.get(name, "") for name in GIVEN},
    }
    more |= read_beside_payment(visit, history)
    return page(visit, "payment.html", "payments", 400 if wrong else 200, **shown, **more)


def _body(visit: Visit, history: History) -> RefundRequestBody:
    """Return what a form asks for; raise InvalidRequest naming the field."""
    form, subject = visit.form, history.subject
    currency = payment_page.currency_of(history.state)
    content = {
        "gateway": subject.gateway,
        "account": subject.account,
        "payment_id": subject.subject_id,
        "amount_minor": minor_of(form.get("amount", ""), currency),
        "currency": currency,
    }
    named = {name: form.get(name, "") for name in ("reason", "comment", "claim_id")}
    return read_form(RefundRequestBody, content | named)


def _history(gateway: str, account: str, payment_id: str) -> History:
    """Return all of a payment; raise PaymentNotFound for one that nobody knows."""
    kind = SubjectKind.PAYMENT
    subject = Subject(gateway=gateway, account=account, kind=kind, subject_id=payment_id)
    return EventLists().history(subject)
