"""Which message follows from which fact, to whom, and what must still be so when it is sent.

A fact that no row names leads to no message. `concerns` tells whether this very fact does: where
not, no delivery is kept. `is_still_true` is asked right before sending: where not, it is skipped.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from kassa.messages import questions as ask
from kassa.messages.kinds import CATEGORIES, Audience, Category, MessageName, audience_of
from kassa.messages.situations.situation import Situation
from kassa.refunds.lifecycle.lifecycle import Why
from kassa.refunds.policy.model import Outcome

Question = Callable[[Any, Situation], bool]
Subject = Callable[[Any, Situation], str]
M = MessageName
SETTLES = timedelta(minutes=30)  # in which a customer whose payment failed mostly tries again


class Row(NamedTuple):
    """A message that follows from a fact."""

    fact: str
    message: MessageName
    is_still_true: Question
    concerns: Question = ask.always
    waits: timedelta = timedelta(0)  # after what the fact says happened
    sent_once: Subject | None = None  # of what, however many facts of this kind there are

    @property
    def category(self) -> Category:
        """Return what the message is in the eyes of whoever gets it."""
        return CATEGORIES[self.message]

    @property
    def audience(self) -> Audience:
        """Return who gets it."""
        return audience_of(self.message)


def _was_paid_later(data: Any, now_is: Situation) -> bool:
    """Tell whether an invoice that was issued to be paid later is settled as a whole by this."""
    is_later = now_is.invoice is not None and now_is.invoice.due_on is not None
    open_minor: int = data.open_minor
    return is_later and open_minor == 0


def _needs_a_person(data: Any, now_is: Situation) -> bool:
    """Tell whether a refund was not decided at once, of which another message would tell."""
    decided: object = data.receipt.decision
    return decided is Outcome.ESCALATE


def _was_asked_for(data: Any, now_is: Situation) -> bool:
    """Tell whether a rejection answers a customer; a duplicate payment's refund nobody asked."""
    why: str = data.why
    return why != Why.PAYS


def _is_an_order_s(data: Any, now_is: Situation) -> bool:
    return now_is.order is not None


def _the_order(data: Any, now_is: Situation) -> str:
    assert now_is.order is not None, "only an order's failed payment is told of"
    return now_is.order.order.order_id


def _the_card(data: Any, now_is: Situation) -> str:
    """Return a customer's card, however often they saved it with its gateway."""
    return f"{now_is.customer_id}:{data.brand}:{data.last4}:{data.exp_year}-{data.exp_month}"


def _is_before_its_day(data: Any, now_is: Situation) -> bool:
    days: int = data.days
    return days <= 0


def _is_after_its_day(data: Any, now_is: Situation) -> bool:
    days: int = data.days
    return days > 0


ROWS = (
    Row("PaymentLinkRequested", M.PAYMENT_LINK, ask.order_is_owed),
    Row("InvoiceIssued", M.INVOICE, ask.invoice_stands),
    Row("InvoiceSettled", M.RECEIPT, ask.invoice_is_paid, _was_paid_later),
    Row("CreditNoteIssued", M.CREDIT_NOTE, ask.credit_note_stands),
    Row("RefundRequested", M.REFUND_REQUESTED, ask.refund_is_undecided, _needs_a_person),
    Row("RefundApproved", M.REFUND_APPROVED, ask.refund_is_on_its_way),
    Row("RefundRejected", M.REFUND_REJECTED, ask.refund_is_rejected, _was_asked_for),
    Row(
        "CustomerInformationRequested",
        M.REFUND_INFORMATION_REQUESTED,
        ask.refund_is_undecided,
    ),
    Row("RefundSucceeded", M.REFUND_PAID, ask.refund_has_left),
    Row("RefundTraced", M.REFUND_PAID, ask.refund_has_left),  # again, with the bank's trace number
    Row("RefundFailed", M.REFUND_FAILED, ask.refund_has_failed),
    Row(
        "PaymentFailed",
        M.PAYMENT_FAILED,
        ask.order_is_unpaid,
        _is_an_order_s,
        waits=SETTLES,
        sent_once=_the_order,
    ),
    Row("DisputeOpened", M.DISPUTE_OPENED, ask.always),
    Row("DisputeEvidenceDue", M.DISPUTE_OPENED, ask.always),  # once more, as the deadline nears
    Row("CardExpiring", M.CARD_EXPIRING, ask.card_still_pays, sent_once=_the_card),
    Row("ReminderDue", M.REMINDER, ask.anchor_is_owed, _is_before_its_day),
    Row("ReminderDue", M.OVERDUE, ask.anchor_is_owed, _is_after_its_day),
    Row("CheckoutAbandoned", M.CHECKOUT_ABANDONED, ask.order_is_left),
    Row("WebhookEndpointDisabled", M.ENDPOINT_DISABLED, ask.always),
    Row("SignInCodeRequested", M.SIGN_IN_CODE, ask.code_lets_in),
    Row("ReportClosed", M.REPORT_READY, ask.always),
    Row("AnomalyFound", M.ANOMALY_FOUND, ask.always),
)


def rows_of(fact: str) -> tuple[Row, ...]:
    """Return the messages that a kind of fact may lead to."""
    return tuple(row for row in ROWS if row.fact == fact)


def row_of(fact: str, message: str) -> Row | None:
    """Return the row of a message that was begun before; none where it isn't sent any more."""
    return next((row for row in rows_of(fact) if row.message == message), None)
