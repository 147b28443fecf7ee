"""Decide about an issued document: a person says what becomes of it, and why."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kassa.audit.trail import Actor
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.parameters import NUMBER, REASON_MAX, Action
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.apply_credit import apply_credit
from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.receivables.write_off_receivable import (
    waive_late_charges,
    write_off_receivable,
)
from kassa.core.callers import Caller
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.http_api.list_parameters import CalendarDay
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings


class InvoiceDecision(Model):
    """What a person says to it; a reason is kept for good, so it names no customer."""

    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)] | None = Field(
        default=None, description="Why a number is void, or what is owed is given up or waived."
    )
    promised_on: CalendarDay | None = Field(
        default=None, description="Of a promise: by when the customer said to pay."
    )
    invoice_number: Annotated[str, Field(pattern=NUMBER)] | None = Field(
        default=None, description="Of credit: the invoice of the same customer that it pays."
    )


def decide_invoice(
    route: tuple[str, Action],
    decision: InvoiceDecision,
    caller: Caller,
    time_left_s: TimeLeft,
) -> InvoiceView:
    """Do with a printed number what a person decided, once; return it as it stands then.

    What stands so already stays as it is, with its first reason. Raises InvoiceNotFound where the
    number wasn't given, Conflict where nothing is owed, and StaleWrite where others kept writing.
    """
    number, action = route
    merchant, by = Merchant.from_settings(settings().model_dump()), Actor.of(caller)
    match action:
        case Action.VOID:
            why = _reason(decision), by
            void_document(merchant.merchant_id, number, why, time_left_s)
        case Action.WRITE_OFF:
            why = _reason(decision), by
            write_off_receivable(merchant.merchant_id, number, why, time_left_s)
        case Action.WAIVE:
            why = _reason(decision), by
            waive_late_charges(merchant.merchant_id, number, why, time_left_s)
        case Action.PROMISE:
            note_promise(merchant, number, (_promised_on(decision), by), time_left_s)
        case Action.APPLY_CREDIT:
            numbers = number, _invoice_number(decision)
            apply_credit(merchant.merchant_id, numbers, by, time_left_s)
    return invoice_lists.found(merchant.merchant_id, number)[0]


def _reason(decision: InvoiceDecision) -> str:
    """Return the reason; refuse what belongs to others alone."""
    _require_alone(decision, "reason")
    if decision.reason is None:
        raise InvalidRequest("reason: is missing")
    return decision.reason


def _invoice_number(decision: InvoiceDecision) -> str:
    _require_alone(decision, "invoice_number")
    if decision.invoice_number is None:
        raise InvalidRequest("invoice_number: is missing")
    return decision.invoice_number


def _require_alone(decision: InvoiceDecision, field: str) -> None:
    """Refuse what another decision says."""
    for name, whose in _OWNERS.items():
        if name != field and getattr(decision, name) is not None:
            raise InvalidRequest(f"{name}: belongs to {whose} alone")


_OWNERS = {
    "reason": "a void, a write-off or a waiver",
    "promised_on": "a promise",
    "invoice_number": "a credit that is applied",
}


def _promised_on(decision: InvoiceDecision) -> date:
    _require_alone(decision, "promised_on")
    if decision.promised_on is None:
        raise InvalidRequest("promised_on: is missing")
    return decision.promised_on
