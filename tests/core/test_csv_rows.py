"""What stands in our CSV files stays text, whichever spreadsheet opens them and however."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.csv_rows import csv_writer

ROOT = Path(__file__).parents[2]
FORMULA = ("=", "+", "-", "@", "%", "|", "＝", "＋", "－", "＠")
SKIPPED = " \u00a0\u3000\u200b\ufeff\"'"
EVIL = "=+-@|%＝;,\t\r\n\x0b\x85\u2028\"' \u00a0\u200b\ufeff\x00a1"
text = st.one_of(st.text(), st.text(alphabet=EVIL, max_size=12))


def written(*rows: list[str]) -> str:
    file = io.StringIO()
    write = csv_writer(file)
    for row in rows:
        write(row)
    return file.getvalue()


def is_formula(cell: str) -> bool:
    is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell)
    return not is_number and cell.lstrip(SKIPPED[:-1] + " \t").startswith(FORMULA)


@given(st.lists(st.lists(text, min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_cell_is_a_formula_and_no_row_is_added(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(written(*rows), newline="")))

    assert [len(row) for row in read] == [len(row) for row in rows]
    assert [cell for row in read for cell in row if is_formula(cell)] == []


@given(st.lists(text, min_size=1, max_size=3))
def test_no_cell_becomes_a_formula_where_semicolons_part_cells(cells: list[str]) -> None:
    shown = written(["rr_1", *cells])
    read = list(csv.reader(io.StringIO(shown, newline=""), delimiter=";"))

    assert [cell for row in read for cell in row if is_formula(cell)] == []


@given(st.lists(text, min_size=1, max_size=3))
def test_a_cell_holds_no_line_break_and_no_control(cells: list[str]) -> None:
    lines = written(cells)

    assert lines.count("\n") == 1
    assert len(lines.splitlines()) == 1


@pytest.mark.parametrize(
    ("given_cell", "shown"),
    [
        ("-1.500", "-1.500"),
        ("rr_42", "rr_42"),
        ("=1+1", "'=1+1"),
        ("a;=1", "a;'=1"),
        ("two\r\nlines", "two  lines"),
        ("\t@SUM(A1)", "' @SUM(A1)"),
    ],
)
def test_a_cell_is_read_as_it_was_written(given_cell: str, shown: str) -> None:
    (row,) = csv.reader(io.StringIO(written([given_cell])))

    assert row == [shown]


def test_every_csv_of_ours_is_written_here() -> None:
    ours = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]
    writers = {path.name for path in ours if re.search(r"csv\.(Dict)?[wW]riter", path.read_text())}

    assert writers == {"csv_rows.py"}


def test_a_small_number_is_written_without_an_exponent() -> None:
    assert written([0.000003, 0.25, 1e16]).strip() == "0.000003,0.25,10000000000000000"
