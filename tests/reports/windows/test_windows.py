"""Windows: any whole days, built once; what comes late is in the next edition, on request."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.archive.compact_facts import compact_facts
from kassa.core.errors import InvalidRequest, ReportNotFound
from kassa.core.periods import EDITIONS_MAX, PeriodKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.contents import contents_of
from kassa.reports.store import Reports
from tests.support.api_requests import get
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, fact

TOKYO = "Asia/Tokyo"
HOUR = timedelta(hours=1)
AFTER = datetime(2026, 11, 18, 2, tzinfo=UTC)  # 11:00 on the 18th in Tokyo
NAME = "2026-11-01..2026-11-17"


@pytest.fixture(autouse=True)
def _in_tokyo(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", TOKYO)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def build(stack: Stack, fake_clock: FakeClock) -> Callable[..., Any]:
    """Return what asks for a window at an instant."""

    def _build(at: datetime = AFTER, name: str = NAME, **more: Any) -> Any:
        fake_clock.at = at
        return lambda_handler({"period": "window", "day": name, **more}, Context())

    return _build


Build = Callable[..., Any]

# Of when a window is built, and of what: that every document is, others show.
summary_alone = pytest.mark.usefixtures("summary_alone")


def sold(day: int, n: int = 1, amount_minor: int = 10_00, hour: int = 3) -> AnyFact:
    """Return a capture on a day of November; at noon in Tokyo, unless said."""
    at = datetime(2026, 11, day, hour, n, tzinfo=UTC)
    return captured(f"pi_{day}_{n}", at, (amount_minor, "EUR"))


def bodies(stack: Stack, name: str = NAME) -> dict[str, bytes]:
    s3, prefix = aws.client("s3"), f"reports/main/window/{name}/"
    listed = s3.list_objects_v2(Bucket=stack.bucket, Prefix=prefix).get("Contents", [])
    return {
        each["Key"].removeprefix(prefix): s3.get_object(Bucket=stack.bucket, Key=each["Key"])[
            "Body"
        ].read()
        for each in listed
    }


def gross(stack: Stack, name: str = NAME) -> int:
    report = json.loads(bodies(stack, name)["report.json"])
    return sum(int(each["gross"]["amount_minor"]) for each in report["currencies"])


@summary_alone
def test_a_window_holds_the_whole_days_between_its_ends_in_the_merchants_zone(
    stack: Stack, build: Build
) -> None:
    before, after = sold(17, 2, 4, hour=14), sold(17, 3, 8, hour=15)  # 23:02 and 00:03 in Tokyo
    archive_facts([sold(1), sold(9), before, after])

    built = build()
    assert (built["day"], built["period"], built["is_closed"]) == (NAME, "window", True)
    assert gross(stack) == 20_04
    report = json.loads(bodies(stack)["report.json"])
    assert (report["period"]["day"], report["period"]["last"]) == ("2026-11-01", "2026-11-17")
    assert len(report["currencies"][0]["days"]) == 17


def test_a_window_has_every_report_that_isnt_of_months_alone_and_says_where_data_is_missing(
    stack: Stack, build: Build
) -> None:
    archive_facts([sold(1)])
    built = build()

    promised = {name for one in contents_of(4, PeriodKind.WINDOW) for name in one.documents}
    assert {"fees.html", "anomalies.html", "gateways.html", "checkout.html"} < promised
    assert {"automation.html", "forecast.html"} < promised
    assert not [name for name in promised if name.startswith(("recurring", "customers"))]
    assert {*promised, "report.html", "manifest.json"} <= set(built["keys"])
    page = bodies(stack)["report.html"].decode()
    assert "Not enough data to say what is usual" in page
    assert "Corrections" not in page


@summary_alone
def test_the_same_window_again_is_answered_with_what_was_kept(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    first, kept = build(), bodies(stack)
    archive_facts([sold(2)])

    assert build(AFTER + HOUR) == first
    assert bodies(stack) == kept
    assert build(rebuild=True)["is_identical"] is True


@summary_alone
def test_late_facts_make_another_edition_on_request_and_the_old_one_stays(
    stack: Stack, build: Build
) -> None:
    archive_facts([sold(1)])
    build()
    kept = bodies(stack)
    archive_facts([sold(2)])

    anew = build(AFTER + HOUR, anew=True)
    assert anew["day"] == f"{NAME}-e2"
    assert (gross(stack, f"{NAME}-e2"), gross(stack)) == (20_00, 10_00)
    assert bodies(stack) == kept
    assert build(AFTER + 2 * HOUR)["day"] == f"{NAME}-e2"
    for name in (NAME, f"{NAME}-e2"):
        assert build(AFTER + 3 * HOUR, name, rebuild=True)["is_identical"] is True


@summary_alone
def test_without_anything_new_there_is_no_other_edition(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    first = build()
    archive_facts([sold(18), sold(17, 2, hour=15)])  # of the day after, in a file of the same day

    assert build(AFTER + HOUR, anew=True) == first
    assert bodies(stack, f"{NAME}-e2") == {}


@summary_alone
def test_what_was_compacted_since_is_no_news(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    archive_facts([sold(1, 2)])
    first = build()

    assert compact_facts(AFTER) == [date(2026, 11, 1)]
    assert build(AFTER + HOUR, anew=True) == first


@summary_alone
def test_an_edition_that_isnt_there_is_said_and_not_built(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    build()
    with pytest.raises(ReportNotFound, match="1 editions"):
        build(name=f"{NAME}-e3")
    with pytest.raises(InvalidRequest, match="names no window"):
        build(name=f"{NAME}-e{EDITIONS_MAX + 1}")


def test_a_window_up_to_today_is_preliminary_and_closes_with_its_last_day(
    stack: Stack, build: Build
) -> None:
    archive_facts([sold(1)])
    during = datetime(2026, 11, 17, 5, tzinfo=UTC)
    assert build(during)["is_closed"] is False
    archive_facts([sold(17)])
    assert build(during + HOUR)["is_closed"] is False
    assert gross(stack) == 20_00

    assert build()["is_closed"] is True
    assert build(rebuild=True)["is_identical"] is True


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("2026-11-17..2026-11-01", "last: 2026-11-01 is before 2026-11-17"),
        ("2026-11-01..2026-11-19", "2026-11-19 has not begun in Asia/Tokyo"),
        ("2025-01-01..2026-11-17", "are 686 days; a window has 400 at most"),
        ("2026-11-01..2026-11-31", "names no window"),
        ("2026-11-01..2026-11-17-e1", "names no window"),
        ("2026-11-01..2026-11-17-e02", "names no window"),
        ("2026-11-17", "names no window"),
        ("2026-11-01..", "names no window"),
    ],
)
def test_days_that_cant_be_are_refused_and_the_answer_says_why(
    stack: Stack, build: Build, name: str, why: str
) -> None:
    archive_facts([sold(1)])
    with pytest.raises(InvalidRequest, match=why):
        build(name=name)


def test_days_of_before_the_books_are_refused_where_nothing_was_imported(
    stack: Stack, build: Build
) -> None:
    archive_facts([sold(16)])
    with pytest.raises(ReportNotFound, match="the books begin on 2026-11-16"):
        build(name="2026-10-01..2026-10-31")


def test_other_periods_have_no_editions(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    with pytest.raises(InvalidRequest, match="only windows have editions"):
        lambda_handler({"day": "2026-11-17", "anew": True}, Context())


@summary_alone
def test_the_clock_builds_no_window_and_misses_none(stack: Stack, build: Build) -> None:
    archive_facts([sold(14)])
    build(name="2026-11-16..2026-11-17")
    while built := lambda_handler({}, Context())["built"]:
        assert "window" not in {one["period"] for one in built}

    status, page = get("/reports", period="window")
    assert [one["name"] for one in page["reports"]] == ["2026-11-16..2026-11-17"]
    assert (status, page["reports"][0]["state"]) == (200, "closed")


class Interrupted:
    """An S3 client before one of whose writes something else happens."""

    def __init__(self, at: str, first: Callable[[], Any]) -> None:
        self._at, self._first, self._real = at, [first], aws.client("s3")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def put_object(self, **arguments: Any) -> Any:
        """Put an object, after the interruption."""
        if self._at in arguments["Key"] and self._first:
            self._first.pop()()
        return self._real.put_object(**arguments)


@summary_alone
@pytest.mark.parametrize("at", ["manifests/", "report.html", "manifest.json"])
def test_a_build_that_dies_is_finished_by_whoever_asks_next(
    stack: Stack, build: Build, at: str
) -> None:
    def die() -> None:
        raise ClientError({"Error": {"Code": "InternalError", "Message": ""}}, "PutObject")

    archive_facts([sold(1)])
    aws.install({"s3": Interrupted(at, die)})
    with pytest.raises(ClientError):
        build()
    aws.install({})
    archive_facts([sold(2)])

    assert build(AFTER + HOUR)["is_closed"] is True
    assert gross(stack) == (20_00 if at == "manifests/" else 10_00)
    assert build(rebuild=True)["is_identical"] is True


@summary_alone
@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("at", ["manifests/", "report.html"])
def test_two_who_ask_at_once_get_one_report(
    stack: Stack, build: Build, at: str, anew: bool
) -> None:
    def another() -> None:
        archive_facts([sold(3)])
        build(AFTER + timedelta(minutes=1), anew=anew)

    archive_facts([sold(1)])
    if anew:
        build()
        archive_facts([sold(2)])
    aws.install({"s3": Interrupted(at, another)})
    name = build(AFTER + HOUR, anew=anew)["day"]
    aws.install({})

    before = bodies(stack, name)
    assert build(name=name, rebuild=True)["is_identical"] is True
    assert bodies(stack, name) == before
    assert name == (f"{NAME}-e2" if anew else NAME)
    assert bodies(stack, f"{NAME}-e3") == {}  # who asks for another finishes the one begun


@summary_alone
def test_a_closed_window_is_published_when_it_was_made_so_no_day_is_corrected_by_it(
    stack: Stack, build: Build
) -> None:
    archive_facts([sold(1)])
    build()
    [told] = [one["detail"] for one in stack.published() if one["detail-type"] == "ReportClosed"]

    assert (told["data"]["period"], told["data"]["last_day"]) == ("window", "2026-11-17")
    assert told["metadata"]["booked_at"] == "2026-11-18T02:00:00Z"


@summary_alone
def test_a_figure_of_a_window_is_the_sum_of_its_postings(stack: Stack, build: Build) -> None:
    archive_facts([sold(1), sold(9), sold(18), fact("PaymentFailed", "pi_x", AFTER, (1, "EUR"))])
    build()
    found = lambda_handler({"figure": "gross", "period": "window", "day": NAME}, Context())

    assert [one["amount_minor"] for one in found["totals"]] == [20_00]
    assert {one["subject_id"] for one in found["postings"]} == {"pi_1_1", "pi_9_1"}


@summary_alone
def test_a_run_of_a_window_is_known_by_its_name(stack: Stack, build: Build) -> None:
    archive_facts([sold(1)])
    build()
    build(name="2026-11-01..2026-11-16")
    known = Reports("main", PeriodKind.WINDOW).named([NAME, "2026-11-01..2026-11-16"])

    assert {name: run.name for name, run in known.items()} == {name: name for name in known}
    assert len(known) == 2
