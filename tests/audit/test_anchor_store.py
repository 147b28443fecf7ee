"""The head of each day that is over is kept as an object, locked where the bucket has locks."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.watch_gateways.app import lambda_handler as watch
from kassa.audit import anchor_store
from kassa.audit import store as audit_trail
from kassa.audit.close_audit_days import LOCKED
from kassa.audit.trail import Act, anchor_key
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.fake_clock import FakeClock

DAY = NOW.date()
KEPT = anchor_key("main", DAY)


@pytest.fixture
def closed(stack: Stack, fake_clock: FakeClock) -> Stack:
    """Let a day with one act pass, which the next run closes."""
    audit_trail.append(Act(operation="key.create", object_id="api_key/1", by=OPERATOR))
    fake_clock.at += timedelta(days=1)
    return stack


def run() -> None:
    watch({}, Context())  # type: ignore[arg-type]


def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Keep with what objects are put."""
    put, found = aws.client("s3").put_object, list[dict[str, Any]]()

    def kept(**request: Any) -> Any:
        found.append(request)
        return put(**request)

    monkeypatch.setattr(aws.client("s3"), "put_object", kept)
    return found


def lock(stack: Stack) -> None:
    """Let the bucket have Object Lock, and no retention of its own."""
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=stack.bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(
        Bucket=stack.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


def test_a_head_that_was_kept_says_what_was_published(closed: Stack) -> None:
    run()
    [published] = [one for one in closed.published() if one["detail-type"] == "AuditDayClosed"]
    kept = aws.client("s3").get_object(Bucket=closed.bucket, Key=KEPT)["Body"].read()
    head = anchor_store.read(DAY)

    assert json.loads(kept)["data"] == published["detail"]["data"]
    assert head is not None
    assert (head.day, head.count) == (DAY, 1)
    assert anchor_store.read(DAY + timedelta(days=1)) is None


def test_without_object_lock_it_is_kept_all_the_same(
    closed: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = calls(monkeypatch)
    run()

    assert [one["Key"] for one in put] == [KEPT]
    assert "ObjectLockMode" not in put[0]


def test_under_object_lock_nobody_takes_it_away_for_ten_years(
    closed: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(closed)
    put = calls(monkeypatch)
    run()

    assert put[0]["ChecksumAlgorithm"] == "SHA256"
    assert put[0]["IfNoneMatch"] == "*"
    assert put[0]["ObjectLockMode"] == "COMPLIANCE"
    assert put[0]["ObjectLockRetainUntilDate"] == fake_clock.at + LOCKED


def test_a_head_that_stands_is_never_written_over(
    closed: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = audit_trail.move

    def dies(before: Any, after: Any) -> None:
        if after.published_on == DAY:
            raise ConnectionError("gone")
        move(before, after)

    with monkeypatch.context() as dying:
        dying.setattr(audit_trail, "move", dies)
        run()
    first = anchor_store.read(DAY)
    run()

    assert anchor_store.read(DAY) == first
    head = audit_trail.head()
    assert head is not None
    assert head.published_on == DAY


def test_a_day_whose_head_cant_be_kept_is_left_to_the_next_run(
    closed: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: Any) -> None:
        raise ConnectionError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(aws.client("s3"), "put_object", gone)
        run()
    assert "AuditDayClosed" not in [one["detail-type"] for one in closed.published()]
    run()

    assert anchor_store.read(DAY) is not None
