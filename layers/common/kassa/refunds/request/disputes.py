"""What disputes mean for refunds: whether a bank has already given the customer money back."""

from kassa.gateways.events import ObjectKind
from kassa.ledger.state import SubjectState


def disputes_lost(payment: SubjectState) -> int:
    """Return how many disputes of a payment were lost: what each was about is paid already.

    Funds that a bank took and didn't bring back, with no dispute open any more, count as one: a
    reversal without a dispute, or a dispute that was won and returned only in part.
    """
    lost = len(payment.of(ObjectKind.DISPUTE, "lost"))
    is_kept = payment.disputed_minor > 0 and not payment.has_open_dispute
    return lost or int(is_kept)


def disputed_percent(payment: SubjectState) -> int:
    """Return how much of what was captured disputes took, rounded up, at most all of it."""
    captured_minor = payment.captured_minor
    if not captured_minor:
        return 0
    return min(100, -(-100 * payment.disputed_minor // captured_minor))
