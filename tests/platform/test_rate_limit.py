"""A rate kept together: turns evenly apart, none saved up, and a pause that holds for all."""

import itertools
from datetime import timedelta

import pytest

from kassa.partners import keys
from kassa.platform.pacing import rate_limit
from kassa.platform.pacing.rate_limit import WAIT_MAX
from tests.support.aws_stack import FakeClock, Stack

RATE = keys.rate("main", "crm")
STEP = timedelta(milliseconds=200)


@pytest.fixture(autouse=True)
def _table(stack: Stack) -> None:
    """Have a table."""


def test_turns_are_evenly_apart_and_a_pause_between_saves_none(fake_clock: FakeClock) -> None:
    at = []
    for _ in range(5):
        assert rate_limit.taken(RATE, STEP) is None
        at.append(fake_clock.at)
    fake_clock.at += timedelta(minutes=1)
    for _ in range(5):
        assert rate_limit.taken(RATE, STEP) is None
        at.append(fake_clock.at)
    apart = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert apart == [STEP] * 4 + [timedelta(minutes=1)] + [STEP] * 4


def test_who_would_wait_longer_is_told_until_when_and_takes_no_turn(
    fake_clock: FakeClock,
) -> None:
    until = fake_clock.at + WAIT_MAX + timedelta(seconds=1)
    rate_limit.pause(RATE, until)
    assert rate_limit.taken(RATE, STEP) == until
    assert rate_limit.taken(RATE, STEP) == until
    fake_clock.at = until
    assert rate_limit.taken(RATE, STEP) is None
    assert fake_clock.at == until


def test_a_shorter_pause_doesnt_end_a_longer_one(fake_clock: FakeClock) -> None:
    until = fake_clock.at + timedelta(minutes=10)
    rate_limit.pause(RATE, until)
    rate_limit.pause(RATE, until - timedelta(minutes=5))
    assert rate_limit.taken(RATE, STEP) == until


def test_two_workers_never_get_the_same_turn(fake_clock: FakeClock) -> None:
    """Both ask at one instant, as two environments do: the clock stands still meanwhile."""
    began, got = fake_clock.at, []
    for _ in range(4):
        fake_clock.at = began
        assert rate_limit.taken(RATE, STEP) is None
        got.append(fake_clock.at - began)
    assert got == [timedelta(0), STEP, 2 * STEP, 3 * STEP]
