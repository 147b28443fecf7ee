"""What `kassa up` prints in the end: readable on eighty columns, honest about what is off."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

from rich.console import Console

from cli.up import summary
from infra.demo.result import Result
from kassa.refunds.lifecycle.lifecycle import RequestState, Step, Why
from tests.support.builders import NOW
from tests.support.one_gateway_results import AS_EXPECTED, PAID, lived
from tests.support.refund_cases import a_change, a_lifecycle

SENT = (a_change(Step.APPROVED), a_change(Step.SUBMITTED, at=NOW + timedelta(milliseconds=1234)))


def printed(result: Result, wrong: list[str] | None = None) -> str:
    """Return what is shown on a terminal of eighty columns."""
    screen = Console(file=StringIO(), width=80, highlight=False)
    summary.show(result, wrong or [], screen)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


def line(of: str, result: Result) -> str:
    """Return the one line that holds a word, its cells parted by single blanks."""
    found = [each for each in printed(result).splitlines() if of in each]
    assert len(found) == 1, found
    return " ".join(found[0].split())


def result_in(state: RequestState, why: Why) -> Result:
    return lived(a_lifecycle(state, changes=(a_change(Step.ESCALATED, why=why),)))


def test_a_refund_shows_what_was_decided_and_how_soon_it_was_submitted() -> None:
    result = lived(PAID.model_copy(update={"changes": SENT, "approvals": ("a", "b")}))

    shown = line("1,234 ms", result)
    assert shown.startswith("order-3 60.00 EUR approve R1 paid, 2 approved")
    assert line("409", result).endswith("600.00 EUR 409 headroom 500.00 EUR left")
    assert line("by hand", result).endswith("5.00 EUR by hand booked")


def test_a_refund_that_went_to_a_person_says_why() -> None:
    assert line("stopped: disputed", result_in(RequestState.ESCALATED, Why.DISPUTE))
    assert line("reopened: failed", result_in(RequestState.ESCALATED, Why.FAILED))


def test_the_ledger_says_where_fees_come_from_and_what_the_gateway_holds() -> None:
    shown = printed(AS_EXPECTED)
    assert "fees: 2.9 % and 0.30 a payment" in shown
    assert "payment by payment: 367.00 EUR held" in shown


def test_without_refunds_there_is_no_line_of_them() -> None:
    shown = printed(replace(AS_EXPECTED, scenario=replace(AS_EXPECTED.scenario, policy=None)))
    assert "Refunds" not in shown


def test_what_is_wrong_is_shown_in_the_end_and_nothing_is_called_fine() -> None:
    shown = printed(AS_EXPECTED, ["EUR sums to 1, not to zero"])
    assert shown.rstrip().endswith("✗ EUR sums to 1, not to zero")
    assert not any(line.startswith("✓") for line in shown.splitlines())
