"""`kassa` starts quickly, names wrong arguments in one line, and stops when told to."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import stripe
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cli.main import Kassa, app
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.registry import GATEWAYS
from kassa.gateways.stripe import client
from kassa.platform.secrets import ApiAccess

ROOT = Path(__file__).parents[2]
HEAVY = {
    *("boto3", "botocore", "pydantic", "duckdb", "typst", "stripe", "httpx", "yaml", "kassa"),
    *("aws_lambda_powertools", "rich", "asyncio"),
}
LISTED = "import sys, json; from cli.main import app\n"
ENDED = "\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def imported(*arguments: str) -> set[str]:
    """Return what is imported by a run of `kassa`, in a process of its own."""
    program = f"{LISTED}try: app({list(arguments)!r})\nexcept SystemExit: pass{ENDED}"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(result.stderr.splitlines()[-1]))


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_list_of_commands_imports_nothing_heavy(option: str) -> None:
    found = imported(option)

    assert found & HEAVY == set()
    assert len(found) < 200  # Python and typer alone


@pytest.mark.parametrize("arguments", [["nope"], ["status"], ["status", "--help"]])
def test_neither_do_wrong_arguments_nor_a_look_at_what_runs_here(arguments: list[str]) -> None:
    assert imported(*arguments) & HEAVY - {"pydantic", "rich"} == set()  # of typer


def test_every_command_of_the_list_exists_and_is_listed_alike() -> None:
    shown = run("--help").stdout

    for name, (path, line) in Kassa.commands_by_name.items():
        module = import_module(f"cli.{path}")
        assert hasattr(module, "app") or hasattr(module, "command")
        assert run(name, "--help").exit_code == 0
        assert " ".join(line.split()[:4]) in shown


def test_no_line_of_the_list_of_commands_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("--help").output.splitlines()

    assert [line for line in lines if line.endswith("...") and "Usage" not in line] == []


def test_the_version_is_the_projects() -> None:
    result = run("--version")

    assert result.exit_code == 0
    assert (
        f'version = "{result.stdout.removeprefix("kassa ").strip()}"'
        in (ROOT / "pyproject.toml").read_text()
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frob"], "No such command 'frob'"),
        (["evnts"], "Did you mean 'events'"),
        (["events", "lst"], "Did you mean 'list'"),
        (["events", "list", "--day", "yesterday"], "'--day'"),
        (["events", "list", "--limit", "0"], "'--limit'"),
        (["up", "--port", "99999"], "65535"),
        (["up", "--port", "-1"], "'--port'"),
        (["up", "--port", "4566", "--gateway-port", "4566"], "choose another"),
        (["up", "--gateway", "all", "--port", "8424"], f"8420 to {8419 + len(GATEWAYS)}"),
        (["up", "--gateway", "all", "--gateway-port", "65534"], f"{65536 - len(GATEWAYS)} at most"),
        (["refunds", "show"], "Missing argument"),
    ],
)
def test_arguments_that_are_wrong_are_reported_in_one_line(
    arguments: list[str], message: str
) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    [line] = result.stderr.strip().splitlines()
    assert line.startswith("kassa: ")
    assert message in line
    assert line.endswith("--help' shows how")


def test_without_colour_and_terminal_nothing_but_text_is_printed() -> None:
    environment = os.environ | {"NO_COLOR": "1", "TERM": "dumb"}
    program = "from cli.main import app; app()"
    result = subprocess.run(
        [sys.executable, "-c", program, "--help"], cwd=ROOT, env=environment, capture_output=True
    )

    assert b"\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize("after_s", [0.15, 0.5, 1.0])
def test_ctrl_c_is_no_error_however_early(after_s: float, tmp_path: Path) -> None:
    start = (ROOT / "infra" / "setup.sh").read_text().partition("<<START\n")[2]
    program = start.partition("START\n")[0].replace("$PWD", str(ROOT))
    environment = os.environ | {"KASSA_STATE": str(tmp_path / "stack.json")}
    kassa = subprocess.Popen(
        [sys.executable, "-c", program, "policy", "try", "/dev/stdin", "--last", "9999d"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(after_s)
    kassa.send_signal(signal.SIGINT)
    _, errors = kassa.communicate(timeout=30)

    assert kassa.returncode in (130, -signal.SIGINT)  # a shell shows both as 130
    assert errors in ("", "kassa: stopped\n")


class Nowhere:
    """CloudFormation, asked for a stack that isn't there."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def get_paginator(self, name: str) -> Any:
        error = {"Code": "ValidationError", "Message": "Stack with id nope does not exist"}
        raise ClientError({"Error": error}, name)


@pytest.mark.parametrize(
    "arguments", [["status"], ["doctor"], ["status", "--json"], ["events", "list"]]
)
def test_a_stack_that_is_not_there_is_never_taken_for_the_one_here(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "client", lambda service: Nowhere())

    result = run("--stack", "nope", *arguments)

    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert "there is no stack nope in eu-west-1" in line


def test_a_stack_without_a_region_or_credentials_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    result = run("--stack", "nope", "doctor")

    assert result.exit_code == 1
    assert "AWS_REGION" in result.stderr


def test_stripes_client_writes_nothing_into_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stripe import _telemetry_id

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(_telemetry_id, "_loaded", False)
    monkeypatch.setattr(client, "_RETRIES", 0)
    access = ApiAccess(merchant_id="main", api_key="sk_test_1", api_base="http://127.0.0.1:9")

    with pytest.raises(GatewayUnavailable):
        client.called(client.of.__wrapped__(access).v1.balance.retrieve)

    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(stripe, "enable_telemetry", True)
    with pytest.raises(GatewayUnavailable):
        client.called(client.of.__wrapped__(access).v1.balance.retrieve)
    assert list(tmp_path.iterdir()) != []  # it would have, so that this test can fail


def test_whoever_imports_stripes_client_turns_its_telemetry_off() -> None:
    rooms = ("cli", "functions", "infra", "layers")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    users = [path for path in files if "\nimport stripe\n" in path.read_text()]

    assert len(users) > 2
    assert [p for p in users if "\nstripe.enable_telemetry = False" not in p.read_text()] == []
