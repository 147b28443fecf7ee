"""What Kassa gives a gateway to contest a dispute, what each takes, and how it stands there.

Sources: "Update a dispute" and "Dispute evidence best practices" (docs.stripe.com), "Provide
evidence" (developer.paypal.com/docs/api/customer-disputes/v1), "Disputes integration with API"
(docs.klarna.com, version 4), "Disputes API" and "Defense requirements" (docs.adyen.com, v30).
"""

from enum import StrEnum
from typing import NamedTuple

from kassa.core.model import Instant, Model
from kassa.gateways.events import Subject


class EvidenceKind(StrEnum):
    """What a piece of evidence shows; each gateway has its own name for it."""

    RECEIPT = "receipt"  # the invoice, or a till's receipt
    CUSTOMER_COMMUNICATION = "customer_communication"
    SHIPPING = "shipping"  # that it was sent, or delivered
    SERVICE = "service"  # that a service was given, or a download taken
    REFUND_POLICY = "refund_policy"
    REFUND = "refund"  # that money was given back already
    SIGNATURE = "signature"
    DUPLICATE = "duplicate"  # that two payments are of two orders
    OTHER = "other"


class EvidenceFile(NamedTuple):
    """A file as it is handed to a gateway."""

    name: str
    content_type: str
    kind: EvidenceKind
    content: bytes


class EvidenceTexts(Model):
    """What is known beside files; empty where it isn't."""

    customer_name: str = ""
    customer_email: str = ""
    billing_address: str = ""
    product: str = ""
    carrier: str = ""
    tracking_number: str = ""
    shipped_on: str = ""  # yyyy-mm-dd
    refund_policy: str = ""
    refund_id: str = ""  # the gateway's id of a refund that was made
    statement: str = ""  # all that is gathered, and what a person wrote


class DisputeRef(Model):
    """A dispute at its gateway, and the payment that it is about."""

    payment: Subject
    dispute_id: str  # as the books call it
    attempt: int = 0  # how often an answer was tried: a refusal must not be remembered for the next
    reopened_at: Instant | None = None  # when another answer was asked for: older ones don't count

    @property
    def name(self) -> str:
        """Return our name of the intent to answer it."""
        whose = self.payment
        return f"dispute:{whose.gateway}:{whose.account}:{self.dispute_id}:{self.attempt}"


class EvidenceSubmission(NamedTuple):
    """An answer to a dispute as it is submitted."""

    dispute: DisputeRef
    texts: EvidenceTexts
    files: tuple[EvidenceFile, ...]
    defense_reason: str | None = None  # Adyen's alone; none: the first that it takes


class DisputeStage(StrEnum):
    """How a dispute stands at its gateway, as far as an answer goes."""

    OPEN = "open"  # an answer is taken
    SUBMITTED = "submitted"  # the gateway has one
    ACCEPTED = "accepted"  # the merchant gave in
    CLOSED = "closed"  # decided, or too late


class GatewayDispute(Model):
    """A dispute as its gateway has it now."""

    stage: DisputeStage
    evidence_due_by: Instant | None = None
    is_asking: bool = False  # PayPal: it waits for the seller, whatever it has already
    defense_reasons: tuple[str, ...] = ()  # Adyen: for which reasons it may be defended
