"""Payments that a gateway says were made at a checkout of ours, and no webhook reported."""

from kassa.gateways.events import Subject, SubjectKind
from kassa.orders.attempts import Attempt, AttemptState


def missed_payment(attempt: Attempt | None) -> Subject | None:
    """Return the payment to look up: its checkout is paid, and it keeps being looked for."""
    if attempt is None or attempt.payment_id is None:
        return None
    if attempt.state is not AttemptState.PAID or attempt.next_check_at is None:
        return None
    return Subject(
        gateway=attempt.gateway,
        account=attempt.account,
        kind=SubjectKind.PAYMENT,
        subject_id=attempt.payment_id,
    )
