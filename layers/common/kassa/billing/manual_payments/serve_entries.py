"""The routes by which people enter payments, and say what became of them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.billing.manual_payments.acts import EnteredBy, EntryResult
from kassa.billing.manual_payments.bodies import (
    ApplicationBody,
    EnteredPayment,
    GivenBackBody,
    PaymentBody,
    ReversalBody,
    shown,
)
from kassa.billing.manual_payments.enter_payment import apply_payment, enter_payment
from kassa.billing.manual_payments.entry_store import Entries
from kassa.billing.manual_payments.reverse_payment import give_back, reverse_payment
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller, created
from kassa.http_api.idempotency import HEADER
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

ANSWERS = OK | created(EnteredPayment) | NOT_FOUND | CONFLICT

routes = Router()  # type: ignore[no-untyped-call]

EnteredPaymentId = Annotated[str, an_id("As it was answered when the payment was entered.")]


@routes.post(
    "/payments/manual",
    operation_id="enterPayment",
    summary="Enter a payment that came in past every gateway",
    tags=["payments"],
    responses=ANSWERS,
)
def post_payment(body: PaymentBody) -> tuple[EnteredPayment, int]:
    """Enter cash, a till's, a transfer's or a cheque's payment; it is booked within seconds."""
    left_s = time_left_s(routes.lambda_context)
    return _answered(enter_payment(body, _by(), _entries(), left_s))


@routes.post(
    "/payments/manual/<payment_id>/apply",
    operation_id="applyPayment",
    summary="Say which invoice an entered payment pays",
    tags=["payments"],
    responses=ANSWERS,
)
def post_application(
    payment_id: EnteredPaymentId, body: ApplicationBody
) -> tuple[EnteredPayment, int]:
    """Apply a payment that was entered for nothing yet to an invoice, whole and for good."""
    left_s = time_left_s(routes.lambda_context)
    return _answered(apply_payment(payment_id, body, _by(), _entries(), left_s))


@routes.post(
    "/payments/manual/<payment_id>/refund",
    operation_id="giveBackPayment",
    summary="Say that money of an entered payment was given back",
    tags=["payments"],
    responses=ANSWERS,
)
def post_refund(payment_id: EnteredPaymentId, body: GivenBackBody) -> tuple[EnteredPayment, int]:
    """Note what a person gave back by hand; it is booked as any refund that left."""
    left_s = time_left_s(routes.lambda_context)
    return _answered(give_back(payment_id, body, _by(), _entries(), left_s))


@routes.post(
    "/payments/manual/<payment_id>/reverse",
    operation_id="reversePayment",
    summary="Take an entered payment back: it bounced, or was a mistake",
    tags=["payments"],
    responses=ANSWERS,
)
def post_reversal(payment_id: EnteredPaymentId, body: ReversalBody) -> tuple[EnteredPayment, int]:
    """Take a payment back whole, for good; its order and invoice are open again."""
    left_s = time_left_s(routes.lambda_context)
    return _answered(reverse_payment(payment_id, body, _by(), _entries(), left_s))


def _answered(result: EntryResult) -> tuple[EnteredPayment, int]:
    return shown(result.entry), 201 if result.is_new else 200


def _by() -> EnteredBy:
    key = routes.current_event.headers.get(HEADER.lower())
    return EnteredBy(Actor.of(caller(routes)), key)


def _entries() -> Entries:
    return Entries(settings().merchant_id)
