"""Rates hold from day to day; a sheet of them is read with every mistake by row and column."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest
from kassa.core.tax import TAXED, TaxCategory
from kassa.taxes.rates import Rate, tax_named
from kassa.taxes.sheet import as_sheet, checked, read_sheet

TODAY = date(2026, 11, 29)
HEAD = "country,class,category,rate,valid_from,valid_until,reason,reason_code,source,noted_on"
SOUND = """FI,standard,S,24,2013-01-01,2024-08-31,,,AVL 84 §,2026-11-01
FI,standard,S,25.5,2024-09-01,,,,AVL 84 §,2026-11-01
FI,reduced,S,13.5,2026-01-01,,,,AVL 85 §,2026-11-01
SE,standard,S,25,1990-07-01,,,,ML 9 kap.,2026-11-01
HK,none,O,,1997-07-01,,No tax,,IRD,2026-11-01"""


def sheet(*rows: str) -> str:
    return "\n".join([HEAD, *rows])


def rates() -> tuple[Rate, ...]:
    return tuple(read_sheet(sheet(SOUND)).rates.values())


def findings(*rows: str) -> list[str]:
    return [str(one) for one in checked(read_sheet(sheet(*rows)), TODAY).findings]


@pytest.mark.parametrize(
    ("named", "day", "rate"),
    [
        ("standard", date(2024, 8, 31), "24"),
        ("standard", date(2024, 9, 1), "25.5"),
        ("reduced", date(2026, 1, 1), "13.5"),
        ("SE/standard", date(2026, 1, 1), "25"),
    ],
)
def test_a_class_comes_to_the_rate_of_its_day(named: str, day: date, rate: str) -> None:
    tax = tax_named(rates(), named, "FI", day)
    assert (tax.category, tax.rate) == (TaxCategory.STANDARD, Decimal(rate))


def test_what_is_not_taxed_keeps_its_reason() -> None:
    tax = tax_named(rates(), "none", "HK", TODAY)
    assert (tax.category, tax.rate, tax.reason) == (TaxCategory.OUT_OF_SCOPE, 0, "No tax")


@pytest.mark.parametrize(
    ("named", "country", "message"),
    [
        ("luxury", "FI", "FI has no class luxury on 2026-11-29; the rates saved have reduced, sta"),
        ("reduced", "SE", "SE has no class reduced on 2026-11-29; the rates saved have standard"),
        ("reduced", "DE", "the rates saved have none"),
        ("reduced", "", "PUT /seller"),
    ],
)
def test_an_unknown_class_is_refused_with_those_there_are(
    named: str, country: str, message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message):
        tax_named(rates(), named, country, TODAY)


def test_a_sound_sheet_has_nothing_to_say() -> None:
    assert findings(SOUND) == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("FI,standard,S,25.5,2024-01-01,,,,AVL,2026-11-01", "row 3, valid_from: overlaps row 2"),
        ("FI,standard,S,25.5,2024-09-02,,,,AVL,2026-11-01", "row 3, valid_from: leaves a gap: no"),
        ("FI,standard,S,25.5,2024-09-01,,,,,2026-11-01", "row 3, source: is missing"),
        ("FI,standard,S,25.5,2024-09-01,,,,AVL,", "row 3, noted_on: is missing"),
        ("FI,standard,S,\"25,5\",2024-09-01,,,,AVL,2026-11-01", "row 3, rate: is no number with"),
        ("FI,standard,S,0,2024-09-01,,,,AVL,2026-11-01", "row 3, rate: is 0 where the category"),
        ("FI,standard,E,10,2024-09-01,,,,AVL,2026-11-01", "row 3, rate: is 0 where the category"),
        ("FI,standard,X,10,2024-09-01,,,,AVL,2026-11-01", "row 3, category: input should be 'S'"),
        ("FI,Standard,S,10,2024-09-01,,,,AVL,2026-11-01", "row 3, class: doesn't fit"),
        ("FI,standard,S,10,2024-09-01,2024-08-01,,,AVL,2026-11-01", "row 3, valid_until: lies b"),
        ("FI,standard,S,10,2024-09-01,2026-09-30,,,AVL,2026-11-01", "row 3, valid_until: FI has"),
        ("FI,standard,S,25.5,2024-09-01,,,,AVL,2027-01-01", "row 3, noted_on: lies ahead"),
        ("FI,standard,S,25.5,2024-09-01,,,,AVL,2025-01-01", "row 3, noted_on: is more than a ye"),
        ("FI,standard,S,25.5,2024-09-01,,,,AVL,2026-11-01,7", "row 3, noted_on: more cells"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_row_and_column(row: str, found: str) -> None:
    first, *_ = findings("FI,standard,S,24,2013-01-01,2024-08-31,,,AVL 84 §,2026-11-01", row)
    assert first.startswith(found)


def test_a_long_period_is_seen_through_a_short_one_within_it() -> None:
    found = findings(
        "FI,standard,S,24,2013-01-01,2024-12-31,,,AVL,2026-11-01",
        "FI,standard,S,22,2014-01-01,2014-12-31,,,AVL,2026-11-01",
        "FI,standard,S,25.5,2024-09-01,,,,AVL,2026-11-01",
    )
    assert [one.partition(",")[0] for one in found] == ["row 3", "row 4"]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (HEAD.replace("source", "law"), ["row 1, source: is missing", "row 1, law: is no column"]),
        (HEAD + ",class", ["row 1, class: stands twice"]),
        ("", ["row 1, country: is missing"]),
    ],
)
def test_a_head_without_its_columns_is_named(head: str, found: list[str]) -> None:
    messages = [str(one) for one in read_sheet(head + "\n" + SOUND).findings]
    assert all(one.startswith(start) for one, start in zip(messages, found, strict=False))
    assert messages


def test_a_spreadsheet_may_write_semicolons_and_a_mark_of_its_encoding() -> None:
    written = "\ufeff" + sheet(SOUND).replace(",", ";").replace("\n", "\r\n")
    assert tuple(read_sheet(written).rates.values()) == rates()


CATEGORIES = st.sampled_from(TaxCategory)
TEXTS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1).filter(str.strip)


@given(CATEGORIES, st.integers(1, 10**6), st.dates(), TEXTS, st.none() | TEXTS)
@example(TaxCategory.STANDARD, 1, date(2000, 1, 1), "%", None)
@example(TaxCategory.ZERO, 1, date(2000, 1, 1), "a;'=b", ";-1")
def test_a_sheet_reads_back_as_it_was_written(
    category: TaxCategory, rate: int, day: date, source: str, reason: str | None
) -> None:
    one = Rate.model_validate({
        "country": "FI", "class": "c", "category": category, "valid_from": day, "noted_on": day,
        "rate": Decimal(rate) / 10_000 if category in TAXED else 0,
        "source": source.strip()[:300], "reason": reason and reason.strip()[:300],
    })  # fmt: skip
    read = read_sheet(as_sheet([one]))
    assert (list(read.rates.values()), read.findings) == ([one], [])
