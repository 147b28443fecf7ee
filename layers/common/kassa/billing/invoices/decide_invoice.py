"""Decide about an issued document: a person says what becomes of it, and why."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kassa.audit.trail import Actor
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.parameters import Action
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.numbering.record import REASON_MAX
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.receivables.write_off_receivable import write_off_receivable
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
        default=None, description="Why a number is void, or what is owed is given up."
    )
    promised_on: CalendarDay | None = Field(
        default=None, description="Of a promise: by when the customer said to pay."
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
        case Action.PROMISE:
            note_promise(merchant, number, (_promised_on(decision), by), time_left_s)
    return invoice_lists.found(merchant.merchant_id, number)[0]


def _reason(decision: InvoiceDecision) -> str:
    """Return the reason; refuse what belongs to a promise alone."""
    if decision.promised_on is not None:
        raise InvalidRequest("promised_on: belongs to a promise alone")
    if decision.reason is None:
        raise InvalidRequest("reason: is missing")
    return decision.reason


def _promised_on(decision: InvoiceDecision) -> date:
    if decision.reason is not None:
        raise InvalidRequest("reason: belongs to a void or a write-off alone")
    if decision.promised_on is None:
        raise InvalidRequest("promised_on: is missing")
    return decision.promised_on
