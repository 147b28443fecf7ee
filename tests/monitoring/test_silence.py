"""A gateway that usually speaks is missed in time; a closed, slow, new or seasonal shop is not.

The figures of the simulated years stand in the tests: false alarms a year, hours until an outage
is found.
"""

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.monitoring.heartbeat import KEPT_HOURS, Heartbeat, begin, hour_of, listen
from kassa.monitoring.silence import WEEK, WEEKS_MIN, is_missed, silence
from tests.support.effort import few

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
BASE = hour_of(MONDAY)
HOLIDAYS = {87, 90, 120, 133, 144, 275, 357, 358, 359}  # days of the year, three of them in a row
YEAR_H = 56 * WEEK  # a year that is judged, after four weeks that teach
Rate = Callable[[int], float]


def online(payments_an_hour: float) -> Rate:
    """A shop that never closes, slow at night."""
    return lambda hour: payments_an_hour * (0.15 if hour % 24 < 6 else 1.2)


def closing(payments_an_hour: float) -> Rate:
    """A shop with opening hours, Sundays and holidays."""

    def rate(hour: int) -> float:
        day, of_day = divmod(hour, 24)
        is_open = 8 <= of_day < 19 and day % 7 != 6 and day % 365 not in HOLIDAYS
        return payments_an_hour if is_open else 0.0

    return rate


def seasonal(usual: Rate) -> Rate:
    """Four times as much before Christmas, a fifth in February, from one day to the next."""

    def rate(hour: int) -> float:
        day = hour // 24 % 365
        return usual(hour) * (4 if 320 <= day < 356 else 0.2 if 30 <= day < 60 else 1)

    return rate


def events_by_hour(rate: Rate, hours: int, seed: int) -> list[int]:
    """Count the events of each hour; a payment makes two to four of them."""
    source = random.Random(seed)
    return [_events(source, rate(hour)) for hour in range(hours)]


def _events(source: random.Random, payments: float) -> int:
    happened, left = 0, math.exp(-payments)
    chance = source.random() if payments else 0.0
    while payments and chance > left:
        happened, chance = happened + 1, chance * source.random()
    return sum(source.choice((2, 3, 3, 4)) for _ in range(happened))


def beat_at(series: list[int], ends: int) -> Heartbeat:
    """Return the heartbeat as it stood when so many hours were over."""
    first = max(0, ends - KEPT_HOURS)
    spoke = next((hour for hour in range(ends - 1, first - 1, -1) if series[hour]), None)
    received_until = None if spoke is None else MONDAY + timedelta(hours=spoke + 1)
    counted_until = MONDAY + timedelta(hours=ends)
    counts = tuple(series[first:ends])
    return Heartbeat.model_construct(  # of a year's counts none needs to be looked at again
        begins=BASE + first,
        counts=counts,
        counted_until=counted_until,
        received_until=received_until,
    )


def is_missed_at(ends: int, own: list[int], *others: list[int]) -> bool:
    one = silence(beat_at(own, ends))
    return one is not None and is_missed(one, [beat_at(other, ends) for other in others])


def false_alarms(own: list[int], *others: list[int]) -> list[int]:
    """Return the ends of the silences that were missed; each is judged just before it ends."""
    spoke = [hour for hour, events in enumerate(own) if events]
    gaps = [after for before, after in pairwise(spoke) if after - before > 1]
    return [hour for hour in gaps if is_missed_at(hour, own, *others)]


def found_after(begins: int, own: list[int], *others: list[int]) -> int:
    """Return how many hours after an outage began it was found."""
    quiet = own[:begins] + [0] * (len(own) - begins)
    for ends in range(begins + 1, len(own)):
        if is_missed_at(ends, quiet, *others):
            return ends - begins
    raise AssertionError("never found")


@pytest.mark.parametrize("payments_an_hour", [0.02, 0.5, 5])
@pytest.mark.parametrize(
    "shop", [online, closing, lambda n: seasonal(online(n)), lambda n: seasonal(closing(n))]
)
def test_a_year_in_which_every_webhook_arrives_has_no_alarm(
    shop: Callable[[float], Rate], payments_an_hour: float
) -> None:
    rate = shop(payments_an_hour)
    assert false_alarms(events_by_hour(rate, YEAR_H, 1), events_by_hour(rate, YEAR_H, 2)) == []


@pytest.mark.parametrize(
    ("payments_an_hour", "within_h"), [(60, 3), (10, 5), (2, 15), (0.5, 62), (0.1, 250)]
)
def test_an_outage_is_found_sooner_the_more_a_gateway_speaks(
    payments_an_hour: float, within_h: int
) -> None:
    rate, hours, begins = online(payments_an_hour), 34 * WEEK, 30 * WEEK + 9
    own, other = events_by_hour(rate, hours, 1), events_by_hour(online(10), hours, 2)
    assert found_after(begins, own, other) <= within_h


