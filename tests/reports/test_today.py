"""Today so far: what the report will say, whatever comes twice, late, at once or after a crash."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from kassa.archive import quarter_store
from kassa.archive.archive_facts import archive_facts
from kassa.archive.quarters import QUARTER, QuarterTally, start_of, tally_of, together
from kassa.core.errors import StaleWrite
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.reading.store import read_today
from kassa.reports.reading.today import Today, TodayInCurrency, today
from kassa.reports.summary.summary import FIGURES, summarise
from tests.support.aws_stack import FakeClock, Stack
from tests.support.drawn_facts import DAY, NOON, some_facts, tally
from tests.support.effort import few
from tests.support.facts import balanced, captured, fact, failed

MINUTE = timedelta(minutes=1)


def counted(facts: Iterable[AnyFact]) -> dict[datetime, QuarterTally]:
    """Return the tallies of different facts by quarter."""
    found: dict[datetime, list[AnyFact]] = {}
    for each in facts:
        found.setdefault(start_of(each.metadata.booked_at), []).append(each)
    return {starts_at: tally_of(of_quarter) for starts_at, of_quarter in found.items()}


def said(each: TodayInCurrency) -> dict[str, Any]:
    """Return what today's figures say of a currency, in the words of the report."""
    figures = {name: getattr(each, f"{name}_minor") for name in FIGURES}
    methods = [(one.method, one.amount_minor, one.captures) for one in each.methods if one.captures]
    counts = (each.captured_payments, each.failed_attempts, each.success_rate)
    return figures | {"counts": counts, "methods": methods, "hours": each.hours}


def reported(facts: Sequence[AnyFact], period: Period = DAY) -> dict[str, Any]:
    """Return the same of the report of the day, as its queries count it."""
    made = summarise(tally(facts, period=period), period)
    return {
        each.currency: {name: getattr(each, name).amount_minor for name in FIGURES}
        | {
            "counts": (each.captured_payments, each.failed_attempts, each.success_rate),
            "methods": [(one.method, one.amount_minor, one.captures) for one in each.methods],
            "hours": each.hours,
        }
        for each in made
    }


@few(8, deadline=None)
@given(some_facts())
def test_today_says_what_the_closed_report_will(facts: list[AnyFact]) -> None:
    shown = today(counted(facts), DAY, NOON)

    assert {each.currency: said(each) for each in shown.currencies} == reported(facts)


@few(6, deadline=None)
@given(some_facts(), st.integers(0, 25))
def test_a_tally_of_parts_is_the_tally_of_all(facts: list[AnyFact], cut: int) -> None:
    parts = together([tally_of(facts[:cut]), tally_of(facts[cut:])])

    whole = today({DAY.starts_at: tally_of(facts)}, DAY, NOON)
    assert today({DAY.starts_at: parts}, DAY, NOON) == whole


def test_each_gateway_s_figures_add_up_to_the_day_s() -> None:
    facts = [
        captured("pi_1", NOON, (50_00, "EUR")),
        captured("pi_2", NOON, (20_00, "EUR"), None),
        fact("PaymentDescribed", "pi_2", NOON + QUARTER, (20_00, "EUR"), method="ideal"),
        captured("pi_2", NOON + 5 * QUARTER, (1_00, "EUR"), "ideal", object_id="ch_more"),
        failed("pi_3", NOON, (9_00, "EUR"), "expired_card", 1),
        balanced("txn_1", NOON, (50_00, "EUR"), 1_75),
    ]
    other = captured("pi_1", NOON, (7_00, "EUR"), "klarna", object_id="order_1")
    klarna = other.metadata.model_copy(update={"gateway": "klarna", "fact_id": "klarna:1"})
    facts.append(other.model_copy(update={"metadata": klarna}))

    [euro] = today(counted(facts), DAY, NOON).currencies
    by_gateway = {each.gateway: each for each in euro.gateways}

    assert (by_gateway["stripe"].gross_minor, by_gateway["klarna"].gross_minor) == (71_00, 7_00)
    assert [each.captured_payments for each in euro.gateways] == [1, 2]
    assert euro.captured_payments == 3
    assert sum(each.net_minor for each in euro.gateways) == euro.net_minor == 76_25
    methods = [(one.method, one.amount_minor, one.failed_attempts) for one in euro.methods]
    assert methods == [
        ("card", 50_00, 0),
        ("ideal", 21_00, 0),
        ("klarna", 7_00, 0),
        ("unknown", 0, 1),
    ]


@pytest.fixture
def in_berlin(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", DAY.time_zone)
    settings.cache_clear()
    quarter_store._tally.cache_clear()
    yield stack
    settings.cache_clear()


def live_keys(stack: Stack) -> list[str]:
    """Return every object below live/."""
    listed = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix="live/")
    return [each["Key"] for each in listed.get("Contents", [])]


def empty(stack: Stack) -> None:
    """Remove what is archived and counted."""
    for prefix in ("live/", "facts/"):
        listed = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix=prefix)
        for each in listed.get("Contents", []):
            aws.client("s3").delete_object(Bucket=stack.bucket, Key=each["Key"])


