"""`kassa report language`: which one the reports that are closed from now on are written in."""

from datetime import date

from kassa.audit import store as audit_trail
from kassa.core.periods import Period
from kassa.reports.gather_facts import read_inputs
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console

DAY = Period.of(date(2026, 11, 21), "UTC")


def test_a_language_is_chosen_once_and_goes_into_the_next_manifest(
    console: Console, stack: Stack
) -> None:
    assert "written in en" in console.run("report", "language").stdout
    for tag in ("ja", "ja", "zh-Hant"):
        assert console.run("report", "language", tag).exit_code == 0
    assert read_inputs(DAY)["language"] == "zh-Hant"
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert len([one for one in acts if '"operation":"report_language.save"' in one]) == 2


def test_another_language_is_no_argument(console: Console, stack: Stack) -> None:
    refused = console.run("report", "language", "xx")
    assert refused.exit_code == 2
    assert "en, fi, ja, ru, th, zh-Hant" in " ".join(refused.output.split())
