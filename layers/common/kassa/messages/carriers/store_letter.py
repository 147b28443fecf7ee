"""Letters: a PDF in the bucket, for somebody to print and post."""

from kassa.deliveries.delivery import Delivery, Outcome, Status
from kassa.messages.carriers.ports import Outgoing
from kassa.platform import documents


def letter_path(merchant_id: str, delivery_id: str) -> str:
    """Return where a letter stands."""
    return f"letters/{merchant_id}/{delivery_id}.pdf"


def store_letter(attempt: Delivery, out: Outgoing) -> Outcome:
    """Put a letter where it is printed from; what stands stays."""
    path = letter_path(attempt.merchant_id, attempt.delivery_id)
    documents.store(path, out.content)
    return Outcome(Status.SENT, carrier_id=path)
