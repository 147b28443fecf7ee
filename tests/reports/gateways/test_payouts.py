"""Days to payout are told where the balance proves them to the minor unit, and nowhere else."""

import random

import pytest

from kassa.reports.gateways.payouts import DAY_US, BalanceLine, PaidOut, Payout, paid_out

CHARGE = 100_00


def line(day: float, net_minor: int, captured: float | None = None) -> BalanceLine:
    return BalanceLine(
        round(day * DAY_US), net_minor, None if captured is None else round(captured * DAY_US)
    )


def payout(day: float, minor: int) -> Payout:
    return Payout(round(day * DAY_US), minor)


# Before the first payout there is an opening balance of which nothing is known.
LINES = [
    line(1.0, 40_00, 0.0),
    line(2.0, 60_00, 1.0),
    line(2.5, -10_00),
    line(3.0, 33_00, 2.0),
    line(4.0, 21_00, 2.0),
    line(5.0, 99_00, 4.0),
]
PAYOUTS = [payout(1.5, 40_00 + 7_00), payout(3.5, 83_00), payout(4.5, 21_00), payout(5.5, 99_00)]


def test_lines_between_two_payouts_are_what_the_second_paid() -> None:
    found = paid_out(LINES, PAYOUTS)

    assert (found.payouts, found.proven) == (4, 3)
    # Captured on days 1 and 2 and paid on 3.5, on 2 and paid on 4.5, on 4 and paid on 5.5.
    assert [one / DAY_US for one in found.waits_us] == [1.5, 1.5, 2.5, 2.5]


@pytest.mark.parametrize("off", [1, -1, 50])
def test_a_minor_unit_of_difference_proves_nothing(off: int) -> None:
    wrong = [PAYOUTS[0], payout(3.5, 83_00 + off), payout(4.5, 21_00 + off), PAYOUTS[3]]

    assert paid_out(LINES, wrong) == PaidOut(4, 0, ())


def test_two_payouts_are_too_few_to_tell_proof_from_chance() -> None:
    assert paid_out(LINES, PAYOUTS[:2]) == PaidOut(2, 0, ())


def test_a_payout_that_was_made_up_by_hand_leaves_the_others_proven() -> None:
    lines = [*LINES, line(6.0, 12_00, 5.0), line(7.0, 13_00, 5.0)]
    by_hand = [*PAYOUTS, payout(6.5, 5_00), payout(7.5, 20_00)]

    found = paid_out(lines, by_hand)
    assert (found.payouts, found.proven) == (6, 3)


def test_without_lines_or_payouts_nothing_is_known() -> None:
    assert paid_out([], PAYOUTS) == PaidOut(4, 0, ())
    assert paid_out(LINES, []) == PaidOut(0, 0, ())


@pytest.mark.parametrize("seed", range(20))
def test_amounts_that_have_nothing_to_do_with_each_other_are_proven_by_no_chance(seed: int) -> None:
    chance = random.Random(seed)
    lines = [line(n / 20, chance.randint(1_00, 200_00), 0.0) for n in range(600)]
    payouts = [payout(n, chance.randint(500_00, 3_000_00)) for n in range(1, 30)]

    assert paid_out(lines, payouts).proven == 0


def test_a_balance_that_pays_out_all_it_has_each_day_is_proven_whole() -> None:
    chance, lines, payouts, balance = random.Random(7), [], [], 0
    for day in range(30):
        for n in range(chance.randint(1, 9)):
            minor = chance.randint(1_00, 900_00)
            lines.append(line(day + n / 20, minor, day - 2 + n / 20))
            balance += minor
        payouts.append(payout(day + 0.9, balance))
        balance = 0

    found = paid_out(lines, payouts)
    assert (found.payouts, found.proven) == (30, 29)
    assert all(2.4 < one / DAY_US <= 2.9 + 0.001 for one in found.waits_us)
