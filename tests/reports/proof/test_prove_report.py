"""Proving a report: what Athena adds up of the same facts is what the closed report says."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlglot
from sqlglot import ErrorLevel

from kassa.archive.archive_facts import archive_facts
from kassa.archive.compact_facts import compact_facts
from kassa.core.errors import ReportNotFound
from kassa.core.money import Money
from kassa.core.periods import PeriodKind
from kassa.core.postings import Account, PostingKind, posting_between
from kassa.fact_catalog import AnyFact
from kassa.platform import aws, documents
from kassa.platform.settings import settings
from kassa.reports.build_report import build_report
from kassa.reports.proof import prove_report as operation
from kassa.reports.proof.athena import QueryFailed, QueryUnanswered
from kassa.reports.proof.proof import Proof
from kassa.reports.proof.prove_report import prove_report, query
from kassa.reports.report import ReportRequest
from kassa.reports.store import Reports
from tests.support.athena import DATABASE, QUERY_ID, WORKGROUP, FakeAthena
from tests.support.aws_stack import FakeClock, Stack
from tests.support.facts import balanced, captured, fact, moved

K = PostingKind
NAME = "2026-11-19"  # in Tokyo: from 15:00 UTC of the day before
NOON = datetime(2026, 11, 19, 3, tzinfo=UTC)
ENDS_AT = datetime(2026, 11, 19, 15, tzinfo=UTC)
CLOSED_AT = ENDS_AT + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
REPORT = f"reports/main/daily/{NAME}/report.json"

pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture(autouse=True)
def _in_tokyo(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Asia/Tokyo")
    settings.cache_clear()
    fake_clock.at = CLOSED_AT
    yield
    settings.cache_clear()


def sold(n: int, minor: int = 10_00, at: datetime = NOON, currency: str = "EUR") -> AnyFact:
    return captured(f"pi_{n}", at + n * MINUTE, (minor, currency))


def trade() -> None:
    """Archive a day in files, with neighbours on both sides, and a fact that came twice."""
    refund = moved("RefundSucceeded", "pi_1", NOON, (3_00, "EUR"), K.REFUND)
    archive_facts([sold(1), sold(2), sold(3, 500, currency="JPY"), refund])
    archive_facts([sold(2), balanced("txn_1", NOON, (10_00, "EUR"), 35), sold(4, 7)])
    archive_facts([sold(5, 99_00, ENDS_AT - 6 * MINUTE), sold(6, 88_00, ENDS_AT)])
    of_another = captured(
        "pi_0", ENDS_AT - timedelta(hours=23), (55_00, "EUR"), merchant_id="other"
    )
    archive_facts([sold(7, 77_00, ENDS_AT - timedelta(days=1, hours=1)), of_another])


def close(name: str = NAME, kind: PeriodKind = PeriodKind.DAILY, at: datetime = CLOSED_AT) -> None:
    assert build_report(ReportRequest(day=name, period=kind), at).is_closed


def proof(athena: FakeAthena | None = None) -> Proof:
    return prove_report(PeriodKind.DAILY, NAME, (athena or FakeAthena()).of())


def minors(found: Proof) -> dict[tuple[str, str], int]:
    return {(each.account, each.currency): each.athena_minor for each in found.accounts}


def test_what_athena_adds_up_is_what_the_report_says(stack: Stack) -> None:
    trade()
    close()

    athena = FakeAthena()
    found = proof(athena)

    assert (found.is_proven, found.is_unchanged) == (True, True)
    assert (found.query_id, found.scanned_bytes) == (QUERY_ID, 12_345)
    assert (found.files, found.missing_files) == (4, ())
    assert minors(found)["gateway_clearing", "EUR"] == 10_00 + 10_00 + 7 + 99_00 - 3_00 - 10_00
    assert minors(found)["gateway_fees", "EUR"] == 35
    assert minors(found)["customers", "JPY"] == -500
    assert {each.difference_minor for each in found.accounts} == {0}
    [(_, started), *_] = athena.calls
    assert started["WorkGroup"] == WORKGROUP
    assert started["QueryExecutionContext"] == {"Database": DATABASE}
    assert started["ClientRequestToken"]  # so that a repeated request starts no second query


def test_what_came_after_the_report_was_closed_is_no_part_of_it(stack: Stack) -> None:
    trade()
    close()
    archive_facts([sold(8, 66_00)])  # booked on that day, archived after its report

    found = proof()

    assert found.is_proven
    assert found.later_files == 1
    manifest = Reports("main").manifest(Reports("main").run(NAME))  # type: ignore[arg-type]
    assert "NOT IN ('')" in query(manifest, ())
    assert "s3://kassa/facts/day=2026-11-19/a.parquet" in query(
        manifest, ["facts/day=2026-11-19/a.parquet"]
    )


def test_the_late_fact_would_be_seen_if_it_were_counted(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade()
    close()
    archive_facts([sold(8, 66_00)])
    monkeypatch.setattr(operation, "query", lambda manifest, later: query(manifest, ()))

    found = proof()

    assert not found.is_proven
    off = {each.account: each.difference_minor for each in found.accounts if each.difference_minor}
    assert off == {"customers": -66_00, "gateway_clearing": 66_00}


def test_a_report_made_of_compacted_files_is_proven_by_the_small_ones(stack: Stack) -> None:
    trade()
    later = CLOSED_AT + timedelta(days=4)
    compact_facts(later)
    close(at=later)

    manifest = Reports("main").manifest(Reports("main").run(NAME))  # type: ignore[arg-type]
    assert len([file for file in manifest.files if "/compacted/" in file.key]) == 1
    found = proof()
    assert (found.is_proven, found.files, found.later_files) == (True, 4, 0)


@pytest.mark.parametrize(
    ("kind", "name"), [(PeriodKind.WEEKLY, "2026-W47"), (PeriodKind.MONTHLY, "2026-11")]
)
def test_weeks_and_months_are_proven_too(stack: Stack, kind: PeriodKind, name: str) -> None:
    trade()
    close(name, kind, datetime(2026, 12, 2, tzinfo=UTC))

    found = prove_report(kind, name, FakeAthena().of())

    assert found.is_proven
    assert minors(found)["customers", "EUR"] == -(10_00 + 10_00 + 7 + 99_00 + 88_00 + 77_00) + 3_00


def test_a_file_that_is_gone_is_named_and_what_it_held_is_missed(stack: Stack) -> None:
    trade()
    close()
    keys = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix="facts/day=2026-11-19")
    gone = max(keys["Contents"], key=lambda one: one["Size"])["Key"]
    aws.client("s3").delete_object(Bucket=stack.bucket, Key=gone)

    found = proof()

    assert not found.is_proven
    assert found.missing_files == (gone,)
    assert any(each.difference_minor for each in found.accounts)


def test_a_report_that_was_written_over_is_found(stack: Stack) -> None:
    trade()
    close()
    report = json.loads(documents.read(REPORT))
    euro = next(each for each in report["currencies"] if each["currency"] == "EUR")
    euro["accounts"]["gateway_fees"] -= 1
    aws.client("s3").put_object(Bucket=stack.bucket, Key=REPORT, Body=json.dumps(report))

    found = proof()

    [off] = [each for each in found.accounts if each.difference_minor]
    assert (off.journal, off.account, off.currency) == ("ledger", "gateway_fees", "EUR")
    assert (off.report_minor, off.athena_minor, off.difference_minor) == (34, 35, 1)
    assert (found.is_proven, found.is_unchanged) == (False, False)


def test_a_report_whose_accounts_are_right_must_have_its_bytes_too(stack: Stack) -> None:
    trade()
    close()
    report = documents.read(REPORT).replace(b'"merchant_name"', b'"merchant_nam"')
    aws.client("s3").put_object(Bucket=stack.bucket, Key=REPORT, Body=report)

    found = proof()

    assert not any(each.difference_minor for each in found.accounts)
    assert (found.is_proven, found.is_unchanged) == (False, False)


def test_facts_that_come_while_athena_reads_leave_it_unknown(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade()
    close()
    athena = FakeAthena()

    def asked(manifest: Any, later: Any) -> str:
        archive_facts([sold(8, 66_00)])
        return query(manifest, later)

    monkeypatch.setattr(operation, "query", asked)

    with pytest.raises(QueryUnanswered, match=r"unknown: .* while Athena read"):
        proof(athena)
    monkeypatch.undo()
    assert proof().is_proven


def test_the_journal_of_documents_is_proven_beside_the_ledger(stack: Stack) -> None:
    trade()
    between = (Account.SALES, Account.RECEIVABLES)
    sale = posting_between(between, "2026-1", K.SALE, Money(amount_minor=10_00, currency="EUR"))
    archive_facts([fact("RefundSucceeded", "pi_9", NOON, (10_00, "EUR"), postings=[sale])])
    close()

    found = proof()

    assert found.is_proven
    assert [
        (each.account, each.athena_minor) for each in found.accounts if each.journal == "accrual"
    ] == [("receivables", 10_00), ("sales", -10_00)]


def test_only_a_closed_report_is_proven(stack: Stack) -> None:
    trade()
    athena = FakeAthena()

    with pytest.raises(ReportNotFound, match="no report of 2026-11-19 is closed"):
        proof(athena)
    assert athena.calls == []


def test_a_query_that_athena_gives_up_proves_nothing(stack: Stack) -> None:
    trade()
    close()
    athena = FakeAthena(("RUNNING", "FAILED"))
    athena.reason = "Bytes scanned limit was exceeded"

    with pytest.raises(QueryFailed, match=r"gave up .*: Bytes scanned limit was exceeded"):
        proof(athena)


def test_a_query_without_an_answer_is_stopped_and_leaves_it_unknown(stack: Stack) -> None:
    trade()
    close()
    athena = FakeAthena(("RUNNING",))

    with pytest.raises(QueryUnanswered, match=r"unknown: .* within 60 s"):
        proof(athena)
    assert athena.calls[-1] == ("StopQueryExecution", {"QueryExecutionId": QUERY_ID})


def test_a_table_that_shows_athena_nothing_is_no_difference(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade()
    close()
    nothing = "SELECT 'EUR', 'capture', 'customers', 1 WHERE false"
    monkeypatch.setattr(operation, "query", lambda *_: nothing)

    with pytest.raises(QueryFailed, match="unknown: Athena saw no fact"):
        proof()


def test_more_late_files_than_a_query_can_name_ask_nothing(stack: Stack) -> None:
    athena = FakeAthena()

    with pytest.raises(QueryFailed, match="so nothing was asked"):
        athena.of().answer("SELECT '" + "x" * 262_144 + "'")
    assert athena.calls == []


def test_the_query_is_athenas_as_it_stands(stack: Stack) -> None:
    trade()
    close()
    manifest = Reports("main").manifest(Reports("main").run(NAME))  # type: ignore[arg-type]
    sql = query(manifest, ["facts/day=2026-11-19/it's.parquet"])

    for dialect in ("trino", "athena", "duckdb"):
        read = sqlglot.parse_one(sql, dialect=dialect)
        assert read.sql(dialect, unsupported_level=ErrorLevel.RAISE)
    assert "BETWEEN '2026-11-18' AND '2026-11-19'" in sql
    assert "it''s.parquet" in sql
    assert "$" not in sql.replace('"$path"', "")
