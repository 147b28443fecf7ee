"""Disputes whose time to be defended ended, before or after their chargeback, or without one."""

import pytest

from kassa.core.postings import Account
from kassa.gateways.events import ObjectKind
from tests.support.adyen_movements import AUTHORISED, disputed, in_any_order, line, unnamed

A = Account
ENDED = "DISPUTE_DEFENSE_PERIOD_ENDED"


def test_a_dispute_that_ended_undefended_is_lost_and_assumed_to_have_taken_its_amount() -> None:
    stands = [
        (one.kind, one.object_id, one.state, one.amount.amount_minor, one.is_assumed)
        for one in disputed(ENDED).object_reports
    ]
    assert stands == [
        (ObjectKind.DISPUTE, "DIS1", "lost", 1000, True),
        (ObjectKind.DISPUTE_FUNDS, "DIS1/funds", "withdrawn", 1000, True),
    ]
    assert [one.object_id for one in unnamed(ENDED).object_reports] == ["PSP1/dispute"]


@pytest.mark.parametrize("announced", ["NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK"])
def test_what_is_lost_undefended_is_taken_once_whether_its_chargeback_comes_or_is_to_come(
    announced: str,
) -> None:
    state, held = in_any_order([AUTHORISED, disputed(announced), disputed(ENDED)])
    assert (held[A.CHARGEBACKS], state.headroom_minor) == (1000, 0)
    assert not state.has_open_dispute
    reported = [disputed(announced), disputed(ENDED), disputed("CHARGEBACK", 400)]
    if announced != "CHARGEBACK":
        state, held = in_any_order([AUTHORISED, *reported])
        assert (held[A.CHARGEBACKS], state.headroom_minor) == (400, 600)
        state, held = in_any_order([AUTHORISED, *reported[:2], line("Chargeback", -400, "DIS1")])
        assert (held[A.CHARGEBACKS], state.headroom_minor) == (400, 600)


def test_a_question_that_nobody_answered_takes_nothing_until_it_is_a_chargeback() -> None:
    asked = [disputed("REQUEST_FOR_INFORMATION"), disputed(ENDED)]
    for events in (asked, asked[1:]):
        state, held = in_any_order([AUTHORISED, *events])
        assert (held.get(A.CHARGEBACKS, 0), state.headroom_minor, state.waiting) == (0, 1000, ())
        assert set(state.of(ObjectKind.DISPUTE, "lost")) == {"DIS1"}  # so a person decides
    state, held = in_any_order([AUTHORISED, *asked, disputed("NOTIFICATION_OF_CHARGEBACK")])
    assert (held[A.CHARGEBACKS], state.headroom_minor) == (1000, 0)


def test_what_was_lost_undefended_and_comes_back_all_the_same_is_there_again() -> None:
    lost = [disputed("NOTIFICATION_OF_CHARGEBACK"), disputed(ENDED)]
    state, held = in_any_order([AUTHORISED, *lost, disputed("CHARGEBACK_REVERSED")])
    assert (held.get(A.CHARGEBACKS, 0), state.headroom_minor) == (0, 1000)
