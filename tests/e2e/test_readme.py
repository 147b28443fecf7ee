"""README is true: a run prints what it shows, and the commands it names do what they say."""

import re
import shlex
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.main import app
from cli.up import summary
from infra.demo.result import Result
from infra.stack import Stack
from tests.support.template import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PASSED = re.findall(r"^=+ (\d+) passed", README, re.MULTILINE)  # by the last lines of `make test`
STEP = re.compile(r"^ *[\d.]+ s  ")  # progress, which a summary doesn't repeat
ACTS = {  # change something; each has tests of its own
    *("kassa gateways connect", "kassa refunds approve", "kassa refunds resolve"),
    *("kassa policy save", "kassa orders resolve", "kassa dlq redrive", "kassa keys create"),
    *("kassa events resend", "kassa payments enter", "kassa payments import"),
    *("kassa orders send-link", "kassa webhooks add", "kassa report window"),
    "kassa customers export",  # which writes files
    "kassa report prove",  # of what is closed alone: tests/e2e/test_proofs.py
}


def masked(line: str) -> str:
    """Return a line without what differs from run to run."""
    line = re.sub(r"\S*(?=(invoices|reports)/)", "", line)
    line = re.sub(r"\b(pi|evt|rr|mp)_\w+", r"\1_ID", line)
    line = re.sub(r"/console/open/\S+", "/console/open/token", line)
    line = re.sub(r"\S*/\$default/", "URL/", line)
    return " ".join(re.sub(r"[\d.,:-]*\d[\d.,:-]*|─+", "#", line).split())


def block(first: str) -> list[str]:
    """Return the lines of the block that begins so."""
    (found,) = (one for one in BLOCKS if one.startswith(first))
    return found.splitlines()


def commands() -> list[str]:
    """Return every `kassa` line of the section on the command line."""
    (found,) = (one for one in BLOCKS if one.startswith("kassa "))
    return [shlex.join(shlex.split(line, comments=True)) for line in found.splitlines()]


READS = [one for one in commands() if not any(one.startswith(act) for act in ACTS)]


def test_a_run_prints_what_readme_shows(result: Result, stack: Stack) -> None:
    screen = Console(file=StringIO(), width=80, highlight=False)
    summary.show(result, [], screen)
    link = f"{stack.base_url}/console/open/token"
    summary.show_addresses(stack, link, screen)
    assert isinstance(screen.file, StringIO)
    printed = {masked(line) for line in screen.file.getvalue().splitlines()}

    shown = [line for line in block("$ make run\n")[1:] if not STEP.match(line)]

    assert len(shown) >= 40
    assert [line for line in shown if masked(line) not in printed] == []


@pytest.mark.parametrize("command", READS)
def test_a_command_of_readme_does_what_it_says(
    command: str, result: Result, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    refunded = next(one for one in result.orders if one.refund_request_id)
    named = {
        "EVENT_ID": result.books.events[0].event_id,
        "PAYMENT_ID": str(result.orders[0].payment_id),
        "ORDER_ID": next(one.order.order_id for one in result.orders if one.order.method),
        "INVOICE_NUMBER": result.invoices[0].stem,
        "REFUND_REQUEST_ID": str(refunded.refund_request_id),
        "policy.yaml": str(ROOT / "docs/policies/new.yaml"),
        "docs/mappings/example.yaml": str(ROOT / "docs/mappings/example.yaml"),
        "2026-11-21": result.report[0].parent.name,
        "--open": "--json",
    }
    args = [named.get(word, word) for word in shlex.split(command)[1:]]
    monkeypatch.setenv("COLUMNS", "80")

    answer = CliRunner().invoke(app, args)

    assert answer.exit_code == 0, f"{command}: {answer.output}"
    assert answer.output.strip()


def test_what_isnt_run_here_is_named_by_readme() -> None:
    assert [act for act in ACTS if not any(one.startswith(act) for one in commands())] == []
    assert len(READS) >= 15


def test_readme_says_how_many_of_these_tests_there_are(request: pytest.FixtureRequest) -> None:
    stated, there = int(PASSED[-1]), len(request.session.items)
    if there < stated / 2:
        pytest.skip("only a run of all tests can say how many there are")

    assert abs(there - stated) <= stated / 10, f"tell in README's `make test` of {there}"
