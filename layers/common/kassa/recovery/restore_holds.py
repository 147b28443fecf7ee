"""Restore what refunds hold of their payments, once lost books were built again.

What is held stands on the payment, which is built of events alone; who holds it stands in the
refund requests, which weren't lost. Held again twice, it is held once.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kassa.core.errors import StaleWrite
from kassa.ledger.state import SubjectState
from kassa.refunds import writes as refund_writes
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.lifecycle.next_step import refunds_of
from kassa.refunds.lists import RefundQueues
from kassa.refunds.request.holds import Hold
from kassa.refunds.store import RefundRequests

TRIES = 5  # against whoever writes to the same payment


class RestoredHold(NamedTuple):
    """A refund request whose hold was missing, and whether its payment had room for it."""

    refund_request_id: str
    is_held: bool


def restore_holds() -> Iterator[RestoredHold]:
    """Hold what is missing; yields each. A payment that isn't booked has nothing to hold."""
    for case in RefundQueues().every():
        if _holds(case.lifecycle):
            yield from _again(case, RefundRequests())


def _again(case: RefundCase, requests: RefundRequests) -> Iterator[RestoredHold]:
    payment = requests.payment(case.request.payment)
    if not payment.version or not _is_missing(case, payment):
        return
    for _ in range(TRIES):
        payment = requests.payment(case.request.payment)
        if not _is_missing(case, payment) or _held(case, payment):
            break
    is_held = not _is_missing(case, requests.payment(case.request.payment))
    yield RestoredHold(case.request.refund_request_id, is_held)


def _holds(lifecycle: RefundLifecycle) -> bool:
    """Whether a request's amount is promised: approved, or with the gateway for all we know."""
    is_promised = lifecycle.state is RequestState.APPROVED or lifecycle.may_be_with_gateway
    return is_promised and not lifecycle.is_over and lifecycle.approved_minor > 0


def _is_missing(case: RefundCase, payment: SubjectState) -> bool:
    """Whether a payment neither holds a request's amount nor knows the refund that took it."""
    is_known = case.lifecycle.submission_id in payment.reservations or refunds_of(
        payment, case.lifecycle
    )
    return not is_known


def _held(case: RefundCase, payment: SubjectState) -> bool:
    request, lifecycle = case.request, case.lifecycle
    hold = Hold(lifecycle.submission_id, lifecycle.approved_minor, request.lines)
    try:
        refund_writes.write_one(refund_writes.reserved(request.payment, payment, hold))
    except StaleWrite:  # it moved on, or has no room
        return False
    return True
