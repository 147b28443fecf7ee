"""Reports of many currencies at a terminal's 80 columns: no number is ever folded."""

import re
from datetime import UTC, datetime

import pytest

from kassa.archive import quarter_store
from kassa.archive.archive_facts import archive_facts
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import captured

FIVE = ("EUR", "GBP", "USD", "CHF", "THB")
ELEVEN = (*FIVE, "SEK", "NOK", "DKK", "PLN", "CZK", "AUD")
LARGE, SMALL = 1_234_567_89, 12_34


@pytest.mark.parametrize("command", [("today",), ("daily", "2026-11-21"), ("monthly", "2026-11")])
@pytest.mark.parametrize(("currencies", "minor"), [(FIVE, LARGE), (ELEVEN, SMALL)])
def test_currencies_that_do_not_fit_beside_each_other_stand_below(
    currencies: tuple[str, ...],
    minor: int,
    command: tuple[str, ...],
    console: Console,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    quarter_store._tally.cache_clear()
    fake_clock.at = datetime.combine(NOW.date(), NOW.time(), UTC)
    archive_facts([captured(f"pi_{one}", NOW, (minor, one)) for one in currencies])

    shown = console.run("report", *command)

    assert shown.exit_code == 0, shown.output
    screen = [line for line in shown.stdout.splitlines() if "/reports/" not in line]
    assert all(len(line) <= 80 for line in screen)
    figures = "\n".join(screen).split("By gateway")[0]
    gross = [line for line in figures.splitlines() if line.strip().startswith("gross")]
    written = f"{minor / 100:,.2f}"
    assert [cell for line in gross for cell in line.split()[1:]] == [written] * len(currencies)
    assert all(one in re.findall(r"\b[A-Z]{3}\b", figures) for one in currencies)
