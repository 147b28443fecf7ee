"""The facts that messages follow from, read tolerantly: any other is unknown here."""

from typing import Annotated

from pydantic import Field

from kassa.billing.facts import CreditNoteIssued, InvoiceIssued, InvoiceSettled
from kassa.billing.reminders.facts import CheckoutAbandoned, ReminderDue
from kassa.core.facts import Fact, UnknownFact, known_to
from kassa.customers.sign_in_code import SignInCodeRequested
from kassa.deliveries.facts import AnomalyFound, ReportClosed, WebhookEndpointDisabled
from kassa.disputes.facts import DisputeEvidenceDue
from kassa.ledger.facts import (
    CardExpiring,
    DisputeOpened,
    PaymentFailed,
    RefundFailed,
    RefundSucceeded,
    RefundTraced,
)
from kassa.orders.facts import PaymentLinkRequested
from kassa.refunds.facts import (
    CustomerInformationRequested,
    RefundApproved,
    RefundRejected,
    RefundRequested,
)

MessageFactData = Annotated[
    InvoiceIssued
    | InvoiceSettled
    | CreditNoteIssued
    | RefundRequested
    | RefundApproved
    | RefundRejected
    | CustomerInformationRequested
    | RefundSucceeded
    | RefundTraced
    | RefundFailed
    | PaymentFailed
    | DisputeOpened
    | DisputeEvidenceDue
    | CardExpiring
    | PaymentLinkRequested
    | ReminderDue
    | CheckoutAbandoned
    | WebhookEndpointDisabled
    | ReportClosed
    | AnomalyFound
    | SignInCodeRequested,
    Field(discriminator="fact"),
]


class MessageFact(
    Fact[
        Annotated[
            MessageFactData | Annotated[UnknownFact, known_to(MessageFactData)],
            Field(union_mode="left_to_right"),
        ]
    ]
):
    """A fact that a message may follow from."""
