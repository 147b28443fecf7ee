"""Which messages there are, by name, each with what it must be told."""

from kassa.messages.templates.params import (
    CardExpiring,
    CheckoutAbandoned,
    CreditNote,
    Invoice,
    Overdue,
    Params,
    PaymentFailed,
    PaymentLink,
    Receipt,
    Reminder,
    SignInCode,
)
from kassa.messages.templates.refund_params import (
    RefundApproved,
    RefundFailed,
    RefundInformationRequested,
    RefundPaid,
    RefundRejected,
    RefundRequested,
)
from kassa.messages.templates.staff_params import (
    AnomalyFound,
    DisputeOpened,
    EndpointDisabled,
    ReportReady,
)

MESSAGES: dict[str, type[Params]] = {
    "payment_link": PaymentLink,
    "receipt": Receipt,
    "invoice": Invoice,
    "credit_note": CreditNote,
    "refund_requested": RefundRequested,
    "refund_approved": RefundApproved,
    "refund_rejected": RefundRejected,
    "refund_paid": RefundPaid,
    "refund_failed": RefundFailed,
    "refund_information_requested": RefundInformationRequested,
    "payment_failed": PaymentFailed,
    "reminder": Reminder,
    "overdue": Overdue,
    "checkout_abandoned": CheckoutAbandoned,
    "card_expiring": CardExpiring,
    "dispute_opened": DisputeOpened,
    "report_ready": ReportReady,
    "anomaly_found": AnomalyFound,
    "sign_in_code": SignInCode,
    "endpoint_disabled": EndpointDisabled,
}
