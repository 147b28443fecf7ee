"""What kinds of messages there are: their names, and of which category each is."""

from enum import StrEnum


class Category(StrEnum):
    """What a message is in the eyes of whoever gets it, and of the law."""

    TRANSACTIONAL = "transactional"  # about what the customer did: no consent, no unsubscribing
    REMINDER = "reminder"
    MARKETING = "marketing"  # only with consent
    SECURITY = "security"  # asked for this minute: nothing holds it back but a dead address


class Audience(StrEnum):
    """Who gets a message."""

    CUSTOMER = "customer"
    STAFF = "staff"


class MessageName(StrEnum):
    """The messages that facts lead to, as their templates are called."""

    PAYMENT_LINK = "payment_link"
    INVOICE = "invoice"
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    REFUND_REQUESTED = "refund_requested"
    REFUND_APPROVED = "refund_approved"
    REFUND_REJECTED = "refund_rejected"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    REFUND_INFORMATION_REQUESTED = "refund_information_requested"
    PAYMENT_FAILED = "payment_failed"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    CHECKOUT_ABANDONED = "checkout_abandoned"
    CARD_EXPIRING = "card_expiring"
    DISPUTE_OPENED = "dispute_opened"
    ENDPOINT_DISABLED = "endpoint_disabled"
    REPORT_READY = "report_ready"
    ANOMALY_FOUND = "anomaly_found"
    SIGN_IN_CODE = "sign_in_code"


CATEGORIES = dict.fromkeys(MessageName, Category.TRANSACTIONAL) | {
    MessageName.REMINDER: Category.REMINDER,
    MessageName.OVERDUE: Category.REMINDER,
    MessageName.CHECKOUT_ABANDONED: Category.MARKETING,
    MessageName.SIGN_IN_CODE: Category.SECURITY,
}
NEEDED = {Category.TRANSACTIONAL, Category.SECURITY}  # nobody can unsubscribe from these
STAFF_MESSAGES = frozenset(
    {
        MessageName.ANOMALY_FOUND,
        MessageName.DISPUTE_OPENED,
        MessageName.ENDPOINT_DISABLED,
        MessageName.REPORT_READY,
    }
)


def audience_of(message: MessageName) -> Audience:
    """Return who gets a message."""
    return Audience.STAFF if message in STAFF_MESSAGES else Audience.CUSTOMER
