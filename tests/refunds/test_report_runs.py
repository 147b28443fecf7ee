"""The merchant's mean comes from the runs of daily reports, as the real builder leaves them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive import runs as report_runs
from kassa.archive.archive_facts import archive_facts
from kassa.archive.manifests import DayCounts
from kassa.core.postings import PostingKind
from kassa.platform import aws, table
from kassa.refunds.risk import read_signals
from kassa.refunds.risk.signals import PRIOR, Baseline
from tests.support.aws_stack import Context, Stack
from tests.support.facts import captured, fact, moved
from tests.support.fake_clock import FakeClock

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    read_signals.forget()
    yield
    read_signals.forget()


def closed(days_ago: int, counts: DayCounts | None) -> None:
    """Put the run of an earlier day."""
    day = TODAY - timedelta(days=days_ago)
    run = {"merchant_id": "main", "day": str(day), "manifest_key": "m", "is_finished": True}
    counted = {"counts": counts.model_dump()} if counts else {}
    item = table.typed(report_runs.key("main", day)._asdict() | run | counted)
    aws.client("dynamodb").put_item(TableName="payments", Item=item)


def test_a_closed_day_keeps_what_it_came_to(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    refund = moved("RefundSucceeded", "pi_1", NOON, (1_00, "EUR"), PostingKind.REFUND)
    again = captured("pi_1", NOON, (5_00, "EUR"), object_id="ch_again")
    dispute = fact("DisputeOpened", "pi_2", NOON, (10_00, "EUR"))
    yen = captured("pi_3", NOON, (5_000, "JPY"))
    euro = [captured(f"pi_{n}", NOON, (10_00, "EUR")) for n in (1, 2)]
    archive_facts([*euro, again, yen, refund, dispute])
    fake_clock.at = NOON + timedelta(hours=13)

    lambda_handler({}, context)
    run = report_runs.runs("main", [NOON.date()])[NOON.date()]
    assert run.is_finished
    assert run.counts == DayCounts(payments=3, refunds=1, disputes=1)


def test_the_mean_is_that_of_the_last_four_weeks(stack: Stack) -> None:
    for days_ago, payments in ((0, 1_000), (1, 40), (28, 60), (29, 5_000)):
        closed(days_ago, DayCounts(payments=payments, refunds=payments // 10, disputes=1))

    found = read_signals.baseline("main", TODAY)
    assert found == Baseline(payments=100, refunded=10, disputed=2)


def test_days_closed_before_counts_were_kept_are_left_out(stack: Stack) -> None:
    closed(1, None)
    closed(2, DayCounts(payments=50, refunds=5, disputes=0))
    assert read_signals.baseline("main", TODAY) == Baseline(payments=50, refunded=5, disputed=0)


def test_without_enough_payments_the_mean_is_the_stated_prior(stack: Stack) -> None:
    assert read_signals.baseline("main", TODAY) == PRIOR
    assert read_signals.baseline("other", TODAY) == PRIOR


def test_the_mean_is_read_once_an_hour(stack: Stack, fake_clock: FakeClock) -> None:
    assert read_signals.baseline("main", TODAY) == PRIOR
    closed(1, DayCounts(payments=50, refunds=5, disputes=0))
    assert read_signals.baseline("main", TODAY) == PRIOR

    fake_clock.at += timedelta(hours=1)
    assert read_signals.baseline("main", TODAY).refunded == 5
