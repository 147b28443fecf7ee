"""Decide about an issued document: a person says what becomes of it, and why."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from kassa.audit.trail import Actor
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.parameters import Action
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.numbering.record import REASON_MAX
from kassa.billing.numbering.void_document import void_document
from kassa.core.callers import Caller
from kassa.core.model import Model
from kassa.platform.settings import settings


class InvoiceDecision(Model):
    """Why a person decides so; it is kept for good, so it names no customer."""

    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]


def decide_invoice(
    asked: tuple[str, Action],
    decision: InvoiceDecision,
    caller: Caller,
    time_left_s: Callable[[], float],
) -> InvoiceView:
    """Do with a printed number what a person decided, once; return it as it stands then.

    A number that is void stays as it is, with its first reason. Raises InvoiceNotFound where the
    number wasn't given, and StaleWrite where others kept writing to its series.
    """
    number, action = asked
    merchant_id = settings().merchant_id
    match action:
        case Action.VOID:
            void_document(merchant_id, number, (decision.reason, Actor.of(caller)), time_left_s)
    return invoice_lists.found(merchant_id, number)[0]
