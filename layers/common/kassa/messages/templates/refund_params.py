"""What messages about a refund must be told, step by step."""

from typing import ClassVar

from kassa.core.money import Money
from kassa.messages.templates.params import Params
from kassa.messages.templates.parts import Day, HttpsLink, Line, Paragraph


class Refund(Params):
    """What each step of a refund says."""

    rows: ClassVar[tuple[str, ...]] = ("reference", "amount", "refund_request_id")

    amount: Money
    reference: Line  # the order, or the payment
    refund_request_id: Line | None = None


class RefundRequested(Refund):
    """A request arrived, and a person will decide about it."""

    answer_by: Day | None = None


class RefundApproved(Refund):
    """The refund was approved and is being paid."""


class RefundRejected(Refund):
    """The refund isn't paid."""

    reason: Paragraph  # in the reader's language


class RefundPaid(Refund):
    """The money left; how its receiver finds it."""

    rows = ("reference", "amount", "paid_on", "method", "trace_number", "expected_by")
    labels = {"paid_on": "sent_on", "method": "sent_to"}

    paid_on: Day
    method: Line | None = None  # where it goes: Visa •••• 4242
    trace_number: Line | None = None  # the bank's (ARN), by which it finds the refund
    expected_by: Day | None = None  # when it is usually there


class RefundFailed(Refund):
    """The bank or the gateway gave the money back."""

    link: HttpsLink | None = None  # where the customer says another way


class RefundInformationRequested(Refund):
    """The merchant needs to know more before it decides."""

    question: Paragraph  # in the reader's language
    answer_by: Day | None = None
    link: HttpsLink | None = None  # else they reply to the mail
