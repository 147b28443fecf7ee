"""What a payment comes to: what is on its way, moved in another currency, or waits for more."""

import pytest

from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.state import SubjectState
from tests.support.builders import captured, dispute, eur, event, fold, funds, object_report, refund

K = ObjectKind
DOLLARS = Money(amount_minor=30_00, currency="USD")
PAYMENT = event("evt_pi", object_report("pi_1", K.PAYMENT, "captured"))


def after(*events: GatewayEvent) -> SubjectState:
    return fold(events)[0]


@pytest.mark.parametrize(
    ("state", "gone"),
    [
        ("pending", 10_00),
        ("requires_action", 10_00),
        ("succeeded", 10_00),
        ("failed", 0),
        ("canceled", 0),
    ],
)
def test_a_refund_takes_off_the_headroom_from_its_beginning_until_it_fails(
    state: str, gone: int
) -> None:
    payment = after(captured(), refund(state))

    assert (payment.refunded_minor, payment.headroom_minor) == (gone, 100_00 - gone)


@pytest.mark.parametrize(
    ("event_of", "is_foreign"),
    [
        (refund("pending", DOLLARS), True),
        (refund("requires_action", DOLLARS), True),
        (refund("succeeded", DOLLARS), True),
        (refund("failed", DOLLARS), True),  # it left, and came back
        (refund("canceled", DOLLARS), False),
        (captured(DOLLARS, "ch_2"), True),
        (event("evt_2", object_report("ch_2", K.CHARGE, "failed", DOLLARS)), False),
        (event("evt_3", object_report("m_1", K.DISPUTE_FUNDS, "withdrawn", DOLLARS)), True),
        (event("evt_4", object_report("dp_1", K.DISPUTE, "lost", DOLLARS)), False),
        (refund("succeeded"), False),
    ],
)
def test_what_moved_in_another_currency_leaves_nothing_to_be_refunded_by_itself(
    event_of: GatewayEvent, is_foreign: bool
) -> None:
    payment = after(captured(), event_of)

    assert bool(payment.foreign) is is_foreign
    assert (payment.headroom_minor > 0) is not is_foreign


def test_nothing_is_foreign_to_a_payment_that_was_never_captured() -> None:
    failed = event("evt_1", object_report("ch_1", K.CHARGE, "failed"))

    assert after(failed, refund("pending", DOLLARS)).foreign == ()


@pytest.mark.parametrize(
    ("events", "waiting"),
    [
        ([refund("succeeded")], ("re_1",)),
        ([refund("failed")], ("re_1",)),
        ([refund("pending")], ()),
        ([refund("canceled")], ()),
        ([dispute("open", "withdrawn")], ("dp_1/funds",)),
        ([dispute("open")], ()),
        ([PAYMENT], ("pi_1",)),
        ([PAYMENT, captured()], ()),
        ([event("evt_pi", object_report("pi_1", K.PAYMENT, "authorized"))], ()),
        ([event("evt_1", object_report("ch_1", K.CHARGE, "failed")), refund("failed")], ("re_1",)),
        ([event("evt_1", object_report("ch_1", K.CHARGE, "released")), refund("failed")], ()),
    ],
)
def test_what_overtook_its_capture_waits_for_it(
    events: list[GatewayEvent], waiting: tuple[str, ...]
) -> None:
    assert after(*events).waiting == waiting


def test_a_dispute_won_waits_for_the_rest_of_its_funds_alone() -> None:
    won = event("evt_won", object_report("dp_1", K.DISPUTE, "won"))
    taken, back = (
        funds("withdrawn", 40_00, "m_1", "dp_1"),
        funds("reinstated", 30_00, "m_2", "dp_1"),
    )

    assert after(captured(), won, taken, back).waiting == ("dp_1",)
    assert after(captured(), won, taken, funds("reinstated", 40_00, "m_2", "dp_1")).waiting == ()
    assert after(captured(), won).waiting == ()


def test_an_excess_is_what_left_beyond_what_was_captured() -> None:
    assert after(captured(), refund("succeeded", eur(100_01))).excess_minor == 1
    assert after(captured(), refund("succeeded", eur(100_00))).excess_minor == 0
    assert after(refund("succeeded")).excess_minor == 0
    both = after(captured(), refund("succeeded", eur(60_00)), dispute("open", "withdrawn"))
    assert both.excess_minor == 60_00


def test_a_return_that_named_no_dispute_ends_the_dispute_that_it_fits() -> None:
    state = after(captured(), dispute("open", "withdrawn"))
    assert state.has_open_dispute

    unnamed = funds("withdrawn", 40_00, "m_1", "nobody_named_it")
    assert after(captured(), unnamed).has_open_dispute
    assert not after(captured(), funds("withdrawn", 40_00, "m_1", "ch_1")).has_open_dispute
    assert not after(captured(), dispute("lost", "withdrawn")).has_open_dispute


def test_what_is_promised_is_taken_off_what_is_available() -> None:
    held = after(captured(), refund("pending")).model_copy(
        update={"reservations": {"rr_1": 20_00, "rr_2": 5_00}}
    )

    assert (held.headroom_minor, held.available_minor) == (90_00, 65_00)
