"""What documents there are."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is; each kind has a series of its own."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