class Crashing:
    """The bucket's client, of which some writes below live/ fail: before they stand, or after."""

    def __init__(self, real: Any, chance: random.Random) -> None:
        """Stand before a client."""
        self._real, self._chance = real, chance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def put_object(self, **arguments: Any) -> Any:
        """Put an object, unless the function dies first; it may also die right after."""
        dies = arguments["Key"].startswith("live/") and self._chance.random() < 0.3
        if dies and self._chance.random() < 0.5:
            raise TimeoutError("died before")
        answer = self._real.put_object(**arguments)
        if dies:
            raise TimeoutError("died after")
        return answer


@pytest.mark.usefixtures("in_berlin")
@few(3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=some_facts(), chance=st.randoms(use_true_random=False))
def test_whatever_comes_twice_or_dies_halfway_counts_once(
    facts: list[AnyFact], chance: random.Random, stack: Stack, fake_clock: FakeClock
) -> None:
    empty(stack)
    fake_clock.at = NOON
    batches = [facts[n : n + 4] for n in range(0, len(facts), 4)]
    batches += chance.sample(batches, len(batches) // 2)
    batches += [chance.sample(facts, len(facts) // 3)]
    chance.shuffle(batches)
    real = aws.client("s3")
    aws.install({"s3": Crashing(real, chance)})
    for batch in batches:
        with suppress(TimeoutError):
            archive_facts(batch)
    aws.install({"s3": real})
    for batch in batches:  # what died comes back, and the rest comes once more
        archive_facts(batch)

    shown = read_today(NOON)
    assert {each.currency: said(each) for each in shown.currencies} == reported(facts)


def test_two_batches_at_once_are_both_counted(
    in_berlin: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_clock.at = NOON
    read, overtakes = quarter_store.read, [[captured("pi_2", NOON, (2_00, "EUR"))], []]

    def read_late(starts_at: datetime) -> quarter_store.Read:
        found = read(starts_at)
        if others := overtakes.pop(0) if overtakes else []:
            archive_facts(others)  # between reading and replacing
        return found

    monkeypatch.setattr(quarter_store, "read", read_late)
    archive_facts([captured("pi_1", NOON, (1_00, "EUR"))])

    assert gross(read_today(NOON)) == 3_00


def test_a_batch_that_is_always_overtaken_comes_back(
    in_berlin: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_clock.at = NOON
    stale = quarter_store.Read(QuarterTally(), set(), '"another"')
    monkeypatch.setattr(quarter_store, "read", lambda _: stale)

    with pytest.raises(StaleWrite):
        archive_facts([captured("pi_1", NOON, (1_00, "EUR"))], lambda: 0.0)


def test_a_repeated_batch_writes_nothing_live(in_berlin: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = NOON
    batch = [captured(f"pi_{n}", NOON, (1_00, "EUR")) for n in range(3)]
    archive_facts(batch)
    before = live_keys(in_berlin)

    archive_facts(batch)
    assert live_keys(in_berlin) == before
    assert len(before) == 2


def test_the_answer_says_how_far_it_is_behind(in_berlin: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = NOON + MINUTE
    archive_facts([captured(f"pi_{n}", NOON + n * MINUTE, (1_00, "EUR")) for n in (0, 1)])

    shown = read_today(NOON + 3 * MINUTE)
    assert (shown.as_of, shown.newest_booking_at) == (NOON + 3 * MINUTE, NOON + MINUTE)
    assert shown.lag_s == 60.0


def test_a_tally_that_did_not_change_is_fetched_once(
    in_berlin: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at = NOON
    archive_facts(
        [captured("pi_0", NOON - n * QUARTER, (1_00, "EUR"), object_id=f"ch_{n}") for n in range(4)]
    )
    read_today(NOON)
    fetched = count_fetches()
    archive_facts([captured("pi_9", NOON, (1_00, "EUR"))])
    fetched.clear()

    assert gross(read_today(NOON)) == 5_00
    assert [key.rpartition("/")[2] for key in fetched] == ["2026-10-25T11-00.json"]


def count_fetches() -> list[str]:
    """Note the keys that are fetched from now on."""
    real, fetched = aws.client("s3"), list[str]()

    class Noting:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def get_object(self, **arguments: Any) -> Any:
            fetched.append(arguments["Key"])
            return real.get_object(**arguments)

    aws.install({"s3": Noting()})
    return fetched


def gross(shown: Today, currency: str = "EUR") -> int:
    """Return a currency's gross so far."""
    return sum(each.gross_minor for each in shown.currencies if each.currency == currency)


def test_yesterday_s_last_quarter_is_not_today(in_berlin: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = DAY.starts_at + QUARTER
    tick = timedelta(milliseconds=1)
    archive_facts(
        [
            captured("pi_1", DAY.starts_at - tick, (1_00, "EUR")),
            captured("pi_2", DAY.starts_at, (2_00, "EUR")),
        ]
    )
    assert gross(read_today(fake_clock.at)) == 2_00


def test_what_is_told_again_of_long_ago_is_not_counted_live(
    in_berlin: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at = NOON
    archive_facts([captured("pi_1", NOON - timedelta(days=3), (1_00, "EUR"))])

    assert live_keys(in_berlin) == []


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"])
def test_a_day_of_any_zone_is_made_of_whole_quarters(zone: str) -> None:
    for n in range(0, 370):
        period = Period.of(date(2026, 1, 1) + timedelta(days=n), zone)
        assert start_of(period.starts_at) == period.starts_at
