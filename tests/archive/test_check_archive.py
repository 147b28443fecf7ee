"""Once a day is over, the archive is compared with the books: what it lacks is published again."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from functions.build_report.app import lambda_handler
from kassa.archive import check_archive as operation
from kassa.archive import files as fact_files
from kassa.archive import warehouse
from kassa.archive.archive_facts import archive_facts
from kassa.archive.compact_facts import compact_facts
from kassa.archive.files import FactFolder
from kassa.core.errors import NotPublished
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Subject
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent, event_item
from kassa.ledger.lists import cursors
from kassa.platform import aws, table
from kassa.platform.messaging import event_bus
from tests.support.aws_stack import Context, FakeClock, Stack, empty_table
from tests.support.effort import few
from tests.support.facts import balanced, captured, moved

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MORNING = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)  # three hours after the day was over
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Fire = Callable[[datetime], None]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture
def fire(stack: Stack, fake_clock: FakeClock, context: Context) -> Fire:
    """Return what fires the hourly schedule at an instant."""

    def _fire(at: datetime) -> None:
        fake_clock.at = at
        lambda_handler({}, context)

    return _fire


def sold(n: int, at: datetime = NOON, amount_minor: int = 10_00) -> AnyFact:
    return captured(f"pi_{n}", at + timedelta(minutes=n), (amount_minor, "EUR"))


def booked(*facts: AnyFact) -> list[AnyFact]:
    """Keep facts in the books, each under its event."""
    for fact in facts:
        of = fact.metadata
        event = BookedEvent(
            event_id=of.event_id,
            subject=Subject(
                gateway=of.gateway,
                account=of.account,
                kind=of.subject_kind,
                subject_id=of.subject_id,
            ),
            merchant_id=of.merchant_id,
            gateway_type="test",
            booked_at=of.booked_at,
            version=of.version,
            is_ignored=False,
            raw=None,
            reading={},
            facts=(LedgerFact.model_validate(fact.model_dump()),),
        )
        table.put_new(event_item(event))
    return list(facts)


def published(stack: Stack) -> list[AnyFact]:
    """Take what was published of the books; reports are published too."""
    details = [one["detail"] for one in stack.published() if one["detail-type"] != "ReportClosed"]
    return [AnyFact.model_validate(one) for one in details]


def ids(facts: Iterable[AnyFact]) -> list[str]:
    return sorted(fact.metadata.fact_id for fact in facts)


def differences(logged: pytest.LogCaptureFixture) -> list[Any]:
    return [one for one in logged.records if one.message == "archive differs from the books"]


def test_what_was_compacted_before_it_was_compared_is_read_from_the_large_file(
    stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    lost, first, second = booked(sold(1), sold(2), sold(3))
    small = [key for fact in (first, second) for key in archive_facts([fact])]
    cursors.advance("kassa", "main", "archive", NOON.replace(hour=0).isoformat())
    assert compact_facts(MORNING + 3 * DAY) == [NOON.date()]
    for key in small:  # nobody reads them any more
        aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=b"gone")

    operation.check_archive(MORNING + 3 * DAY, lambda: inf)
    assert published(stack) == [lost]
    [line] = differences(caplog)
    assert (line.missing, line.unbooked) == ([lost.metadata.fact_id], ())


def test_a_fact_that_the_archive_lost_is_published_again_as_it_stands(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture
) -> None:
    lost, *others = booked(sold(1), sold(2), balanced("txn_1", NOON, (10_00, "EUR"), 45))
    archive_facts(others)

    fire(MORNING)
    assert published(stack) == [lost]
    [line] = differences(caplog)
    assert (line.published_again, line.missing) == (1, [lost.metadata.fact_id])
    assert line.off == {"customers EUR": 10_00, "gateway_clearing EUR": -10_00}

    archive_facts([lost])
    fire(MORNING + HOUR)
    fire(MORNING + 2 * HOUR)
    assert published(stack) == []
    assert len(differences(caplog)) == 1


def test_nothing_is_published_of_a_day_that_is_archived_whole_or_twice(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture
) -> None:
    facts = booked(*map(sold, range(8)))
    archive_facts(facts[:5])
    archive_facts(facts[3:])

    fire(MORNING)
    assert published(stack) == []
    assert differences(caplog) == []
    assert cursors.read("kassa", "main", "archive") == "2026-11-22T00:00:00+00:00"


def test_what_was_imported_lies_apart_and_isnt_missed(stack: Stack, fire: Fire) -> None:
    past = sold(1)
    metadata = past.metadata.model_copy(update={"is_imported": True})
    booked(past.model_copy(update={"metadata": metadata}))

    fire(MORNING)
    assert published(stack) == []


def test_a_day_is_not_compared_before_it_is_over_for_three_hours(stack: Stack, fire: Fire) -> None:
    lost = booked(sold(1))

    fire(MORNING - 10 * timedelta(minutes=1))
    assert published(stack) == []
    fire(MORNING)
    assert published(stack) == lost


def test_an_amount_that_differs_is_named_and_left_to_a_person(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    booked(sold(1), sold(2))
    archive_facts([sold(1), sold(2, amount_minor=9_99)])

    fire(MORNING)
    [line] = differences(caplog)
    assert line.differing == ("pi_2:ch_pi_2:PaymentCaptured",)
    assert line.off == {"customers EUR": 1, "gateway_clearing EUR": -1}
    assert published(stack) == []
    assert '"ArchiveDiffers":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_of_copies_that_differ_the_one_counts_that_reports_count(
    fire: Fire, caplog: pytest.LogCaptureFixture
) -> None:
    booked(sold(1))
    [wrong] = archive_facts([sold(1, amount_minor=9_99)])
    [right] = archive_facts([sold(1)])

    fire(MORNING)
    assert len(differences(caplog)) == (1 if wrong < right else 0)


def test_a_fact_that_only_the_archive_has_is_named(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture
) -> None:
    archive_facts([*booked(sold(1)), sold(2)])

    fire(MORNING)
    [line] = differences(caplog)
    assert line.unbooked == ("pi_2:ch_pi_2:PaymentCaptured",)
    assert published(stack) == []


def test_what_other_rooms_published_stands_in_no_event_and_is_not_missed(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture
) -> None:
    fire(MORNING - DAY)
    closed = stack.published()
    archive_facts([AnyFact.model_validate(one["detail"]) for one in closed])

    fire(MORNING)
    assert closed
    assert differences(caplog) == []


@pytest.mark.parametrize("earlier", [timedelta(seconds=3), timedelta(hours=14)])
def test_books_that_were_rebuilt_have_booked_a_fact_a_little_earlier(
    stack: Stack, fire: Fire, caplog: pytest.LogCaptureFixture, earlier: timedelta
) -> None:
    booked(sold(1, NOON - earlier))
    archive_facts([sold(1)])

    fire(MORNING - DAY)
    fire(MORNING)
    assert published(stack) == []
    assert differences(caplog) == []


def test_what_the_bus_did_not_take_is_published_by_the_next_run(
    stack: Stack, fire: Fire, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = booked(*map(sold, range(3)))
    with monkeypatch.context() as broken:
        broken.setattr(event_bus, "publish", _refuse)
        with pytest.raises(NotPublished):
            operation.check_archive(MORNING, lambda: 30.0)
    fire(MORNING)
    assert ids(published(stack)) == ids(lost)


def _refuse(facts: Any) -> None:
    raise NotPublished("ThrottlingException")


def test_a_large_day_is_compared_in_parts_over_several_runs(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "AT_ONCE", 3)
    facts = booked(*(sold(n, NOON + n * HOUR) for n in range(6)))
    archive_facts(facts[::2])
    archive_facts(facts[:1])
    found: list[str] = []
    runs = 0
    while cursors.read("kassa", "main", "archive") != "2026-11-22T00:00:00+00:00":
        runs += 1
        left = iter(range(40, 0, -1))  # a second for each part
        operation.check_archive(MORNING, lambda left=left: float(next(left)))
        archive_facts(again := published(stack))
        found += ids(again)
    assert found == ids(facts[1::2])
    assert 96 // 15 < runs < 12


def test_a_fact_that_never_reaches_the_archive_holds_up_the_next_days_for_a_day_only(
    stack: Stack, fire: Fire
) -> None:
    lost = booked(sold(1))
    later = booked(sold(2, NOON + DAY))
    for hours in range(24):
        fire(MORNING + hours * HOUR)
    assert ids(published(stack)) == ids(lost) * 24

    fire(MORNING + DAY)
    fire(MORNING + DAY + HOUR)
    assert ids(published(stack)) == ids([*lost, *later, *later])


@few(3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 47), st.integers(0, 2)), max_size=8, unique_by=lambda x: x[0])
)
def test_whatever_was_lost_or_archived_twice_ends_whole(
    stack: Stack, fake_clock: FakeClock, drawn: list[tuple[int, int]]
) -> None:
    empty_table(fake_clock)
    _empty_bucket(stack)
    facts = [(sold(hour, NOON - DAY / 2 + hour * HOUR), times) for hour, times in drawn]
    booked(*(fact for fact, _ in facts))
    for copy in (1, 2):
        archive_facts(fact for fact, times in facts if times >= copy)
    for hours in (0, 1, 24, 25):
        operation.check_archive(MORNING + hours * HOUR, lambda: 30.0)
        archive_facts(again := published(stack))
        lost = {fact.metadata.fact_id for fact, times in facts if not times}
        assert set(ids(again)) <= lost
    assert _archived([fact for fact, _ in facts]) == {fact.metadata.fact_id for fact, _ in facts}


def _empty_bucket(stack: Stack) -> None:
    s3 = aws.client("s3")
    for each in s3.list_objects_v2(Bucket=stack.bucket).get("Contents", []):
        s3.delete_object(Bucket=stack.bucket, Key=each["Key"])


def _archived(facts: Iterable[AnyFact]) -> set[str]:
    """Return which of some facts lie in the archive."""
    with TemporaryDirectory() as path:
        folder, days = FactFolder(Path(path)), {one.metadata.booked_at.date() for one in facts}
        keys = [key for of_day in fact_files.listed(days).values() for key in of_day]
        return warehouse.found(folder.paths(folder.fetch(keys)), ids(facts))


def test_refunds_and_payouts_are_compared_too(stack: Stack, fire: Fire) -> None:
    refund = moved("RefundSucceeded", "pi_1", NOON, (4_00, "EUR"), PostingKind.REFUND)
    lost = booked(refund)

    fire(MORNING)
    assert published(stack) == lost
