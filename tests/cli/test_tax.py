"""`kassa tax rates`: a sheet is checked, saved and listed; the starter is one to begin with."""

import re
from datetime import date
from pathlib import Path

import pytest

from cli.tax import files
from kassa.audit import store as audit_trail
from kassa.core.tax import TaxCategory
from kassa.taxes.sheet import as_sheet, checked, read_sheet
from kassa.taxes.store import SavedRates
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console

EU = set(re.findall("..", "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISK"))
FINLAND = as_sheet(one for one in files.starter() if one.country == "FI")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(FINLAND.replace("2026-11-29", "2026-11-20"))
    return path


def test_the_starter_has_no_error_and_a_source_for_each_row() -> None:
    read = checked(read_sheet(files.STARTER.read_text()), date(2026, 11, 29))
    found = [(read.rates[one.row].country, one.column, one.is_error) for one in read.findings]

    assert found == [("TH", "valid_until", False)]
    countries = {one.country for one in read.rates.values() if one.holds_on(date(2026, 11, 29))}
    assert countries == EU | {"JP", "HK", "RU"}  # Thailand's decree of this year wasn't found


@pytest.mark.parametrize(
    ("country", "day", "rates"),
    [
        ("FI", date(2024, 8, 31), {"standard": "24", "reduced": "14", "press": "10"}),
        ("FI", date(2024, 9, 1), {"standard": "25.5", "reduced": "14", "press": "10"}),
        ("FI", date(2026, 1, 1), {"standard": "25.5", "reduced": "13.5", "press": "10"}),
        ("RU", date(2025, 12, 31), {"standard": "20", "reduced": "10"}),
        ("RU", date(2026, 1, 1), {"standard": "22", "reduced": "10"}),
        ("JP", date(2026, 1, 1), {"standard": "10", "reduced": "8"}),
        ("HK", date(2026, 1, 1), {"none": "0"}),
    ],
)
def test_the_starter_knows_when_rates_changed(
    country: str, day: date, rates: dict[str, str]
) -> None:
    held = [one for one in files.starter() if one.country == country and one.holds_on(day)]
    assert {one.name: str(one.rate) for one in held} == rates


def test_japans_reduced_rate_is_marked_as_reduced() -> None:
    marked = [one.country for one in files.starter() if one.category is TaxCategory.REDUCED]
    assert marked == ["JP"]


def test_the_starter_is_printed_for_a_file_and_says_who_decides(console: Console) -> None:
    result = console.run("tax", "rates", "starter", "--country", "fi")
    assert result.stdout == FINLAND
    assert "no tax advice" in result.stderr
    assert console.run("tax", "rates", "starter", "--country", "XX").exit_code == 1


def test_a_sheet_is_saved_once_listed_and_noted_in_the_trail(
    console: Console, stack: Stack, sheet: Path
) -> None:
    result = console.run("tax", "rates", "save", str(sheet))
    assert result.exit_code == 0, result.output
    assert "Version 1 is saved: 5 rates" in result.stdout
    assert "nothing was saved" in console.run("tax", "rates", "save", str(sheet)).stdout
    assert SavedRates("main").newest().version == 1

    assert console.run("tax", "rates", "list", "--csv").stdout == sheet.read_text()
    listed = console.run("tax", "rates", "list", "--on", "2026-11-21").stdout
    assert ("25.5 %" in listed, "24 %" in listed) == (True, False)
    assert "--csv prints each rate's source" in listed
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert ['"operation":"tax_rates.save"' in one for one in acts] == [True]


def test_without_saved_rates_the_list_says_where_to_begin(console: Console, stack: Stack) -> None:
    assert "kassa tax rates starter" in console.run("tax", "rates", "list").stdout
    assert console.run("tax", "rates", "check").exit_code == 1


def test_a_sheet_with_errors_is_not_saved_and_each_is_named(
    console: Console, stack: Stack, sheet: Path
) -> None:
    row = sheet.read_text().splitlines()[1]
    broken = row.replace("2013-01-01", "2024-01-01").replace("2024-08-31", "")
    sheet.write_text(sheet.read_text() + broken)
    result = console.run("tax", "rates", "save", str(sheet))
    assert result.exit_code == 1
    assert "row 7, valid_from: overlaps row 2, which holds until 2024-08-31" in result.stdout

    sheet.write_text(sheet.read_text() + "\nFI,new,S,1 %,2026-01-01,,,,,2026-11-01\n")
    result = console.run("tax", "rates", "check", str(sheet))
    lines = [line.partition(":")[0] for line in result.stdout.splitlines()]
    assert (result.exit_code, lines) == (1, ["row 8, rate", "row 8, source"])
    assert SavedRates("main").newest().version == 0


def test_a_doubt_is_said_and_hinders_nothing(console: Console, stack: Stack, sheet: Path) -> None:
    sheet.write_text(sheet.read_text().replace("2025-12-31", "2025-11-30"))
    result = console.run("tax", "rates", "check", str(sheet))
    assert result.exit_code == 0, result.output
    assert "valid_from: leaves a gap: no rate from 2025-12-01 on" in result.stdout
    assert console.run("tax", "rates", "save", str(sheet)).exit_code == 0
