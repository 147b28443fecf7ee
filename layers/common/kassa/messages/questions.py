"""Whether what a message says is still so, asked of how things stand right before it is sent."""

from typing import Any

from kassa.billing.numbering.record import InvoiceState
from kassa.messages.situations.situation import Situation
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState

_PAYS = {OrderStatus.PAID, OrderStatus.COMPLETED, OrderStatus.PART_PAID, OrderStatus.DISCREPANCY}
_ON_ITS_WAY = {RequestState.APPROVED, RequestState.SUBMITTED, RequestState.ACCEPTED}


def always(data: Any, now_is: Situation) -> bool:
    """What happened stays so."""
    return True


def invoice_stands(data: Any, now_is: Situation) -> bool:
    """Whether an invoice isn't void, nor credited in full before anything of it was paid."""
    invoice = now_is.invoice
    if invoice is None or invoice.state is InvoiceState.VOID:
        return False
    return invoice.open_minor > 0 or invoice.paid_on is not None


def invoice_is_paid(data: Any, now_is: Situation) -> bool:
    """Whether all of an invoice is paid, and what paid it wasn't taken back since."""
    return now_is.invoice is not None and now_is.invoice.state is InvoiceState.PAID


def credit_note_stands(data: Any, now_is: Situation) -> bool:
    """Whether a credit note isn't void."""
    return now_is.credit_note is not None and now_is.credit_note.state is not InvoiceState.VOID


def refund_is_undecided(data: Any, now_is: Situation) -> bool:
    """Whether a person still has to decide a refund."""
    return _state(now_is) is RequestState.ESCALATED


def refund_is_on_its_way(data: Any, now_is: Situation) -> bool:
    """Whether a refund is approved and not paid yet, nor taken back."""
    return _state(now_is) in _ON_ITS_WAY


def refund_is_rejected(data: Any, now_is: Situation) -> bool:
    """Whether a refund is rejected, and wasn't paid past that."""
    return _state(now_is) is RequestState.REJECTED


def refund_has_left(data: Any, now_is: Situation) -> bool:
    """Whether a refund left and didn't come back; one that is settled for good is in no view."""
    kept = now_is.gateway_object
    return kept is None or kept.state == "succeeded"


def refund_has_failed(data: Any, now_is: Situation) -> bool:
    """Whether a refund came back, and its request wasn't paid by another one since."""
    kept = now_is.gateway_object
    return (kept is None or kept.state == "failed") and _state(now_is) is not RequestState.PAID


def order_is_unpaid(data: Any, now_is: Situation) -> bool:
    """Whether nothing of an order is paid or on its way."""
    return now_is.order is not None and now_is.order.lifecycle.status not in _PAYS


def order_is_left(data: Any, now_is: Situation) -> bool:
    """Whether an order is still left unpaid, and its customer bought nothing like it otherwise."""
    return now_is.is_left


def order_is_owed(data: Any, now_is: Situation) -> bool:
    """Whether all of an order is still to be paid, by its invoice's account too."""
    invoice = now_is.invoice
    is_whole = invoice is None or invoice.open_minor == invoice.total.amount_minor
    return is_whole and order_is_unpaid(data, now_is)


def anchor_is_owed(data: Any, now_is: Situation) -> bool:
    """Whether the oldest invoice of a reminder is still owed, and nobody promised to pay it."""
    return any(one.number == data.anchor for one in now_is.owed)


def card_still_pays(data: Any, now_is: Situation) -> bool:
    """Whether the last day of a card that expires isn't over."""
    return now_is.is_card_good


def code_lets_in(data: Any, now_is: Situation) -> bool:
    """Whether a code isn't too old, used, or replaced by a newer one."""
    return now_is.code is not None


def _state(now_is: Situation) -> RequestState | None:
    return now_is.refund.lifecycle.state if now_is.refund else None
