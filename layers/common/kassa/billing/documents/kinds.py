"""What documents there are, and what a statement of account lists beside them."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is; each kind has a series of its own."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


class MovementKind(StrEnum):
    """What raises or lowers what a customer owes."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CREDIT = "credit"  # without a note, of an invoice that states no tax
    CREDIT_REVERSED = "credit_reversed"
    PAYMENT = "payment"
    PAYMENT_REVERSED = "payment_reversed"
    REFUND = "refund"
    REFUND_REVERSED = "refund_reversed"
    CREDIT_MOVED = "credit_moved"  # it pays another invoice
    VOID = "void"
    WRITE_OFF = "write_off"
    WRITE_OFF_REVERSED = "write_off_reversed"  # it was paid after all
    LATE_FEE = "late_fee"
    LATE_INTEREST = "late_interest"
    LATE_CHARGE_WAIVED = "late_charge_waived"
