"""The demo on real traffic: what `kassa up --once` does and exits by."""

import json

from typer.testing import CliRunner

from cli.main import app
from infra.demo.checks.check import problems
from infra.demo.result import Result
from infra.stack import Stack
from tests.e2e.processes import LOOPBACK, in_sessions, listeners


def test_every_sale_is_booked_invoiced_and_reported(result: Result) -> None:
    assert problems(result) == []


def test_invoices_are_pdfs_numbered_without_a_gap(result: Result) -> None:
    numbers = [int("".join(filter(str.isdigit, path.stem))[-6:]) for path in result.invoices]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers)))
    assert all(path.read_bytes().startswith(b"%PDF-") for path in result.invoices)


def test_status_shows_another_terminal_where_kassa_runs(stack: Stack) -> None:
    answer = CliRunner().invoke(app, ["status", "--json", "--reveal"])
    assert answer.exit_code == 0
    shown = json.loads(answer.stdout)
    hidden = CliRunner().invoke(app, ["status"]).stdout
    assert stack.webhook_url("stripe") in hidden
    assert stack.secrets["stripe"] not in hidden
    assert shown["webhooks"]["stripe"] == stack.webhook_url("stripe")
    assert shown["secrets"]["stripe"] == stack.secrets["stripe"]
    assert (shown["table"], shown["bucket"]) == (stack.table, stack.bucket)
    assert (shown["gateway"], shown["gateway_url"]) == ("stripe", stack.gateway_url)


def test_nothing_listens_but_on_loopback(stack: Stack, result: Result) -> None:
    ours = in_sessions({stack.pids["emulator"], stack.pids["gateway-stripe"]})
    found = listeners(ours)
    assert len(found) >= 2
    assert [each for each in found if each[0] not in LOOPBACK] == []
