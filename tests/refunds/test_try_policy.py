"""POST /policies/try: facts of refund requests, published and archived by real code, replayed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from functions.try_policy.app import lambda_handler
from kassa.archive import counting
from kassa.archive import files as fact_files
from kassa.archive.archive_facts import archive_facts
from kassa.archive.files import FactFolder
from kassa.core.periods import Period
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.refunds.backtest.past_requests import PastRequests
from kassa.refunds.backtest.replay_requests import last_days, replay_requests
from kassa.refunds.backtest.result import PastRequest
from kassa.refunds.backtest.try_policy import TriedPolicy
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured
from tests.support.policies import a_policy, a_rule
from tests.support.policy_requests import DAY, PERSON, post, requested

SMALL = a_rule(1, "approve", amount={"up_to": "75.00 EUR"})


def tried(*rules: dict[str, Any], **more: Any) -> TriedPolicy:
    body = {"policy": {"rules": list(rules)}, **more}
    status, answer = post(lambda_handler, "/policies/try", body)
    assert status == 200, answer
    return TriedPolicy.model_validate(answer)


def lines(run: Any) -> dict[tuple[str, str], int]:
    return {(str(line.before), str(line.after)): line.count for line in run.decisions}


def people(run: Any) -> dict[tuple[str, str], int]:
    return {(str(line.people), str(line.after)): line.count for line in run.people}


def test_archived_requests_are_replayed_with_what_people_decided(stack: Stack) -> None:
    requested(1, NOW - 2 * DAY, 50_00, by=PERSON)
    requested(2, NOW - 2 * DAY, 60_00, by=PERSON, rejects=True, after=DAY)
    requested(3, NOW - DAY, 80_00, by=PERSON)
    requested(4, NOW, 20_00, "approve", by="policy")
    requested(5, NOW, 70_00)

    answer = tried(SMALL)

    assert answer.summary == "all 90 days were replayed: 5 requests"
    run = answer.run
    assert lines(run) == {
        ("escalate", "approve"): 3,
        ("approve", "approve"): 1,
        ("escalate", "escalate"): 1,
    }
    assert people(run) == {
        ("approve", "approve"): 1,
        ("reject", "approve"): 1,
        ("approve", "escalate"): 1,
    }
    assert run.undecided == 1
    assert [(each.before_minor, each.after_minor) for each in run.moved] == [(20_00, 200_00)]
    assert {flip.payment_id for flip in run.largest} == {"pi_1", "pi_2", "pi_5"}


@pytest.mark.parametrize("nobody", ["policy", "kassa", "gateway"])
def test_what_no_person_decided_is_not_held_against_a_policy(stack: Stack, nobody: str) -> None:
    requested(1, NOW - DAY, 50_00, by=nobody)

    run = tried(SMALL).run
    assert (run.people, run.undecided) == ((), 1)


def test_the_last_verdict_of_a_person_counts(stack: Stack) -> None:
    requested(1, NOW - 3 * DAY, 50_00, by=PERSON)
    requested(1, NOW - 3 * DAY, 50_00, by=PERSON, rejects=True, after=2 * DAY)

    assert people(tried(SMALL).run) == {("reject", "approve"): 1}


def test_facts_published_twice_count_once(stack: Stack) -> None:
    requested(1, NOW - DAY, 50_00)
    requested(1, NOW - DAY, 50_00, by=PERSON)  # the batch that came again brought more

    assert tried(SMALL).run.requests == 1


def test_only_the_days_requested_and_only_this_merchants(stack: Stack) -> None:
    requested(1, NOW - 7 * DAY, 50_00)
    requested(2, NOW - 6 * DAY, 50_00)
    requested(3, NOW, 50_00, merchant_id="other")

    run = tried(SMALL, last_days=7).run
    assert (run.requests, run.first_day, run.last_day) == (1, date(2026, 11, 15), NOW.date())


def test_days_are_the_merchants_own(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Asia/Tokyo")
    settings.cache_clear()
    midnight = datetime.fromisoformat("2026-11-21T00:00:00+09:00")
    requested(1, midnight - timedelta(seconds=1), 50_00)
    requested(2, midnight, 50_00)

    assert tried(SMALL, last_days=1).run.requests == 1
    assert tried(SMALL, last_days=2).run.requests == 2


def test_days_from_before_refund_requests_were_archived_are_read_too(
    stack: Stack, tmp_path: Path
) -> None:
    archive_facts([captured("pi_1", NOW - DAY, (50_00, "EUR"))])
    _without_decided(stack, tmp_path)
    assert tried(SMALL).run.requests == 0

    requested(1, NOW - DAY, 50_00)
    assert tried(SMALL).run.requests == 1


def test_reports_count_files_with_and_without_the_new_column_together(
    stack: Stack, tmp_path: Path
) -> None:
    archive_facts([captured("pi_1", NOW - DAY, (50_00, "EUR"))])
    _without_decided(stack, tmp_path)
    requested(1, NOW - DAY, 50_00)
    folder, period = FactFolder(tmp_path), Period.of((NOW - DAY).date(), "UTC")
    [keys] = fact_files.listed([period.day]).values()

    paths = folder.paths(folder.fetch(keys))
    for files in (paths, paths[::-1]):
        tally = counting.tally(files, period, "main")
        assert tally.facts == {"PaymentCaptured": 1, "RefundRequested": 1}


def test_files_that_call_the_column_by_its_first_name_are_read_too(
    stack: Stack, tmp_path: Path
) -> None:
    requested(1, NOW - DAY, 50_00)
    _rewritten(stack, tmp_path, "SELECT * RENAME (details AS said)")
    requested(2, NOW - DAY, 50_00)

    run = tried(SMALL).run
    assert (run.requests, run.unreadable, sum(one.count for one in run.decisions)) == (2, 0, 2)


def _without_decided(stack: Stack, tmp_path: Path) -> None:
    """Rewrite every file as it was before the column was added."""
    _rewritten(stack, tmp_path, "SELECT * EXCLUDE (details)")


def _rewritten(stack: Stack, tmp_path: Path, select: str) -> None:
    """Rewrite every file that is there by what is selected of it."""
    s3 = aws.client("s3")
    for each in s3.list_objects_v2(Bucket=stack.bucket, Prefix="facts/")["Contents"]:
        new, old = tmp_path / "new.parquet", tmp_path / "old.parquet"
        new.write_bytes(s3.get_object(Bucket=stack.bucket, Key=each["Key"])["Body"].read())
        duckdb.connect().execute(f"COPY ({select} FROM read_parquet('{new}')) TO '{old}'")
        s3.put_object(Bucket=stack.bucket, Key=each["Key"], Body=old.read_bytes())


def test_a_receipt_this_version_cannot_read_is_counted_and_reported(
    stack: Stack, tmp_path: Path
) -> None:
    requested(1, NOW - DAY, 50_00)
    changed = "replace(details, 'payment_age_days', 'age') AS details"
    _rewritten(stack, tmp_path, f"SELECT * REPLACE ({changed})")

    run = tried(SMALL).run
    assert (run.requests, run.unreadable, run.decisions) == (1, 1, ())


def test_a_history_longer_than_the_time_ends_early_and_says_so(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        requested(n, NOW - n * DAY, 50_00)
    left_s = iter([29.0, 24.0, 19.0, 14.0, 9.0, 4.0])
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda self: 1000 * next(left_s))

    answer = tried(SMALL, last_days=6)

    assert (answer.run.is_complete, answer.run.requests) == (False, 4)
    assert answer.summary.startswith("only the days from 2026-11-18 were replayed: 4 requests.")
    assert "kassa policy try FILE --last 6d" in answer.summary


def test_a_policy_with_errors_is_not_tried(stack: Stack) -> None:
    rejects = a_rule(1, "reject", risk_score={"over": 60})
    status, problem = post(lambda_handler, "/policies/try", {"policy": {"rules": [rejects]}})

    assert status == 400
    assert problem["findings"][0]["severity"] == "error"


@pytest.mark.parametrize("days", [0, 401, "90d"])
def test_a_span_that_cannot_be_is_refused(stack: Stack, days: Any) -> None:
    body = {"policy": {"rules": [SMALL]}, "last_days": days}
    status, problem = post(lambda_handler, "/policies/try", body)

    assert (status, problem["message"].partition(":")[0]) == (400, "last_days")


def test_trying_writes_nothing(stack: Stack) -> None:
    requested(1, NOW - DAY, 50_00)
    tried(SMALL)

    assert stack.items() == []
    assert stack.published() == []


class Watched(FactFolder):
    """A folder that remembers how many files it held at most."""

    most = 0

    def fetch(self, keys: Any) -> Any:
        """Bring files here, then count them."""
        fetched = super().fetch(keys)
        self.most = max(self.most, len(list(self._folder.iterdir())))
        return fetched


def test_files_of_days_that_are_done_are_let_go(stack: Stack, tmp_path: Path) -> None:
    for n in range(5):
        requested(n, NOW - n * DAY, 50_00)
    folder = Watched(tmp_path)
    past = PastRequests(folder)

    found: Iterator[PastRequest | None] = (one for day in last_days(5) for one in past.of(day))
    assert len(list(found)) == 5
    assert folder.most == 1


def test_every_flip_reaches_whoever_keeps_them(stack: Stack) -> None:
    for n in range(20):
        requested(n, NOW - DAY, 50_00 + n)
    kept: list[Any] = []

    run = replay_requests(a_policy(SMALL), last_days(2), kept.append)
    assert (run.flips, len(kept)) == (20, 20)
