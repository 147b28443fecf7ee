"""The golden shop's reports equal a second computation in every figure, whatever the clock does."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.platform import aws, clock
from kassa.platform.settings import settings
from kassa.reports.summary.summary import CurrencySummary, Figure
from tests.support.aws_stack import NOW, Context, FakeClock, Stack, opened_stack
from tests.support.golden_shop.arrivals import Arrival
from tests.support.golden_shop.closings import Closings
from tests.support.golden_shop.recount import ACCOUNT_OF, Document, recount
from tests.support.golden_shop.shop import GoldenShop, golden_shop
from tests.support.golden_shop.wall_clock import DAY, Span
from tests.support.summary_alone import only_months_have_all

MISSED, TWICE = 0.15, 0.3  # of the days on which the clock should fire
HOURS = 12  # of facts in one file


class Course(NamedTuple):
    """A shop's setting and how its weeks and months are counted."""

    time_zone: str
    first_day: date
    days: int
    week_starts_on: str = "monday"
    month_starts_on: int = 1


SPRING = (
    Course("Europe/Berlin", date(2026, 3, 24), 10),
    Course("America/St_Johns", date(2026, 3, 1), 11, "sunday", 5),
)
YEARS = (
    Course("Europe/Berlin", date(2025, 11, 1), 365),
    Course("Asia/Kolkata", date(2025, 11, 1), 365, "sunday", 26),
)
# Months in which a period of those years begins; the first week and fiscal month do before it.
MONTHS = ("2025-10", "2025-11", "2025-12", *(f"2026-{n:02}" for n in range(1, 12)))
Played = dict[tuple[str, str], Document]  # what each report must say, by its period and name
Play = Callable[[GoldenShop, Course], Played]


class Year(NamedTuple):
    """A year that has gone by, and the stack that still holds its reports."""

    course: Course
    stack: Stack
    played: Played


def first_days(course: Course) -> dict[str, list[date]]:
    """Return the first day of every period that touches a course, two months before it as well."""
    days = [course.first_day + n * DAY for n in range(-70, course.days + 40)]
    begins = 6 if course.week_starts_on == "sunday" else 0
    return {
        "daily": days,
        "weekly": [day for day in days if day.weekday() == begins],
        "monthly": [day for day in days if day.day == course.month_starts_on],
    }


def timeline(course: Course, arrivals: Iterator[Arrival]) -> list[tuple[datetime, int, Any]]:
    """Return arrivals and the instants at which the clock fires, some missed and some twice."""
    chance = random.Random(course.time_zone)
    happens: list[tuple[datetime, int, Any]] = [(one.at, 0, one) for one in arrivals]
    begins = datetime.combine(course.first_day, datetime.min.time(), UTC)
    for n in range(1, course.days + 5):
        if chance.random() < MISSED and n < course.days:
            continue
        at = begins + n * DAY + timedelta(minutes=chance.randrange(24 * 60))
        happens += [(at, 1, None)] * (1 + (chance.random() < TWICE))
        happens.append((at + timedelta(hours=1), 1, None))
    return sorted(happens, key=lambda one: one[:2])


@pytest.fixture
def play(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Play]:
    """Return what lets a shop's spring go by, and answers what each report had to say.

    What is compared stands in the summary; the night makes the other reports beside it as well.
    """
    if request.node.get_closest_marker("slow") is None:
        request.getfixturevalue("summary_alone")
    yield lambda shop, course: played_by(shop, course, (stack, fake_clock, monkeypatch))
    settings.cache_clear()


@pytest.fixture(
    scope="module",
    params=[pytest.param(one, marks=pytest.mark.xdist_group(one.time_zone)) for one in YEARS],
    ids=lambda course: course.time_zone,
)
def year(request: pytest.FixtureRequest) -> Iterator[Year]:
    """Let a shop's year go by, once for all its months; those have every report."""
    course: Course = request.param
    shop = golden_shop(3_000, time_zone=course.time_zone, first_day=course.first_day)
    with pytest.MonkeyPatch.context() as patch, opened_stack(patch) as made:
        stopped = FakeClock(NOW)
        clock.install(stopped)
        only_months_have_all(patch)
        yield Year(course, made, played_by(shop, course, (made, stopped, patch)))
        clock.install(None)
    settings.cache_clear()


