"""A month is handed over once, whole, by the seller's calendar, however often it is asked for."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.handover.verification import Verified, verified
from kassa.billing.numbering.void_document import void_document
from kassa.core.errors import InvalidRequest
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.handovers import Office, settled

OCTOBER, NOVEMBER = datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)
THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)
TAXED = {
    "net_minor": 80_00,
    "taxes": [
        {"category": "S", "rate": "25.5", "net_minor": 60_00, "tax_minor": 15_30},
        {"category": "Z", "rate": "0", "net_minor": 20_00, "tax_minor": 0},
    ],
}


@pytest.fixture
def office(stack: Stack, fake_clock: FakeClock) -> Office:
    return Office(stack, fake_clock)


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def _in(time_zone: str) -> None:
        monkeypatch.setenv("MERCHANT_TIME_ZONE", time_zone)
        settings.cache_clear()

    yield _in
    settings.cache_clear()


def judged(office: Office, month: str = "2026-11") -> Verified:
    return verified(io.BytesIO(office.bytes_of(month)))


def void(office: Office, number: str, reason: str = "issued twice") -> None:
    void_document("main", number, (reason, OPERATOR), lambda: 30.0)


def test_a_month_is_one_archive_that_its_receiver_finds_whole(office: Office) -> None:
    office.issue(NOVEMBER, 95_30, "pdf xml", **TAXED, customer_id="c_1", order_id="o_1")
    office.issue(NOVEMBER, 30_00, kind=DocumentKind.CREDIT_NOTE, preceding="2026-00000001")
    answer = office.fire(THIRD)

    assert (answer["key"], answer["is_built"]) == ("handovers/main/2026-11.zip", True)
    archive = office.archive("2026-11")
    assert archive.names == [
        "documents/2026-00000001.pdf",
        "documents/2026-00000001.xml",
        "documents/CN-2026-00000001.pdf",
        *("index.csv", "taxes.csv", "open-items.csv", "changes.csv"),
        *("certificate-2026.jsonl", "certificate-CN-2026.jsonl", "manifest.json"),
    ]
    found = judged(office)
    assert (found.wrong, found.lacking, found.documents) == ((), (), 2)
    assert found.manifest_sha256 == answer["manifest_sha256"]


def test_the_index_says_what_each_document_states_in_minor_units_and_decimals(
    office: Office,
) -> None:
    office.issue(NOVEMBER, 95_30, "pdf xml", **TAXED, customer_id="c_1", payment_id="pi_1")
    office.issue(NOVEMBER, 1_500, currency="KWD")
    office.fire(THIRD)
    archive = office.archive("2026-11")
    first, second = archive.rows("index.csv")

    amounts = [first[name] for name in ("net_minor", "tax_minor", "gross_minor", "open_minor")]
    assert amounts == ["8000", "1530", "9530", "0"]
    assert [first[name] for name in ("net", "tax", "gross")] == ["80.00", "15.30", "95.30"]
    assert (first["state"], first["customer_id"], first["payment_id"]) == ("paid", "c_1", "pi_1")
    assert (second["net_minor"], second["gross"], second["xml"]) == ("", "1.500", "")
    assert [tuple(row.values())[3:] for row in archive.rows("taxes.csv")] == [
        ("S", "25.5", "6000", "1530", "60.00", "15.30"),
        ("Z", "0", "2000", "0", "20.00", "0.00"),
    ]


def test_the_manifest_counts_and_adds_up_by_kind_and_currency_void_ones_apart(
    office: Office,
) -> None:
    for minor in (95_30, 95_30):
        office.issue(NOVEMBER, minor, **TAXED)
    office.issue(NOVEMBER, 500, currency="JPY")
    void(office, "2026-00000002")
    office.fire(THIRD)
    manifest = office.archive("2026-11").manifest

    assert manifest["documents"] == [
        {
            **{"kind": "invoice", "currency": "EUR", "documents": 2, "void": 1},
            **{"net_minor": 80_00, "tax_minor": 15_30, "gross_minor": 95_30},
        },
        {
            **{"kind": "invoice", "currency": "JPY", "documents": 1, "void": 0},
            **{"net_minor": 500, "tax_minor": 0, "gross_minor": 500},
        },
    ]
    assert judged(office).is_whole


def test_a_month_without_documents_is_handed_over_as_such(office: Office) -> None:
    office.issue(OCTOBER)
    office.fire(THIRD)

    archive = office.archive("2026-11")
    assert archive.rows("index.csv") == []
    assert (archive.manifest["documents"], archive.manifest["changes"]) == ([], 0)
    assert judged(office).is_whole


def test_nothing_at_all_is_an_archive_too(office: Office) -> None:
    assert office.fire(THIRD)["is_built"]
    assert judged(office).is_whole


@pytest.mark.parametrize(
    ("time_zone", "last_of_october", "last_of_november"),
    [
        (
            "Asia/Tokyo",
            datetime(2026, 10, 31, 14, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC),
        ),
        (
            "America/New_York",
            datetime(2026, 11, 1, 3, 59, 59, tzinfo=UTC),  # summer time still
            datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_the_month_begins_and_ends_at_the_sellers_midnight(
    office: Office,
    in_zone: Any,
    time_zone: str,
    last_of_october: datetime,
    last_of_november: datetime,
) -> None:
    in_zone(time_zone)
    for instant in (last_of_october, last_of_november):
        office.issue(instant)
        office.issue(datetime.fromtimestamp(instant.timestamp() + 1, UTC))
    office.fire(THIRD)
    archive = office.archive("2026-11")

    assert archive.column("index.csv", "number") == ["2026-00000002", "2026-00000003"]
    assert archive.column("index.csv", "issued_on") == ["2026-11-01", "2026-11-30"]
    assert archive.manifest["time_zone"] == time_zone
    assert judged(office).is_whole


def test_a_year_of_the_seller_begins_a_series_of_its_own(office: Office, in_zone: Any) -> None:
    in_zone("Asia/Tokyo")
    office.issue(datetime(2026, 12, 31, 14, 59, tzinfo=UTC))
    office.issue(datetime(2026, 12, 31, 15, 0, tzinfo=UTC))
    office.fire(datetime(2027, 2, 3, tzinfo=UTC))

    archive = office.archive("2027-01")
    assert archive.column("index.csv", "number") == ["2027-00000001"]
    assert "certificate-2026.jsonl" not in archive.names
    assert judged(office, "2027-01").is_whole


def test_open_items_are_those_of_the_months_end_not_of_now(office: Office) -> None:
    old = office.issue(OCTOBER, 80_00, customer_id="c_1")
    office.owe(old, date(2026, 11, 3), settled(30_00, NOVEMBER), settled(50_00, THIRD, "payment:2"))
    new = office.issue(NOVEMBER, 70_00)
    office.owe(new, date(2026, 12, 4))
    paid = office.issue(NOVEMBER, 60_00)
    office.owe(paid, date(2026, 12, 4), settled(60_00, NOVEMBER, "payment:3"))
    office.fire(THIRD)
    archive = office.archive("2026-11")

    items = archive.rows("open-items.csv")
    assert [(one["number"], one["open"], one["days_overdue"]) for one in items] == [
        ("2026-00000001", "50.00", "27"),
        ("2026-00000002", "70.00", "0"),
    ]
    assert archive.column("index.csv", "state") == ["open", "paid"]
    assert archive.column("index.csv", "due_on") == ["2026-12-04", "2026-12-04"]
    assert archive.manifest["open_items"] == [
        {"currency": "EUR", "items": 2, "open_minor": 120_00, "credit_minor": 0}
    ]
    assert judged(office).is_whole


def test_what_a_customer_paid_beyond_an_invoice_stands_beside_what_is_owed(office: Office) -> None:
    invoice = office.issue(NOVEMBER, 70_00)
    office.owe(invoice, date(2026, 12, 4), settled(75_00, NOVEMBER))
    office.fire(THIRD)

    [item] = office.archive("2026-11").rows("open-items.csv")
    assert (item["open_minor"], item["credit"], item["due_on"]) == ("0", "5.00", "")
    assert judged(office).is_whole


def test_what_happened_to_documents_of_earlier_months_is_a_list_of_changes(office: Office) -> None:
    first = office.issue(OCTOBER, 80_00)
    office.owe(first, date(2026, 11, 3), settled(30_00, NOVEMBER), settled(50_00, THIRD, "later"))
    office.issue(OCTOBER, 10_00)
    office.issue(datetime(2025, 12, 30, tzinfo=UTC), 20_00, kind=DocumentKind.CREDIT_NOTE)
    office.issue(NOVEMBER, 40_00)
    for number in ("2026-00000002", "CN-2025-00000001", "2026-00000003"):
        void(office, number)
    office.fire(THIRD)
    archive = office.archive("2026-11")

    changes = [(one["number"], one["change"], one["amount"]) for one in archive.rows("changes.csv")]
    assert changes == [
        ("2026-00000001", "settled", "30.00"),
        ("2026-00000002", "voided", "10.00"),
        ("CN-2025-00000001", "voided", "20.00"),
    ]
    assert archive.column("changes.csv", "open") == ["50.00", "0.00", "0.00"]
    assert "certificate-CN-2025.jsonl" in archive.names
    assert judged(office).is_whole


def test_a_void_after_the_month_stands_in_the_next_months_changes_alone(office: Office) -> None:
    office.issue(NOVEMBER)
    office.fire(THIRD)
    before = office.bytes_of("2026-11")
    void(office, "2026-00000001")
    office.fire(THIRD)
    assert office.bytes_of("2026-11") == before

    office.fire(datetime(2027, 1, 3, tzinfo=UTC))
    archive = office.archive("2026-12")
    assert archive.column("changes.csv", "number") == ["2026-00000001"]
    assert judged(office, "2026-12").is_whole


@pytest.mark.parametrize("later", ["void", "number and void", "nothing"])
def test_a_month_gives_the_same_bytes_whenever_it_is_built(office: Office, later: str) -> None:
    office.issue(NOVEMBER, 95_30, "pdf xml", **TAXED)
    office.issue(NOVEMBER, kind=DocumentKind.RECEIPT)
    office.issue(NOVEMBER)
    void(office, "2026-00000002")
    office.fire(THIRD)
    before = office.bytes_of("2026-11")

    office.lose_handovers()
    if later != "nothing":
        void(office, "2026-00000001")
    if later == "number and void":
        office.issue(THIRD)
        void(office, "2026-00000003")
    office.fire(datetime(2027, 1, 20, tzinfo=UTC), {"month": "2026-11"})
    assert office.bytes_of("2026-11") == before


def test_what_a_spreadsheet_would_run_is_text(office: Office) -> None:
    office.issue(NOVEMBER, customer_id='=HYPERLINK("x")', order_id="+1", payment_id="@SUM(1,2)")
    office.issue(NOVEMBER, customer_id='a,"b"\r\n-1')
    void(office, "2026-00000001", "-1+cmd|' /C calc'!A0")
    office.fire(THIRD)
    archive = office.archive("2026-11")
    first, second = archive.rows("index.csv")

    assert first["customer_id"] == '\'=HYPERLINK("x")'
    assert (first["order_id"], first["payment_id"]) == ("'+1", "'@SUM(1,2)")
    assert first["void_reason"].startswith("'-1")
    assert second["customer_id"] == 'a,"b"  -1'
    assert archive.read("index.csv").count(b"\r\n") == 3
    assert judged(office).is_whole


def test_a_month_that_goes_on_is_refused(office: Office) -> None:
    for month in ("2026-12", "2026-13", "now"):
        with pytest.raises(InvalidRequest, match="month"):
            office.fire(THIRD, {"month": month})
    assert office.fire(THIRD, {"month": "2026-10"})["is_built"]


@pytest.mark.parametrize("what", ["not made", "missing", "another"])
def test_a_document_that_lacks_is_said_everywhere_and_never_left_out(
    office: Office, what: str
) -> None:
    document = office.issue(NOVEMBER, forms="" if what == "not made" else "pdf")
    office.issue(NOVEMBER)
    s3, where = aws.client("s3"), {"Bucket": office.stack.bucket, "Key": document.path("pdf")}
    if what == "missing":
        s3.delete_object(**where)
    if what == "another":
        s3.put_object(**where, Body=b"%PDF another")
    office.fire(THIRD)
    archive = office.archive("2026-11")

    [lacking] = archive.manifest["lacking"]
    assert (lacking["number"], lacking["form"]) == ("2026-00000001", "pdf")
    assert lacking["why"] in archive.rows("index.csv")[0]["lacking"]
    found = judged(office)
    assert (found.wrong, found.is_whole) == ((), False)
    assert found.lacking == (f"2026-00000001.pdf: {lacking['why']}",)
    assert archive.column("index.csv", "number") == ["2026-00000001", "2026-00000002"]
