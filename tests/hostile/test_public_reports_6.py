"""What went wrong elsewhere, tried here: files of a past, reports as PDF, and what is entered.

Each test names the public report that it follows.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.aws_stack import Stack
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS
from tests.support.past_stage import happen, past

MAPPING: dict[str, Any] = {
    "type": "kind",
    "happened_at": {"iso8601": "at"},
    "currency": {"constant": "EUR"},
    "rules": [
        {
            "type": "paid",
            "about": {"payment": "id"},
            "object_reports": [
                {"kind": "charge", "state": "captured", "id": "id", "amount": {"major": "sum"}}
            ],
        }
    ],
}
PAID = ("--constant", "kind=paid")


@pytest.fixture
def mapped(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connect an account whose past comes from a CSV."""
    with past("standard", stack, fake_clock, monkeypatch) as stage:
        happen(stage, SCENARIOS["pay"])
        mapping = read_mapping(MAPPING).mapping
        assert mapping is not None
        mappings.save("standard", "main", mapping, OPERATOR)
        mappings.forget()
        yield


def words(folder: Path, text: str, *more: str) -> tuple[str, ...]:
    """Return the command that imports a file."""
    file = folder / "past.csv"
    file.write_text(text)
    return ("import", "standard", "--file", str(file), *PAID, *more)


# github.com/umap-project/umap/issues/44, github.com/opengovsg/isomer/pull/2805: a decimal comma
# that nobody quoted made 12.50 a 12, and what stood behind the last column was dropped.
def test_no_row_is_booked_whose_cells_are_more_than_its_columns(
    mapped: None, console: Console, tmp_path: Path
) -> None:
    text = "id,at,sum\nP1,2025-03-01T10:00:00Z,12,50\nP2,2025-03-01T10:00:00Z,8.00,\n"
    found = console.json_of(1, *words(tmp_path, text))

    assert [one["line"] for one in found["findings"]] == [2]
    assert (found["rows"], found["queued"]) == (2, 0)
    assert console.take_events() == []


# github.com/melihbirim/csvql/issues/102, github.com/objectstack-ai/objectstack/issues/2807: of two
# columns of one name the last one counted, and nobody was told.
def test_a_file_with_two_columns_of_one_name_is_refused(
    mapped: None, console: Console, tmp_path: Path
) -> None:
    text = "id,at,sum,sum\nP1,2025-03-01T10:00:00Z,12.50,2.50\n"

    assert "'sum' stands twice" in console.refused(*words(tmp_path, text))


@pytest.mark.parametrize("head", ["id,at,total,sum", "id,at,sum,total"])
def test_the_column_that_is_named_for_a_path_fills_it_and_no_other(
    mapped: None, console: Console, tmp_path: Path, head: str
) -> None:
    cells = {"id": "P1", "at": "2025-03-01T10:00:00Z", "total": "12.50", "sum": "no amount"}
    text = f"{head}\n{','.join(cells[name] for name in head.split(','))}\n"

    assert console.json(*words(tmp_path, text, "--column", "sum=total"))["queued"] == 1
