"""`kassa rates`: the ECB's file is imported once, a rate entered counts, each version is kept."""

import json
from datetime import date
from pathlib import Path

import pytest

from kassa.audit import store as audit_trail
from kassa.core.periods import Period
from kassa.reports.gather_facts import read_inputs
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console

ECB = (
    "Date,USD,JPY,\n2026-11-20,1.0562,160.12,\n2026-11-19,1.0551,N/A,\n1999-01-04,1.1789,133.73,\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text(ECB)
    return path


def test_a_file_is_imported_once_and_noted_in_the_trail(
    console: Console, stack: Stack, file: Path
) -> None:
    first = console.run("rates", "import", str(file))
    assert first.exit_code == 0, first.output
    assert "2 days of rates, 2026-11-19 to 2026-11-20: 1 months" in " ".join(first.stdout.split())
    assert "all of them were known" in " ".join(
        console.run("rates", "import", str(file)).stdout.split()
    )
    shown = json.loads(console.run("rates", "show", "2026-11-22", "--json").stdout)
    assert shown["USD"] == {"per_euro": "1.0562", "day": "2026-11-20", "source": "ECB"}
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert ['"operation":"exchange_rates.save"' in one for one in acts] == [True]


def test_a_rate_that_is_entered_counts_and_goes_into_the_next_manifest(
    console: Console, stack: Stack, file: Path
) -> None:
    console.run("rates", "import", str(file))
    entered = console.run("rates", "enter", "2026-11-20", "usd", "1.07", "--source", "My bank")
    assert entered.exit_code == 0, entered.output
    kept = read_inputs(Period.of(date(2026, 11, 21), "UTC"))
    assert kept["rates"]["USD"]["source"] == "My bank"
    assert kept["rates"]["JPY"]["per_euro"] == "160.12"
    assert (kept["language"], kept["currency"]) == ("en", "EUR")


@pytest.mark.parametrize(
    "wrong",
    [("EUR", "1"), ("XYZ", "1"), ("XXX", "1"), ("USD", "1,05"), ("USD", "-1"), ("USD", "0")],
)
def test_what_is_no_rate_is_no_argument(
    console: Console, stack: Stack, wrong: tuple[str, str]
) -> None:
    assert console.run("rates", "enter", "2026-11-20", *wrong, "--source", "x").exit_code == 2


def test_a_rate_has_a_source_and_a_day_that_has_come(console: Console, stack: Stack) -> None:
    unnamed = console.run("rates", "enter", "2026-11-20", "USD", "1.1", "--source", " ")
    assert (unnamed.exit_code, "say who states it" in unnamed.stderr) == (2, True)
    future = console.run("rates", "enter", "2026-11-22", "USD", "1.1", "--source", "My bank")
    assert (future.exit_code, "2026-11-22 is still to come" in future.output) == (1, True)
    assert "There is no rate" in console.run("rates", "show", "2026-11-22").stdout
    nowhere = console.run("rates", "import", "nofile.csv").output
    assert "nofile.csv can't be read: No such file or directory" in nowhere


def test_another_file_is_refused_by_its_line(console: Console, stack: Stack, file: Path) -> None:
    file.write_text("Date,USD\n2026-11-20,abc\n")
    refused = console.run("rates", "import", str(file))
    assert refused.exit_code == 1
    assert "line 2, USD: 'abc' is no rate" in " ".join(refused.output.split())
    assert "no rate on 2026-11-20" in console.run("rates", "show", "2026-11-20").stdout