def played_by(
    shop: GoldenShop, course: Course, at_hand: tuple[Stack, FakeClock, pytest.MonkeyPatch]
) -> Played:
    """Let a shop's days go by, and return what each report had to say when it was closed."""
    stack, stopped, patch = at_hand
    patch.setenv("MERCHANT_TIME_ZONE", course.time_zone)
    patch.setenv("WEEK_STARTS_ON", course.week_starts_on)
    patch.setenv("MONTH_STARTS_ON", str(course.month_starts_on))
    settings.cache_clear()
    expected: Played = {}
    closings = Closings(course.time_zone, first_days(course))
    for at, _, arrival in timeline(course, shop.arrivals(HOURS)):
        stopped.at = at
        if arrival is not None:
            archive_facts(arrival.facts)
            closings.arrive(arrival.facts)
            continue
        for one in lambda_handler({}, Context())["built"]:
            place, first = (one["period"], one["day"]), date.fromisoformat(_first(stack, one))
            assert place not in expected, "closed twice"
            expected[place] = {"first": first, **closings.closed(one["period"], first, at)}
    return expected


def _first(stack: Stack, built: Document) -> str:
    """Return the first day that a report says it is of."""
    return str(stored(stack, built["period"], built["day"])["period"]["day"])


def stored(stack: Stack, kind: str, name: str) -> Document:
    key = f"reports/main/{kind}/{name}/report.json"
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    report: Document = json.loads(body)
    return report


def said(report: Document) -> Document:
    """Return what a report says, in the words of the second computation."""
    return {
        "facts": report["facts"],
        "currencies": report["currencies"],
        "accrual": report["accrual"],
        "corrections": [
            {name: one[name] for name in ("facts", "currencies", "accrual")}
            for one in report["corrections"]
        ],
    }


def must_say(expected: Document) -> Document:
    corrections = [
        {name: one[name] for name in one if name != "first"} for one in expected["corrections"]
    ]
    own = {name: figures for name, figures in expected.items() if name != "first"}
    return own | {"corrections": corrections}


def hold(stack: Stack, context: Context, played: Played, every: int = 1) -> None:
    """Compare every report with what it must say, and make it, or every so many of them, again."""
    for (kind, name), expected in played.items():
        assert said(stored(stack, kind, name)) == must_say(expected), (kind, name)
    for kind, name in list(played)[::every]:
        rebuilt = lambda_handler({"period": kind, "day": name, "rebuild": True}, context)
        assert rebuilt["is_identical"] is True, (kind, name)


def closed(played: Played) -> dict[str, int]:
    """Return how many periods of each kind were closed, each once."""
    return {kind: sum(one == kind for one, _ in played) for kind in ("daily", "weekly", "monthly")}


@pytest.mark.parametrize(
    "course",
    [SPRING[0], *(pytest.param(one, marks=pytest.mark.slow) for one in SPRING[1:])],
    ids=lambda course: course.time_zone,
)
def test_a_spring_of_the_golden_shop_is_reported_to_the_minor_unit(
    stack: Stack, play: Play, context: Context, course: Course
) -> None:
    shop = golden_shop(
        3_000, time_zone=course.time_zone, first_day=course.first_day, days=course.days
    )
    played = play(shop, course)

    counted = closed(played)
    assert counted["daily"] >= course.days
    assert counted["weekly"] >= course.days // 7
    assert counted["monthly"] >= 1
    corrections = [one for expected in played.values() for one in expected["corrections"]]
    assert len(corrections) >= 3
    hold(stack, context, played, every=5)  # a year's are all made again, by night


@pytest.mark.slow
def test_a_year_of_the_golden_shop_has_every_report_once_and_corrects_each_kind(year: Year) -> None:
    counted = closed(year.played)
    assert counted["daily"] >= 365
    assert counted["weekly"] >= 52
    assert counted["monthly"] >= 12
    kinds = {kind for (kind, _), expected in year.played.items() if expected["corrections"]}
    assert kinds == {"daily", "weekly", "monthly"}
    assert {f"{one['first']:%Y-%m}" for one in year.played.values()} == set(MONTHS)


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS)
def test_a_month_of_the_golden_year_is_reported_to_the_minor_unit(
    year: Year, context: Context, month: str
) -> None:
    its = {
        place: expected
        for place, expected in year.played.items()
        if f"{expected['first']:%Y-%m}" == month
    }
    hold(year.stack, context, its)


def test_the_second_computation_knows_every_figure_there_is() -> None:
    shop = golden_shop(800, days=30)
    both = [
        recount(shop.facts, Span.of("daily", date(2025, 11, 3), "Europe/Berlin")),
        recount(shop.facts, Span.of("weekly", date(2025, 11, 3), "Europe/Berlin")),
    ]
    known = {name for one in both for currency in one["currencies"] for name in currency}
    assert known == set(CurrencySummary.model_fields), "recount it in the golden shop too"
    assert set(both[0]["currencies"][0]["gross"]) == set(Figure.model_fields)
    assert {*ACCOUNT_OF, "net"} <= known
