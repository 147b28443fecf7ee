"""The schedule over random histories, against a slow reference that was written apart from it.

The reference knows nothing of anchors that are looked up or of steps that are told: it keeps the
whole diary of what was sent, and asks of each customer and day the sentences of docs/reminders.md.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.reminders.policy.model import PolicyRules, Window
from kassa.billing.reminders.policy.parse import read_rules
from kassa.billing.reminders.schedule import Customer, Hold, OpenInvoice, decide, local_time
from tests.support.effort import few

FIRST = date(2026, 3, 1)
LENGTH = 75
ONE = timedelta(days=1)
CURRENCIES = ("EUR", "JPY")


class Story(NamedTuple):
    """An invoice, and what becomes of it on which days."""

    number: str
    due_on: date
    currency: str
    owed: tuple[tuple[date, int], ...]  # from a day on; nothing before the first
    promised: tuple[date, date] | None  # said on a day, until a day
    paused: tuple[date, date] | None  # the same
    in_flight: tuple[date, date] | None

    def open_on(self, day: date) -> int:
        known = [minor for since, minor in self.owed if since <= day]
        return known[-1] if known else 0


class Sent(NamedTuple):
    """What was sent on a day."""

    on: date
    anchor: str
    step: str
    numbers: tuple[str, ...]


def within(span: tuple[date, date] | None, day: date) -> bool:
    return span is not None and span[0] <= day <= span[1]


def days(least: int, most: int) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda number: FIRST + number * ONE)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date] | None:
    first = draw(days(0, LENGTH))
    return draw(st.none() | st.integers(0, 30).map(lambda more: (first, first + more * ONE)))


@st.composite
def stories(draw: st.DrawFn, number: int) -> Story:
    issued = draw(st.integers(-10, 40))
    total = draw(st.integers(1, 30)) * 100
    owed = [(FIRST + issued * ONE, total)]
    for offset in sorted(draw(st.lists(st.integers(issued, LENGTH), max_size=3))):
        owed.append((FIRST + offset * ONE, draw(st.sampled_from([0, 100, total // 2, total]))))
    return Story(
        f"2026-{number:08d}",
        FIRST + (issued + draw(st.integers(0, 30))) * ONE,
        draw(st.sampled_from(CURRENCIES)),
        tuple(owed),
        *(draw(spans()) for _ in range(3)),
    )


STEPS = [
    {"name": f"s{at}", "days": at, "tone": "firm"} for at in (-7, -3, -1, 0, 1, 3, 10, 14, 21, 30)
]


@st.composite
def policies(draw: st.DrawFn) -> PolicyRules:
    chosen = draw(st.sets(st.sampled_from(range(len(STEPS))), min_size=1, max_size=6))
    allowed = draw(st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])))
    document = {
        "steps": [STEPS[at] for at in sorted(chosen)],
        "thresholds": draw(st.sampled_from([[], ["3.00 EUR"], ["5.00 EUR", "400 JPY"]])),
    }
    if allowed:
        document["window"] = {"days": sorted(allowed)}
    if draw(st.booleans()):
        document["due_from"] = str(FIRST + draw(st.integers(0, 20)) * ONE)
    return read_rules(document)


class World(NamedTuple):
    """A customer's invoices, the policy, the days on which the run fails, and their own pause."""

    stories: tuple[Story, ...]
    policy: PolicyRules
    missed: frozenset[int]
    paused: tuple[date, date] | None

    def run_days(self) -> Iterator[date]:
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        for number in range(LENGTH):
            day = FIRST + number * ONE
            if number not in self.missed and names[day.weekday()] in self.policy.window.days:
                yield day


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 4))
    return World(
        tuple(draw(stories(number)) for number in range(1, count + 1)),
        draw(policies()),
        draw(st.frozensets(st.integers(0, LENGTH - 1), max_size=30)),
        draw(spans()),
    )


def engine(world: World) -> list[Sent]:
    """Run the schedule day by day, and note what it told."""
    reminded_on, sent = dict[str, date](), list[Sent]()
    for day in world.run_days():
        invoices = tuple(
            OpenInvoice(
                one.number,
                one.due_on,
                one.currency,
                one.open_on(day),
                promised_on=one.promised[1] if one.promised and one.promised[0] <= day else None,
                hold=Hold.PAYMENT_IN_FLIGHT if within(one.in_flight, day) else None,
            )
            for one in world.stories
            if one.open_on(day)
        )
        pauses = {one.number: one.paused[1] for one in world.stories if within(one.paused, day)}
        until = world.paused[1] if within(world.paused, day) and world.paused else None
        due = decide(Customer("c", invoices, reminded_on, until, pauses), world.policy, day).due
        if due:
            numbers = tuple(one.number for one in due.invoices)
            sent.append(Sent(day, due.anchor.number, due.step.name, numbers))
            reminded_on |= dict.fromkeys(numbers, day)
    return sent


