"""A figure explained: its postings add up to what the report says, and each names its event."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.core.errors import InvalidRequest, ReportNotFound
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.reading.figures import EXPLAINED, FigureName
from kassa.reports.summary.summary import FIGURES, summarise
from tests.support.api_requests import get_event
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.drawn_facts import DAY, NOON, some_facts, tally
from tests.support.effort import few
from tests.support.facts import balanced, captured, failed, moved

CLOSED = DAY.closes_at + timedelta(minutes=1)
FACTS = [
    captured("pi_1", NOON, (50_00, "EUR")),
    captured("pi_2", NOON, (7_000, "JPY"), "konbini"),
    moved("RefundSucceeded", "pi_1", NOON, (10_00, "EUR"), PostingKind.REFUND),
    balanced("txn_1", NOON, (50_00, "EUR"), 1_75),
    failed("pi_3", NOON, (9_00, "EUR"), "expired_card", 1),
]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture(autouse=True)
def _in_berlin(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", DAY.time_zone)
    settings.cache_clear()
    fake_clock.at = CLOSED
    yield
    settings.cache_clear()


def built(*batches: Sequence[AnyFact]) -> None:
    """Archive batches and close the day."""
    for batch in batches:
        archive_facts(batch)
    lambda_handler({"day": str(DAY.day)}, Context())


def explained(figure: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = lambda_handler(
        {"day": str(DAY.day), "figure": figure, **more}, Context()
    )
    return found


def empty(stack: Stack) -> None:
    """Remove what is archived and built, and that it was."""
    listed = aws.client("s3").list_objects_v2(Bucket=stack.bucket)
    for each in listed.get("Contents", []):
        aws.client("s3").delete_object(Bucket=stack.bucket, Key=each["Key"])
    for item in stack.items():
        key = {name: item[name] for name in ("PK", "SK")}
        aws.client("dynamodb").delete_item(TableName=stack.table, Key=key)


@few(2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=some_facts(), cut=st.integers(0, 25))
def test_every_figure_is_the_sum_of_its_postings(
    facts: list[AnyFact], cut: int, stack: Stack
) -> None:
    empty(stack)
    built(facts, facts[cut:])  # some of them came twice
    made = {each.currency: each for each in summarise(tally(facts), DAY)}

    for figure in FIGURES:
        answer = explained(figure, limit=1_000)
        totals = {each["currency"]: each for each in answer["totals"]}
        for currency, summary in made.items():
            reported = getattr(summary, figure)
            total = totals.pop(currency, {"amount_minor": 0, "postings": 0})
            assert (total["amount_minor"], total["postings"]) == (
                reported.amount_minor,
                reported.postings,
            )
            rows = [one for one in answer["postings"] if one["currency"] == currency]
            assert sum(one["amount_minor"] for one in rows) == reported.amount_minor
            assert sorted({one["event_id"] for one in rows}) == list(reported.event_ids)
        assert totals == {}


def test_the_net_names_its_parts_events_and_payments() -> None:
    built(FACTS)
    answer = explained("net", currency="EUR")

    rows = [(one["part"], one["subject_id"], one["amount_minor"]) for one in answer["postings"]]
    assert rows == [
        ("gross", "pi_1", 50_00),
        ("refunds", "pi_1", -10_00),
        ("fees", "txn_1", -1_75),
    ]
    assert answer["totals"] == [{"currency": "EUR", "amount_minor": 38_25, "postings": 3}]
    assert answer["postings"][0]["event_id"] == "evt_ch_pi_1_PaymentCaptured"
    assert answer["manifest_key"] == f"reports/main/daily/{DAY.day}/manifest.json"
    assert "('refunds', 'customers', ['refund', 'refund_reversal']" in answer["query"]


def test_another_gateway_s_postings_are_left_out() -> None:
    built(FACTS)

    assert explained("net", gateway="klarna")["totals"] == []
    assert len(explained("net", gateway="stripe")["totals"]) == 2
    assert explained("net", account="' OR '1'='1")["totals"] == []


def test_pages_follow_each_other_and_add_up() -> None:
    built([captured(f"pi_{n}", NOON, (n, "EUR")) for n in range(1, 8)])
    cursor, pages = None, list[list[int]]()
    while True:
        answer = explained("gross", limit=3, cursor=cursor)
        pages.append([one["amount_minor"] for one in answer["postings"]])
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert list(map(len, pages)) == [3, 3, 1]
    assert sorted(minor for page in pages for minor in page) == list(range(1, 8))


def test_what_came_later_is_no_part_of_a_closed_figure() -> None:
    built(FACTS)
    archive_facts([captured("pi_9", NOON, (1_00, "EUR"))])

    assert explained("gross", currency="EUR")["totals"][0]["amount_minor"] == 50_00


@pytest.mark.parametrize(
    ("request_of", "why"),
    [
        ({"figure": "profit"}, "figure: must be one of gross, reversals"),
        ({"figure": "net", "limit": 1_001}, "limit:"),
        ({"figure": "net", "day": "2026-13-01"}, "names no day"),
        ({"figure": "net", "cursor": "x"}, "cursor:"),
        ({"figure": "net", "gateway": "strip"}, "gateway: none is called strip; there are stripe"),
        ({"figure": "net", "currency": "XXX"}, "currency: XXX is no currency"),
    ],
)
def test_what_cannot_be_explained_is_named(request_of: dict[str, Any], why: str) -> None:
    built(FACTS)
    with pytest.raises(InvalidRequest, match=why):
        lambda_handler({"day": str(DAY.day), **request_of}, Context())


def test_a_report_that_was_not_built_has_no_figures() -> None:
    with pytest.raises(ReportNotFound, match="now by 'kassa report daily 2026-10-25'"):
        explained("net")


def test_the_api_explains_a_figure_page_by_page() -> None:
    built(FACTS)
    path = f"/reports/daily/{DAY.day}/figures/net"
    status, first = read(lambda_handler(get_event(path, currency="EUR", limit="2"), Context()))
    cursor = first["next_cursor"]
    _, rest = read(
        lambda_handler(get_event(path, currency="EUR", limit="2", cursor=cursor), Context())
    )

    assert (status, first["totals"][0]["amount_minor"]) == (200, 38_25)
    postings = [*first["postings"], *rest["postings"]]
    assert [one["amount_minor"] for one in postings] == [50_00, -10_00, -1_75]


@pytest.mark.parametrize(
    ("path", "status", "param"),
    [
        ("/reports/daily/2026-10-25/figures/profit", 400, "figure"),
        ("/reports/hourly/2026-10-25/figures/net", 400, "period"),
        ("/reports/daily/2026-10-25/figures/net", 404, None),
    ],
)
def test_the_api_refuses_in_its_one_form(path: str, status: int, param: str | None) -> None:
    answered, problem = read(lambda_handler(get_event(path), Context()))

    assert (answered, problem["error"].get("param")) == (status, param)


def test_the_api_knows_every_figure() -> None:
    assert get_args(FigureName) == EXPLAINED


def read(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return an answer's status and body."""
    return answer["statusCode"], json.loads(answer["body"])
