"""What a gateway's `events` and its `gateway` are: the functions each gateway's modules have.

A module has those of its calls that its entry in `registry.GATEWAYS` says it can.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from kassa.gateways.disputes.evidence import DisputeRef, EvidenceSubmission, GatewayDispute
from kassa.gateways.events import Delivery, GatewayEvent, Ignored, Subject, UnverifiedNotification
from kassa.gateways.parsing import Body as Body
from kassa.gateways.submissions import (
    CheckoutSubmission,
    FoundCheckout,
    GatewayRefund,
    OpenedCheckout,
    RefundSubmission,
)
from kassa.platform.secrets import ApiAccess


class Page(NamedTuple):
    """What was listed at a gateway in one go, and where the next run goes on."""

    bodies: Iterable[bytes]  # as the gateway's own reader reads them
    read_until: str
    percent: int | None = None  # of a past, how much is read by then; none: it doesn't say


class Past(NamedTuple):
    """The time before the books that is imported: from one instant until before another."""

    begins_at: datetime
    ends_at: datetime

    def percent(self, reached: datetime) -> int:
        """Return how much of it lies before an instant, from 0 to 100."""
        share = (reached - self.begins_at) / (self.ends_at - self.begins_at)
        return max(0, min(100, int(share * 100)))


class Reader(Protocol):
    """A gateway's `events` module."""

    def read(
        self, raw: bytes, delivery: Delivery
    ) -> GatewayEvent | Ignored | UnverifiedNotification:
        """Name what a gateway says in our terms; raise UnreadableEvent for what is no event."""
        ...

    def confirmed(
        self, notification: UnverifiedNotification, answer: Body, delivery: Delivery
    ) -> GatewayEvent | Ignored:
        """Name what the gateway answered when an unverified notification was read back."""
        ...


class Calls(Protocol):
    """A gateway's `gateway` module.

    Each raises GatewayRefused where the gateway said no, and GatewayUnavailable where nobody
    knows what it did.
    """

    def open_checkout(self, access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
        """Open a hosted checkout; submitting the same again opens no second one."""
        ...

    def find_checkout(
        self, access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
    ) -> FoundCheckout | None:
        """Return a submission's checkout, by its id or by our name for it, and how it stands."""
        ...

    def refund(self, access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
        """Submit a refund; submitting it again refunds nothing more."""
        ...

    def find_refund(self, access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
        """Return the refund that carries a submission's name, if the gateway has one."""
        ...

    def named_refund(self, submission: RefundSubmission, refund_id: str) -> bytes:
        """Record a refund's submission, where the gateway doesn't give our name back."""
        ...

    def find_dispute(self, access: ApiAccess, dispute: DisputeRef) -> GatewayDispute | None:
        """Return how a dispute stands, and until when it takes evidence."""
        ...

    def answer_dispute(self, access: ApiAccess, submission: EvidenceSubmission) -> None:
        """Submit all evidence for a dispute, for good."""
        ...

    def accept_dispute(self, access: ApiAccess, dispute: DisputeRef) -> None:
        """Give a dispute up, for good."""
        ...

    def look_up(self, access: ApiAccess, subject: Subject) -> list[bytes]:
        """Return how a payment and its refunds stand now."""
        ...

    def payment_of(self, access: ApiAccess, object_id: str) -> str:
        """Return the payment behind an object; the object itself where it has none."""
        ...

    def confirm(self, access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
        """Read back what an unverified notification is about; nothing where the gateway has no such
        thing.
        """
        ...

    def list_events(
        self, access: ApiAccess, read_until: str | None, until: datetime
    ) -> Iterator[Page]:
        """Walk the events since a cursor, delivered or not."""
        ...

    def payouts(self, access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
        """Walk the balance transactions and payouts since a cursor."""
        ...

    def history(self, access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
        """Walk all that is known of a past, from a cursor on; what was read then never changes."""
        ...
