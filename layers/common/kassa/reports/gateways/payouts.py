"""Days to payout: which lines of a balance each payout paid, proven to the minor unit, or unsaid.

No gateway's payout names its lines here. But payouts follow each other, so where the balance's
running total passes each payout's beginning and end exactly, at one and the same distance, the
lines between are what it paid. Where that fits fewer than half of an account's payouts, or only
one, chance would do as well, and nothing is said.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

DAY_US = 86_400_000_000
WAIT_MAX_US = 30 * DAY_US  # from a payout's last line to the payout
PROVEN_MIN = 2  # payouts
_TRIED = 5  # payouts whose every possible end is tried; the right distance fits half of all


class BalanceLine(NamedTuple):
    """What moved a balance, and when its payment was captured, if it was one."""

    at_us: int
    net_minor: int
    captured_us: int | None = None


class Payout(NamedTuple):
    """What was sent to the bank."""

    at_us: int
    amount_minor: int


class PaidOut(NamedTuple):
    """How many payouts there were, how many are proven, and how long their payments waited."""

    payouts: int
    proven: int
    waits_us: tuple[int, ...]  # from capture to payout, shortest first

    def plus(self, other: "PaidOut") -> "PaidOut":
        """Return two balances' together."""
        waits = tuple(sorted((*self.waits_us, *other.waits_us)))
        return PaidOut(self.payouts + other.payouts, self.proven + other.proven, waits)


class _Balance:
    """A balance's running totals, and where each was reached."""

    def __init__(self, lines: Sequence[BalanceLine]) -> None:
        self._lines = lines
        self._places: dict[int, list[int]] = {}
        for place, total in enumerate(accumulate((one.net_minor for one in lines), initial=0)):
            self._places.setdefault(total, []).append(place)

    def totals_before(self, payout: Payout) -> Iterator[int]:
        """Return each total that a payout may end with."""
        for total, places in self._places.items():
            if any(self._is_before(place, payout) for place in places):
                yield total

    def place(self, total: int, payout: Payout) -> int | None:
        """Return the last place before a payout at which a total was reached."""
        of = self._places.get(total, ())
        return next((place for place in reversed(of) if self._is_before(place, payout)), None)

    def between(self, first: int, last: int) -> Sequence[BalanceLine]:
        """Return the lines from one place to another."""
        return self._lines[first:last]

    def _is_before(self, place: int, payout: Payout) -> bool:
        if place == 0:
            return True
        at_us = self._lines[place - 1].at_us
        return payout.at_us - WAIT_MAX_US <= at_us <= payout.at_us


def paid_out(lines: Sequence[BalanceLine], payouts: Sequence[Payout]) -> PaidOut:
    """Return how long payments waited for those payouts whose lines are certain; both in order."""
    balance, sums = _Balance(lines), list(accumulate(one.amount_minor for one in payouts))
    votes: Counter[int] = Counter()
    for payout, total in list(zip(payouts, sums, strict=True))[-_TRIED:]:
        votes.update(reached - total for reached in set(balance.totals_before(payout)))
    found = PaidOut(len(payouts), 0, ())
    for distance, _ in sorted(votes.items(), key=lambda one: (-one[1], one[0]))[:_TRIED]:
        found = max(found, _at(distance, balance, payouts, sums), key=lambda one: one.proven)
    if found.proven < max(PROVEN_MIN, len(payouts) // 2):
        return PaidOut(len(payouts), 0, ())
    return found


def _at(
    distance: int, balance: _Balance, payouts: Sequence[Payout], sums: Sequence[int]
) -> PaidOut:
    """Return what is proven where payouts lie at a distance from the balance's totals."""
    ends = [
        balance.place(distance + total, payout) for payout, total in zip(payouts, sums, strict=True)
    ]
    proven, waits = 0, list[int]()
    for (first, last), payout in zip(pairwise(ends), payouts[1:], strict=True):
        if first is None or last is None or last <= first:
            continue
        proven += 1
        of = balance.between(first, last)
        waits += [payout.at_us - one.captured_us for one in of if one.captured_us is not None]
    return PaidOut(len(payouts), proven, tuple(sorted(waits)))