def reference(world: World) -> list[Sent]:
    """Say it again in the sentences of the page, with the whole diary at hand."""
    diary = list[Sent]()
    for day in world.run_days():
        found = of_day(world, diary, day)
        if found:
            diary.append(found)
    return diary


def of_day(world: World, diary: list[Sent], day: date) -> Sent | None:
    steps = [(one.days, one.name) for one in world.policy.steps]
    if within(world.paused, day):
        return None
    mine = [one for one in world.stories if may_be_told(one, world.policy, day)]
    late = worth([one for one in mine if one.due_on < day], world.policy, day)
    ladder = [one for one in late if not is_over(one, steps, diary)]
    named = late
    if not ladder:
        begun = [one for one in mine if one.due_on + min(steps)[0] * ONE <= day or one in late]
        begun += [one for one in mine if one.due_on < day and one not in begun]
        named = worth(begun, world.policy, day)
        ladder = [one for one in named if one.due_on >= day and not is_over(one, steps, diary)]
    if not ladder:
        return None
    anchor = min(ladder, key=lambda one: (one.due_on, one.number))
    reached = [(at, name) for at, name in steps if anchor.due_on + at * ONE <= day]
    if not reached:
        return None
    at, name = max(reached)
    if any(anchor.number in one.numbers and one.on >= anchor.due_on + at * ONE for one in diary):
        return None
    others = sorted((one for one in named if one is not anchor), key=lambda o: (o.due_on, o.number))
    return Sent(day, anchor.number, name, (anchor.number, *(one.number for one in others)))


def may_be_told(one: Story, policy: PolicyRules, day: date) -> bool:
    if not one.open_on(day) or within(one.paused, day) or within(one.in_flight, day):
        return False
    if one.promised and one.promised[0] <= day <= one.promised[1]:
        return False
    return policy.due_from is None or one.due_on >= policy.due_from


def worth(found: list[Story], policy: PolicyRules, day: date) -> list[Story]:
    least = {one.currency: one.amount_minor for one in policy.thresholds}
    sums = {
        currency: sum(one.open_on(day) for one in found if one.currency == currency)
        for currency in CURRENCIES
    }
    return [one for one in found if sums[one.currency] >= least.get(one.currency, 0)]


def is_over(one: Story, steps: list[tuple[int, str]], diary: list[Sent]) -> bool:
    last = one.due_on + max(steps)[0] * ONE
    return any(one.number in sent.numbers and sent.on >= last for sent in diary)


@few(30)
@given(worlds())
def test_the_schedule_is_what_the_page_says(world: World) -> None:
    assert engine(world) == reference(world)


@few(30)
@given(worlds())
def test_nobody_is_told_a_step_of_an_anchor_twice_nor_two_things_a_day(world: World) -> None:
    sent = engine(world)

    assert len({(one.anchor, one.step) for one in sent}) == len(sent)
    assert len({one.on for one in sent}) == len(sent)


@few(30)
@given(worlds())
def test_what_is_paid_promised_paused_or_on_its_way_is_never_named(world: World) -> None:
    known = {one.number: one for one in world.stories}
    for sent in engine(world):
        assert not within(world.paused, sent.on)
        for one in (known[number] for number in sent.numbers):
            assert one.open_on(sent.on) > 0
            for span in (one.promised, one.paused, one.in_flight):
                assert not within(span, sent.on)


@few(30)
@given(worlds())
def test_after_any_pause_of_runs_one_reminder_catches_up_with_the_latest_step(
    world: World,
) -> None:
    due_on = {one.number: one.due_on for one in world.stories}
    days_of = {one.name: one.days for one in world.policy.steps}
    for sent in engine(world):
        reached = [at for at in days_of.values() if due_on[sent.anchor] + at * ONE <= sent.on]
        assert days_of[sent.step] == max(reached)


ZONES = st.sampled_from(["UTC", "Europe/Helsinki", "America/Sao_Paulo", "Asia/Kathmandu"])


@given(
    st.integers(0, 3 * 365 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
    ZONES,
    st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1]),
)
def test_the_window_is_open_at_the_hours_that_the_sellers_clock_shows(
    since: timedelta, zone: str, hours: tuple[time, time]
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + since
    shown = now.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S.%f")
    window = Window(first=hours[0], until=hours[1])
    first, until = (one.strftime("%H:%M:%S.%f") for one in hours)

    assert window.is_open(local_time(now, zone)) is (first <= shown < until)
