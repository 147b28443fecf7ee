"""`kassa report assume`: minutes and hours that go into the next manifest, each change audited."""

from datetime import date

import pytest

from kassa.audit import store as audit_trail
from kassa.core.periods import Period
from kassa.reports.contents import inputs_of
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console

DAY = Period.of(date(2026, 11, 21), "UTC")


def test_what_is_assumed_goes_into_the_next_manifest_and_is_audited(
    console: Console, stack: Stack
) -> None:
    assert "invoice: 4 minutes (Kassa's guess)" in console.run("report", "assume").stdout
    assert "automation" not in inputs_of(DAY)

    given = ("--minutes", "invoice=7", "--decision-hours", "30")
    said = console.run("report", "assume", *given)
    assert "invoice: 7 minutes\n" in said.stdout
    assert "refunds until decision before Kassa: 30 hours" in said.stdout
    console.run("report", "assume", *given)
    console.run("report", "assume", "--bank-hours", "90")

    kept = inputs_of(DAY)["automation"]
    assert kept == {"version": 2, "minutes": {"invoice": 7}, "decision_hours": 30, "bank_hours": 90}
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert len([one for one in acts if '"operation":"report_assumptions.save"' in one]) == 2


@pytest.mark.parametrize(
    "given", [("--minutes", "invoice"), ("--minutes", "lunch=60"), ("--minutes", "invoice=9999"),
              ("--decision-hours", "-1")],
)  # fmt: skip
def test_what_can_not_be_assumed_is_refused(
    console: Console, stack: Stack, given: tuple[str, ...]
) -> None:
    refused = console.run("report", "assume", *given)

    assert refused.exit_code == 2
    assert "automation" not in inputs_of(DAY)


def test_a_support_case_is_noted_and_listed(console: Console) -> None:
    given = ("stripe", "SUP-1", "--opened-on", "2026-11-03", "--about", "A payout came late")
    assert "SUP-1 is noted" in console.run("gateways", "cases", "note", *given).stdout
    console.run("gateways", "cases", "note", *given, "--answered-after", "26")

    (case,) = console.json("gateways", "cases", "list", "2026-11")["cases"]
    assert (case["case_id"], case["hours_to_answer"], case["version"]) == ("SUP-1", 26, 2)
    assert "was noted" in console.run("gateways", "cases", "list", "2026-10").stdout
    shown = console.run("gateways", "cases", "list", "2026-11").stdout
    assert "stripe/main" in shown
    assert "26 h" in shown
    assert console.run("gateways", "cases", "list", "November").exit_code == 2


def test_a_day_that_is_written_otherwise_is_refused_with_one_as_it_is_written(
    console: Console,
) -> None:
    given = ("stripe", "SUP-1", "--opened-on", "03.11.2026", "--about", "A payout came late")
    refused = console.run("gateways", "cases", "note", *given)

    assert refused.exit_code == 2
    assert "'03.11.2026' isn't written as 2026-11-21" in refused.output
