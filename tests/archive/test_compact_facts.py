"""Compacting: what a UTC day's many small files hold stands in few large ones, and counts once."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.build_report.app import lambda_handler
from kassa.archive import compact_facts as compacting
from kassa.archive import files as fact_files
from kassa.archive.archive_facts import archive_facts
from kassa.archive.compact_facts import compact_facts
from kassa.archive.manifests import Manifest
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured, moved

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = date(2026, 11, 16)  # 2026-W47 is 16 to 22 November
WEEK = [MONDAY + n * DAY for n in range(7)]
CLOSED = datetime(2026, 11, 23, 2, tzinfo=UTC)  # the week is over
LATER = datetime(2026, 11, 25, 2, tzinfo=UTC)  # and all of its days may be compacted

Fire = Callable[..., Any]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture
def fire(stack: Stack, fake_clock: FakeClock, context: Context) -> Fire:
    """Return what fires the schedule, or asks for a report, at an instant."""

    def _fire(at: datetime, kind: str = "", name: str = "", **more: Any) -> Any:
        fake_clock.at = at
        return lambda_handler({"period": kind, "day": name, **more} if kind else {}, context)

    return _fire


def noon(day: date, minute: int = 0) -> datetime:
    """Return noon of a day, or a little later."""
    return datetime(day.year, day.month, day.day, 12, minute, tzinfo=UTC)


def sold(day: date, n: int, amount_minor: int = 10_00) -> AnyFact:
    """Return a capture of a day."""
    return captured(f"pi_{day:%m%d}_{n}", noon(day, n), (amount_minor, "EUR"))


def trade(days: list[date]) -> None:
    """Archive three batches of each day; two facts came twice."""
    for day in days:
        back = moved(
            "RefundSucceeded", f"pi_{day:%m%d}_1", noon(day), (3_00, "EUR"), PostingKind.REFUND
        )
        archive_facts([sold(day, 1), sold(day, 2)])
        archive_facts([sold(day, 2), sold(day, 3)])
        archive_facts([sold(day, 1), back])


def read_json(stack: Stack, key: str) -> Any:
    """Return what an object says."""
    return json.loads(aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read())


def figures(stack: Stack, built: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says, but of the files it read and of when it was built."""
    report: dict[str, Any] = read_json(stack, built["keys"]["report.json"])
    return {key: value for key, value in report.items() if key not in ("files", "built_at")}


def stored(stack: Stack, prefix: str) -> list[str]:
    """Return the keys below a prefix."""
    found = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix=prefix)
    return [each["Key"] for each in found.get("Contents", [])]


def test_a_week_says_the_same_of_large_files_as_of_small_ones(stack: Stack, fire: Fire) -> None:
    trade(WEEK)
    before = fire(CLOSED - 3 * HOUR, "weekly", "2026-W47")
    small = figures(stack, before)
    assert (compact_facts(LATER), compact_facts(LATER)) == (WEEK[:5], WEEK[5:])

    after = fire(LATER, "weekly", "2026-W47")
    manifest = Manifest.model_validate(read_json(stack, after["keys"]["manifest.json"]))
    assert [file.key.split("/")[1] for file in manifest.files] == ["compacted"] * 7
    assert figures(stack, after) == small | {"is_closed": True}
    assert figures(stack, fire(LATER + DAY, "weekly", "2026-W47", rebuild=True)) == figures(
        stack, after
    )


def test_the_clock_compacts_days_that_have_been_over_for_two(stack: Stack, fire: Fire) -> None:
    trade(WEEK)
    fire(CLOSED - DAY)  # the 22nd has begun, so the 19th has been over for two days

    assert set(fact_files.compacted(WEEK)) == set(WEEK[:4])
    assert fire(CLOSED - DAY + HOUR) == {"built": [], "rolled_up": 0}
    for n in range(3):
        fire(LATER + n * DAY)
    assert set(fact_files.compacted(WEEK)) == set(WEEK)


def test_what_comes_after_compaction_is_a_correction_once(stack: Stack, fire: Fire) -> None:
    trade(WEEK)
    assert (compact_facts(LATER), compact_facts(LATER)) == (WEEK[:5], WEEK[5:])
    fire(LATER, "weekly", "2026-W47")
    archive_facts([sold(WEEK[0], 9, 7_00), sold(WEEK[0], 1), sold(WEEK[6] + DAY, 1)])

    late = figures(stack, fire(LATER + 7 * DAY, "weekly", "2026-W48"))["corrections"]
    assert [(each["day"], each["facts"]) for each in late] == [("2026-W47", 1)]
    assert late[0]["currencies"][0]["gross"]["amount_minor"] == 7_00
    assert figures(stack, fire(LATER + 14 * DAY, "weekly", "2026-W49"))["corrections"] == []


def test_what_comes_after_compaction_counts_in_a_week_still_open(stack: Stack, fire: Fire) -> None:
    trade(WEEK)
    assert (compact_facts(LATER), compact_facts(LATER)) == (WEEK[:5], WEEK[5:])
    archive_facts([sold(WEEK[0], 9, 7_00), sold(WEEK[0], 1)])

    report = figures(stack, fire(LATER, "weekly", "2026-W47"))
    assert report["currencies"][0]["gross"]["amount_minor"] == 7 * 30_00 + 7_00
    assert report["facts"]["PaymentCaptured"] == 7 * 3 + 1


def test_a_day_of_one_file_stays_as_it_is(stack: Stack, fire: Fire) -> None:
    archive_facts([sold(MONDAY, 1)])

    assert compact_facts(LATER) == []
    assert stored(stack, "facts/compacted/") == []


def test_a_large_file_holds_no_more_than_its_bound(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "PART_BYTES", 1)
    trade(WEEK[:1])
    before = figures(stack, fire(CLOSED, "weekly", "2026-W47"))
    compact_facts(LATER)

    assert len(fact_files.compacted(WEEK)[MONDAY].files) == 3
    monthly = figures(stack, fire(LATER, "monthly", "2026-11"))
    assert monthly["facts"] == before["facts"]


def test_whoever_compacts_a_day_again_changes_nothing(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade(WEEK[:1])
    assert compact_facts(LATER) == [MONDAY]
    first = fact_files.compacted([MONDAY])
    archive_facts([sold(MONDAY, 9)])
    monkeypatch.setattr(fact_files, "compacted", lambda days: {})  # both looked before one wrote

    assert compact_facts(LATER) == [MONDAY]
    monkeypatch.undo()
    assert fact_files.compacted([MONDAY]) == first


def test_a_crash_before_the_index_leaves_nothing_that_is_read(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade(WEEK[:1])

    put_new = fact_files.put_new

    def crash(key: str, body: bytes) -> bool:
        if key.endswith("index.json"):
            raise ClientError({"Error": {"Code": "InternalError"}}, "PutObject")
        return put_new(key, body)

    with monkeypatch.context() as broken:
        broken.setattr(fact_files, "put_new", crash)
        with pytest.raises(ClientError):
            compact_facts(LATER)
    assert len(stored(stack, "facts/compacted/")) == 1
    assert fact_files.compacted([MONDAY]) == {}
    assert compact_facts(LATER) == [MONDAY]
    assert fact_files.listed([MONDAY])[MONDAY] == fact_files.compacted([MONDAY])[MONDAY].members
