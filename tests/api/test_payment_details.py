"""What one needs to know of a payment before asking for a refund of it."""

import pytest

from kassa.gateways.events import ObjectKind, Subject, SubjectKind
from kassa.ledger.objects import ObjectState, PaymentStatus
from kassa.ledger.payment_details import payment_details
from kassa.ledger.state import SubjectState

K, S = ObjectKind, PaymentStatus
PAYMENT = Subject(gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id="pi_1")
CHARGE = ("ch_1", K.CHARGE, "captured", 100_00)


def a_state(*objects: tuple[str, ObjectKind, str, int], **more: int) -> SubjectState:
    """Return a payment that has come as far as its objects say."""
    known = {
        object_id: ObjectState(
            kind=kind, state=state, amount_minor=amount, currency="EUR", happened_at=1_795_230_000
        )
        for object_id, kind, state, amount in objects
    }
    return SubjectState(version=1, objects=known, reservations=more)


CASES = [
    (S.CREATED, [("pi_1", K.PAYMENT, "created", 100_00)]),
    (S.FAILED, [("pi_1", K.PAYMENT, "created", 100_00), ("ch_1", K.CHARGE, "failed", 100_00)]),
    (S.AUTHORIZED, [("pi_1", K.PAYMENT, "authorized", 100_00)]),
    (S.AUTHORIZED, [("ch_1", K.CHARGE, "authorized", 100_00)]),
    (S.VOIDED, [("pi_1", K.PAYMENT, "voided", 1), ("ch_1", K.CHARGE, "authorized", 1)]),
    (S.CAPTURED, [CHARGE]),
    (S.CAPTURED, [CHARGE, ("re_1", K.REFUND, "failed", 100_00)]),
    (S.PARTLY_REFUNDED, [CHARGE, ("re_1", K.REFUND, "pending", 99_99)]),
    (S.PARTLY_REFUNDED, [CHARGE, ("ch_1/refunded", K.REFUNDED_TOTAL, "reported", 99_99)]),
    (S.REFUNDED, [CHARGE, ("re_1", K.REFUND, "succeeded", 100_00)]),
    (S.DISPUTED, [CHARGE, ("du_1", K.DISPUTE, "open", 100_00)]),
    (S.CAPTURED, [CHARGE, ("du_1", K.DISPUTE, "lost", 100_00)]),
]


@pytest.mark.parametrize(("status", "objects"), CASES)
def test_a_status_says_the_first_thing_that_matters(
    status: PaymentStatus, objects: list[tuple[str, ObjectKind, str, int]]
) -> None:
    assert payment_details(PAYMENT, a_state(*objects)).status is status


def test_what_is_promised_is_not_refundable_any_more() -> None:
    details = payment_details(PAYMENT, a_state(CHARGE, rr_1=40_00))

    assert details.refundable is not None
    assert details.refundable.amount_minor == 60_00


def test_an_excess_leaves_nothing_and_not_less() -> None:
    details = payment_details(PAYMENT, a_state(CHARGE, ("re_1", K.REFUND, "succeeded", 120_00)))

    assert details.refundable is not None
    assert details.refundable.amount_minor == 0


def test_without_a_capture_there_is_no_amount_and_no_date() -> None:
    details = payment_details(PAYMENT, a_state(("pi_1", K.PAYMENT, "authorized", 100_00)))

    assert (details.captured, details.captured_at, details.refundable) == (None, None, None)
