"""Numbers of a series run 1..N, each follows from the one before, and a kind has its own."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import worked_out
from kassa.billing.numbering.record import (
    GENESIS,
    Entry,
    Statement,
    VoidEntry,
    content_digest,
    hashed,
    printed,
    text_of,
)
from kassa.billing.numbering.series import (
    PREFIXES,
    Series,
    Voided,
    kind_of,
    next_entry,
    parted,
    series_name,
    void_entry,
)
from kassa.billing.numbering.statement import stated
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from tests.support.billing import draft, line
from tests.support.facts import SHOP

NEW = Series(merchant_id="main", name="2026")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TENTH = {"category": "S", "rate": "10", "net_minor": 90, "tax_minor": 9}
TOKYO = SHOP.model_copy(update={"time_zone": "Asia/Tokyo"})


def statement(number: int = 1, **fields: object) -> Statement:
    known = {"kind": DocumentKind.INVOICE, "source_id": f"s{number}", "currency": "EUR"}
    return Statement.model_validate(known | {"gross_minor": 100 * number} | fields)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentKind.INVOICE, "2026-00000001"),
        (DocumentKind.CREDIT_NOTE, "CN-2026-00000001"),
        (DocumentKind.RECEIPT, "RC-2026-00000001"),
    ],
)
def test_a_kinds_numbers_are_printed_behind_its_prefix(kind: DocumentKind, number: str) -> None:
    name = series_name(kind, SHOP, NOON)

    assert printed(name, 1) == number
    assert parted(number) == (name, 1)
    assert kind_of(name) is kind


def test_every_kind_has_a_prefix_of_its_own() -> None:
    assert len({*PREFIXES.values()}) == len(DocumentKind) == len(PREFIXES)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-1", "2026-00000000", "XX-2026-00000001", "2026-00000001 ", "2026-0000000１"],
)
def test_what_no_series_printed_is_no_number(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parted(text)


@pytest.mark.parametrize(
    ("merchant", "now", "name"),
    [
        (TOKYO, datetime(2026, 12, 31, 14, 59, 59, 999_999, tzinfo=UTC), "CN-2026"),
        (TOKYO, datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "CN-2027"),
        (SHOP, datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "CN-2026"),
    ],
)
def test_a_year_ends_at_the_sellers_midnight(merchant: Merchant, now: datetime, name: str) -> None:
    assert series_name(DocumentKind.CREDIT_NOTE, merchant, now) == name


@given(st.lists(st.tuples(st.booleans(), st.integers(-90_000, 90_000)), max_size=30))
def test_numbers_have_no_gap_dates_never_fall_and_every_entry_names_the_one_before(
    acts: list[tuple[bool, int]],
) -> None:
    series, chain = NEW, list[Entry | VoidEntry]()
    for is_void, skew_s in acts:
        now = NOON + timedelta(seconds=skew_s)
        if is_void and series.last_number:
            entry, series = void_entry(1, series, Voided("a mistake", "person_1", now))
        else:
            made = next_entry(statement(series.last_number + 1), series, now.date())
            entry, series = made
        chain.append(entry)

    given = [one for one in chain if isinstance(one, Entry)]
    assert [one.number for one in given] == list(range(1, len(given) + 1))
    assert [one.issued_on for one in given] == sorted(one.issued_on for one in given)
    assert [one.position for one in chain] == list(range(1, len(chain) + 1))
    hashes = [GENESIS, *(hashed(text_of(one)) for one in chain)]
    assert [one.previous for one in chain] == hashes[:-1]
    assert (series.last_position, series.last_hash) == (len(chain), hashes[-1])


def test_an_entry_changes_its_hash_with_anything_it_says() -> None:
    entry, _ = next_entry(statement(customer_id="cus_1"), NEW, NOON.date())
    others = [
        entry.model_copy(update=update)
        for update in (
            {"gross_minor": 101},
            {"issued_on": date(2026, 11, 22)},
            {"customer_id": "cus_2"},
            {"previous": "1" * 64},
            {"kind": DocumentKind.RECEIPT},
        )
    ]
    hashes = {hashed(text_of(one)) for one in (entry, *others)}
    assert len(hashes) == 1 + len(others)


@pytest.mark.skipif(which("jq") is None, reason="jq isn't here")
def test_jq_writes_the_text_that_is_hashed() -> None:
    entry, _ = next_entry(statement(order_id="注文 “1” \\ é\t"), NEW, NOON.date())
    loose = json.dumps(json.loads(text_of(entry)), indent=3)
    written = subprocess.run(["jq", "-cS", "."], input=loose.encode(), capture_output=True)

    assert written.stdout.decode().rstrip("\n") == text_of(entry)


def test_a_statement_says_what_a_document_comes_to_by_rate() -> None:
    lines = [line(100_00, "25.5"), line(50_00, "10"), line(7_00, "0")]
    off = Adjustment(percent=Decimal(10), reason="Black Friday")
    document = worked_out(draft(lines, adjustments=(off,), order_id="order-1"))
    statement = stated(document, "order:order-1", customer_id="cus_1")

    assert [(one.category, one.rate) for one in statement.taxes] == [
        ("S", "25.5"),
        ("S", "10"),
        ("Z", "0"),
    ]
    assert statement.gross_minor == document.gross_minor == 90_00 + 22_95 + 45_00 + 4_50 + 6_30
    assert (statement.order_id, statement.customer_id) == ("order-1", "cus_1")
    assert "Beispiel" not in statement.model_dump_json()


@pytest.mark.parametrize(
    "fields",
    [
        {"net_minor": 90, "gross_minor": 100},
        {"net_minor": 90, "gross_minor": 100, "taxes": [TENTH | {"net_minor": 80}]},
        {"net_minor": 90, "gross_minor": 100, "taxes": [TENTH]},
        {"gross_minor": 99, "taxes": [TENTH]},
    ],
)
def test_what_does_not_add_up_never_gets_a_number(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"tax|net amounts"):
        statement(**fields)


def test_a_records_content_is_known_by_its_digest_whatever_became_of_the_number() -> None:
    simple = {"number": 1, "lines": ["Lamp"], "state": "paid"}
    later = simple | {"state": "void", "document_sha256": "a", "entry": "{}", "void_hash": "b"}
    assert content_digest(simple) == content_digest(later)
    assert content_digest(simple) != content_digest(simple | {"lines": ["Lamps"]})
    assert content_digest({"content": {"a": 1}, "state": "open"}) == content_digest(
        {"content": {"a": 1}}
    )
