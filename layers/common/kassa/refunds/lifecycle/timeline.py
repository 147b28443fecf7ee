"""A refund as its customer follows it: what happened when, without any inner word.

Who decided, by which rule and at what risk stands in the receipt and is nobody else's business.
"""

from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import Change, Step, Why
from kassa.refunds.lifecycle.outcomes import Resolution


class CustomerStepName(StrEnum):
    """What a customer knows of a refund, in its usual order."""

    REQUESTED = "requested"
    IN_REVIEW = "in_review"  # a person looks at it
    QUESTION = "question"  # we need to know more
    APPROVED = "approved"
    SENT = "sent_to_gateway"
    ACCEPTED = "accepted"
    AT_YOUR_BANK = "at_your_bank"
    FAILED = "failed"  # it came back; what becomes of it is reviewed
    REJECTED = "rejected"


class CustomerStep(Model):
    """One step of a refund."""

    step: CustomerStepName
    at: Instant
    amount: Money
    reference: str | None = None  # by which the customer's bank finds it


_NAMES = {
    Step.REQUESTED: CustomerStepName.REQUESTED,
    Step.APPROVED: CustomerStepName.APPROVED,
    Step.ESCALATED: CustomerStepName.IN_REVIEW,
    Step.REJECTED: CustomerStepName.REJECTED,
    Step.SUBMITTED: CustomerStepName.SENT,
    Step.ACCEPTED: CustomerStepName.ACCEPTED,
    Step.PAID: CustomerStepName.AT_YOUR_BANK,
    Step.DISCREPANCY: CustomerStepName.IN_REVIEW,
    Step.RESOLVED: CustomerStepName.IN_REVIEW,
    Step.INFORMATION_REQUESTED: CustomerStepName.QUESTION,
}
_CAME_BACK = {Why.FAILED, Why.CANCELED}


def customer_steps(case: RefundCase) -> tuple[CustomerStep, ...]:
    """Return what happened to a refund, the oldest first; the bank's number is the last one's."""
    changes = [change for change in case.lifecycle.changes if change.step in _NAMES]
    paid = [change for change in changes if change.step is Step.PAID]
    return tuple(
        CustomerStep(
            step=_name(change),
            at=change.at,
            amount=Money(amount_minor=change.amount_minor, currency=case.request.amount.currency),
            reference=case.lifecycle.reference if paid and change is paid[-1] else None,
        )
        for change in changes
    )


def _name(change: Change) -> CustomerStepName:
    if change.step is Step.ESCALATED and change.why in _CAME_BACK:
        return CustomerStepName.FAILED
    if change.step is Step.RESOLVED and change.why == Resolution.PAID:
        return CustomerStepName.AT_YOUR_BANK
    return _NAMES[change.step]
