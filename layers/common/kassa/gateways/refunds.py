"""What Kassa submits to a gateway, and what the gateway made of it."""

from kassa.core.model import Model
from kassa.core.money import Money
from kassa.gateways.events import Subject


class RefundSubmission(Model):
    """One refund as it is submitted to a gateway; submitting it again pays nothing more."""

    payment: Subject
    submission_id: str  # our name for it: in the refund's metadata, and in the idempotency key
    amount: Money

    @property
    def idempotency_key(self) -> str:
        """Return the name of the intent, the same for every try."""
        return f"refund:{self.submission_id}"


class GatewayRefund(Model):
    """A refund as the gateway has it; how it stands is reported by its events alone."""

    refund_id: str