def test_a_lonely_gateway_is_missed_after_what_no_holiday_lasts() -> None:
    hours, begins = 32 * WEEK, 30 * WEEK + 9
    assert 72 < found_after(begins, events_by_hour(online(10), hours, 1)) <= 108
    assert 72 < found_after(begins, events_by_hour(closing(10), hours, 1)) <= 108


def test_an_outage_that_begins_on_saturday_night_is_found_on_monday() -> None:
    hours, saturday_night = 32 * WEEK, 30 * WEEK + 5 * 24 + 20
    own, other = events_by_hour(closing(10), hours, 1), events_by_hour(online(10), hours, 2)
    assert found_after(saturday_night, own, other) <= 36 + 5


def test_a_sunday_is_no_silence_even_where_another_gateway_goes_on() -> None:
    own, other = events_by_hour(closing(20), 30 * WEEK, 1), events_by_hour(online(20), 30 * WEEK, 2)
    mondays = [week * WEEK + 8 for week in range(5, 12)]
    assert [hour for hour in mondays if is_missed_at(hour, own, other)] == []


def test_a_new_shop_is_never_missed() -> None:
    own, other = events_by_hour(online(50), 10 * WEEK, 1), events_by_hour(online(50), 10 * WEEK, 2)
    quiet = own[: WEEKS_MIN * WEEK - 1] + [0] * 200
    assert not any(is_missed_at(ends, quiet, other) for ends in range(WEEKS_MIN * WEEK, len(quiet)))


def test_the_hours_change_and_nothing_is_missed() -> None:
    def rate(hour: int) -> float:
        return closing(60)(hour - (1 if hour > 8 * WEEK else 0))  # opens an hour later in UTC

    open_all_day = events_by_hour(online(60), 12 * WEEK, 2)
    assert false_alarms(events_by_hour(rate, 12 * WEEK, 1), open_all_day) == []


def test_a_gateway_that_slowed_down_is_expected_to_say_less_a_day_later() -> None:
    slows_at = 20 * WEEK

    def rate(hour: int) -> float:
        return 20.0 if hour < slows_at else 0.4

    alarms = false_alarms(
        events_by_hour(rate, 26 * WEEK, 1), events_by_hour(online(20), 26 * WEEK, 2)
    )
    assert [hour for hour in alarms if hour > slows_at + 24] == []


def test_nothing_is_said_of_a_gateway_that_never_spoke() -> None:
    assert silence(begin(MONDAY)) is None
    assert silence(listen(begin(MONDAY), MONDAY + timedelta(weeks=5), {})) is None


beats = st.builds(
    lambda week, noise, quiet: beat_at(
        [max(0, events + noise[n % len(noise)]) for n, events in enumerate(week * 6)] + [0] * quiet,
        len(week) * 6 + quiet,
    ),
    week=st.lists(st.integers(0, 40), min_size=WEEK, max_size=WEEK),
    noise=st.lists(st.integers(-3, 3), min_size=5, max_size=11),
    quiet=st.integers(0, 100),
)


@few(15, deadline=None)
@given(beat=beats, events=st.integers(1, 1000), after_h=st.integers(1, 300))
def test_whoever_speaks_is_not_missed(beat: Heartbeat, events: int, after_h: int) -> None:
    now = beat.counted_until + timedelta(hours=after_h)
    one = silence(listen(beat, now, {hour_of(now): events}))
    assert one is None or not is_missed(one, [beat])


@few(15, deadline=None)
@given(beat=beats, first_h=st.integers(0, 100), more_h=st.integers(0, 100))
def test_a_silence_only_grows_more_surprising(beat: Heartbeat, first_h: int, more_h: int) -> None:
    sooner = listen(beat, beat.counted_until + timedelta(hours=first_h), {})
    before = silence(sooner)
    after = silence(listen(sooner, sooner.counted_until + timedelta(hours=more_h), {}))
    assert (before is None) == (after is None)
    if before and after:
        assert after.surprise >= before.surprise - 1e-9
        assert after.missed_days >= before.missed_days - 1e-9
        assert after.is_surprising or not before.is_surprising


@few(15, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(1, 70), st.integers(0, 5)), max_size=60))
def test_counting_in_any_steps_forgets_nothing_that_is_compared(
    steps: list[tuple[int, int]],
) -> None:
    beat = begin(MONDAY - timedelta(minutes=1))
    expected: dict[int, int] = {}
    for minutes, events in steps:
        until = beat.counted_until + timedelta(minutes=minutes)
        if until >= MONDAY:
            expected[hour_of(until)] = expected.get(hour_of(until), 0) + events
        beat = listen(beat, until, {hour_of(until): events})
    kept = {beat.begins + n: events for n, events in enumerate(beat.counts) if events}
    assert kept == {hour: events for hour, events in expected.items() if events}
