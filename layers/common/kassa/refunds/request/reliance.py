"""What a refund relies on beside its own payment: others that must still be there when it goes out.

A duplicate payment goes back because another has paid its order. Once that one is refunded,
disputed or charged back, the customer might get both, so a person decides.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kassa.gateways.events import Subject
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, Why
from kassa.refunds.request.request import RefundRequest


class Condition(NamedTuple):
    """What whoever requests a refund knows of it and the payment doesn't say."""

    limit: str = ""  # what keeps it from being automatic
    relies_on: tuple[Subject, ...] = ()  # payments that must still be whole when it is submitted


UNCONDITIONAL = Condition()


def are_whole(payments: Iterable[SubjectState]) -> bool:
    """Tell whether nothing of captured payments was refunded, promised, disputed or taken back."""
    return all(one.captured_minor and one.headroom_minor >= one.captured_minor for one in payments)


def is_known(request: RefundRequest, lifecycle: RefundLifecycle) -> bool:
    """Tell whether people were shown already that what it relies on is gone: then they decided."""
    whys = (request.receipt.why, *(change.why for change in lifecycle.changes))
    return Why.NOT_COVERED in whys
