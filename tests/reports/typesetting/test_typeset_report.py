"""A closed report gets its PDF once, whatever comes twice, late or crashes; others on request."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from functions.build_report.app import lambda_handler as build_report
from functions.typeset_report.app import lambda_handler as typeset_report
from kassa.archive import runs
from kassa.archive.archive_facts import archive_facts
from kassa.core.errors import ArchiveChanged, InvalidRequest, ReportNotFound, StaleWrite
from kassa.core.periods import PeriodKind, first_day
from kassa.platform import aws
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.reports.reading import lists
from kassa.reports.typesetting import store
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured
from tests.support.pdf_text import plain, text_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLOSED = datetime(2026, 11, 21, 2, tzinfo=UTC)
PDF = "reports/main/daily/2026-11-20/report.pdf"

# Of when a PDF is made, and of what: that it has every report, others show.
summary_alone = pytest.mark.usefixtures("summary_alone")

Build = Callable[..., list[dict[str, Any]]]
Typeset = Callable[..., dict[str, Any]]


@pytest.fixture
def build(stack: Stack, fake_clock: FakeClock, context: Context) -> Iterator[Build]:
    """Return what closes what is due at an instant, and answers the facts of it."""
    settings.cache_clear()
    archive_facts([captured("pi_1", NOON, (1_234_56, "EUR"))])

    def _build(at: datetime = CLOSED, **request: Any) -> list[dict[str, Any]]:
        fake_clock.at = at
        build_report(request, context)
        return [one for one in stack.published() if one["detail-type"] == "ReportClosed"]

    yield _build
    settings.cache_clear()


@pytest.fixture
def typeset(stack: Stack, context: Context) -> Typeset:
    """Return what hands facts to the function as its queue does."""

    def _typeset(*facts: Any) -> dict[str, Any]:
        records = [
            {"messageId": f"m{n}", "body": one if isinstance(one, str) else json.dumps(one),
             "attributes": {"ApproximateReceiveCount": "1"}, "eventSource": "aws:sqs",
             "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:reports"}
            for n, one in enumerate(facts)
        ]  # fmt: skip
        return typeset_report({"Records": records}, context)

    return _typeset


def stored(key: str = PDF) -> bytes:
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
    content: bytes = found["Body"].read()
    return content


def is_stored(key: str = PDF) -> bool:
    listed = aws.client("s3").list_objects_v2(Bucket=settings().bucket_name, Prefix=key)
    return bool(listed["KeyCount"])


def noted(name: str = "2026-11-20", kind: PeriodKind = PeriodKind.DAILY) -> str | None:
    return runs.named("main", [name], kind)[name].pdf_sha256


def test_a_closed_report_is_typeset_and_listed_beside_its_documents(
    build: Build, typeset: Typeset
) -> None:
    assert typeset(*build()) == {"batchItemFailures": []}

    pdf = stored()
    assert noted() == hashlib.sha256(pdf).hexdigest()
    assert plain("Transaction summary") in text_of(pdf)
    assert plain("1,234.56") in text_of(pdf)
    [listed] = lists.listed(PeriodKind.DAILY, PageRequest(limit=1), CLOSED).reports
    assert {"report.pdf", "report.html"} <= {one.name for one in listed.documents}
    assert "report.pdf" in next(one.url for one in listed.documents if one.name == "report.pdf")


@summary_alone
def test_marks_above_letters_of_a_chart_cost_a_pdf_its_tags_and_no_report_its_pdf(
    build: Build, typeset: Typeset, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = '<svg class="chart" viewBox="0 0 60 20"><text x="2" y="12">มี.ค.</text></svg>'
    pages_of = store.pages_of
    monkeypatch.setattr(
        store,
        "pages_of",
        lambda *of: {
            name: body.replace(b"<footer>", f"{chart}<footer>".encode(), 1)
            for name, body in pages_of(*of).items()
        },
    )

    assert typeset(*build()) == {"batchItemFailures": []}

    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in stored()


def test_every_kind_of_period_is_typeset(build: Build, typeset: Typeset) -> None:
    ended = CLOSED + timedelta(days=11)
    for kind, name in (("weekly", "2026-W47"), ("monthly", "2026-11")):
        assert typeset(*build(ended, period=kind, day=name)) == {"batchItemFailures": []}

    window = {"period": "window", "day": "2026-11-16..2026-11-20"}
    assert typeset(*build(ended, **window)) == {"batchItemFailures": []}

    assert noted("2026-W47", PeriodKind.WEEKLY)
    assert noted("2026-11", PeriodKind.MONTHLY)


@summary_alone
def test_a_fact_that_comes_twice_or_in_any_order_leaves_the_first_pdf(
    build: Build, typeset: Typeset
) -> None:
    facts = build() + build(CLOSED + timedelta(days=1))
    typeset(*reversed(facts))
    first, digest = stored(), noted()

    assert typeset(*facts, *facts) == {"batchItemFailures": []}
    assert (stored(), noted()) == (first, digest)


@summary_alone
def test_the_same_report_gives_the_same_bytes(build: Build, typeset: Typeset) -> None:
    facts = build()
    typeset(*facts)
    first = stored()
    aws.client("s3").delete_object(Bucket=settings().bucket_name, Key=PDF)
    of = runs.key("main", first_day(PeriodKind.DAILY, "2026-11-20"))
    key = {name: {"S": value} for name, value in of._asdict().items()}
    aws.client("dynamodb").update_item(
        TableName=settings().table_name, Key=key, UpdateExpression="REMOVE pdf_sha256"
    )

    typeset(*facts)
    assert stored() == first


@summary_alone
def test_a_fact_before_its_report_is_finished_comes_back(
    build: Build, typeset: Typeset, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashed:
        crashed.setattr("kassa.reports.store.Reports.finish", lambda *_: None)
        facts = build()
    assert len(typeset(*facts)["batchItemFailures"]) == len(facts)
    assert not is_stored()

    build(CLOSED + timedelta(hours=1))
    assert typeset(*facts) == {"batchItemFailures": []}
    assert is_stored()


@summary_alone
def test_a_crash_before_the_pdf_is_noted_ends_in_one_pdf(
    build: Build, typeset: Typeset, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = build()

    def crash(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as crashed:
        crashed.setattr(store, "note_pdf", crash)
        assert len(typeset(*facts)["batchItemFailures"]) == len(facts)
    first = stored()

    assert typeset(*facts) == {"batchItemFailures": []}
    assert stored() == first
    assert noted() == hashlib.sha256(first).hexdigest()


@summary_alone
@pytest.mark.parametrize("malformed", ["", "no JSON", "{}", '{"detail": {"data": {}}}'])
def test_what_is_no_fact_of_a_report_comes_back_alone(
    build: Build, typeset: Typeset, malformed: str
) -> None:
    facts = build()
    failed = typeset(malformed, *facts)["batchItemFailures"]

    assert failed == [{"itemIdentifier": "m0"}]
    assert is_stored()


@summary_alone
def test_a_report_that_goes_on_is_typeset_on_request_and_replaced_once_it_is_closed(
    build: Build, typeset: Typeset, context: Context
) -> None:
    build(NOON + timedelta(hours=3), period="daily", day="2026-11-20")
    request = {"period": "daily", "day": "2026-11-20"}
    answered = typeset_report(request, context)

    assert answered == {**request, "is_closed": False, "key": PDF}
    assert plain("Preliminary") in text_of(stored())
    typeset(*build())
    assert plain("Preliminary") not in text_of(stored())
    assert typeset_report(request, context) == {**answered, "is_closed": True}


@summary_alone
def test_a_report_that_is_closed_while_it_is_typeset_keeps_its_own_pdf(
    build: Build, typeset: Typeset, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(NOON + timedelta(hours=3), period="daily", day="2026-11-20")
    request = {"period": "daily", "day": "2026-11-20"}
    replaces = store.replace

    def close_meanwhile(*arguments: Any) -> None:
        monkeypatch.setattr(store, "replace", replaces)
        typeset(*build())
        replaces(*arguments)

    monkeypatch.setattr(store, "replace", close_meanwhile)
    with pytest.raises(StaleWrite):
        typeset_report(request, context)
    assert noted() == hashlib.sha256(stored()).hexdigest()


def test_pages_that_are_not_as_they_were_closed_are_not_typeset(
    build: Build, typeset: Typeset, context: Context
) -> None:
    build()
    key = "reports/main/daily/2026-11-20/fees.html"
    other = stored(key) + b"<p>more</p>"
    aws.client("s3").put_object(Bucket=settings().bucket_name, Key=key, Body=other)
    with pytest.raises(ArchiveChanged, match="fees"):
        typeset_report({"period": "daily", "day": "2026-11-20"}, context)
    assert not is_stored()


@summary_alone
def test_a_pdf_of_no_report_is_refused(build: Build, context: Context) -> None:
    with pytest.raises(ReportNotFound):
        typeset_report({"period": "daily", "day": "2026-11-20"}, context)
    for request in ({"period": "yearly", "day": "2026"}, {"period": "daily", "day": "2026-11"}, {}):
        with pytest.raises(InvalidRequest):
            typeset_report(request, context)


@summary_alone
def test_a_pdf_says_what_it_is_and_when_without_a_clock(build: Build, typeset: Typeset) -> None:
    typeset(*build())
    read = PdfReader(io.BytesIO(stored()))

    assert read.metadata is not None
    assert "Transaction summary" in str(read.metadata.title)
    assert str(read.metadata.creation_date)[:10] == "2026-11-21"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
