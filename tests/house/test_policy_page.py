"""docs/refund-policy.md, held true: its output is printed again, its tables are the program's."""

import re
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bench.backtesting.history import write
from cli.main import app
from kassa.core.money import minor_digits
from kassa.platform import aws, clock
from kassa.refunds.policy.limits import _PER_REFUND, limits_of
from tests.support.fake_clock import FakeClock

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/refund-policy.md"
PRINTED = re.compile(r"<!-- kassa ([^\n]+) -->\n```text\n(.*?)```", re.DOTALL)
LAST_DAY, REQUESTS = date(2026, 11, 20), 12_000


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make up the page's history."""
    folder = tmp_path_factory.mktemp("history")
    write(folder, LAST_DAY, REQUESTS)
    return folder


def printed(command_args: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a command as on a terminal of a hundred columns; without the spaces at lines' ends."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(ROOT)
    clock.install(FakeClock(datetime(2026, 11, 21, 9, tzinfo=UTC)))
    try:
        result = CliRunner().invoke(app, command_args)
    finally:
        clock.install(None)
        aws.install({})
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.stdout.strip("\n").splitlines()) + "\n"


@pytest.mark.parametrize(("command", "output"), PRINTED.findall(PAGE.read_text()))
def test_the_page_shows_what_is_printed(
    command: str, output: str, history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_args = shlex.split(command.replace("flips.csv", str(tmp_path / "flips.csv")))
    if "try" in command_args:
        command_args += ["--archive", str(history)]
    printed_now = printed(command_args, monkeypatch)
    assert printed_now.replace(f"{tmp_path}/", "") == output


def test_what_the_page_says_of_the_output_stands_in_it() -> None:
    page = PAGE.read_text()
    output = " ".join(text for _, text in PRINTED.findall(page))
    quoted = [
        *re.findall(r"\*([Ii]t would[^*]+)\*", page),
        *re.findall(r"[\d,]+\.\d\d(?= EUR more)", page),
    ]
    assert len(quoted) == 3
    for command_args in quoted:
        assert " ".join(command_args.split()).lower() in output.lower(), command_args


def test_the_page_names_the_history_it_shows() -> None:
    command = f"bench.backtesting.history .kassa/history {LAST_DAY} {REQUESTS}"
    assert command in PAGE.read_text()


def test_the_policy_that_rules_flips_nothing_of_its_own_history(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_args = [
        "policy",
        "try",
        "docs/policies/current.yaml",
        "--until",
        str(LAST_DAY),
        "--json",
    ]
    printed_now = printed([*command_args, "--archive", str(history)], monkeypatch)
    assert '"requests": 12000' in printed_now
    assert '"flips": 0' in printed_now


def test_the_rule_on_the_page_is_the_new_policys() -> None:
    [shown] = re.findall(
        r"<!-- from policies/new.yaml -->\n```yaml\n(.*?)```", PAGE.read_text(), re.S
    )
    rules = yaml.safe_load((ROOT / "docs/policies/new.yaml").read_text())["rules"]
    assert yaml.safe_load(shown) == [rule for rule in rules if rule["id"] == "returning"]


@pytest.mark.parametrize("currency", _PER_REFUND)
def test_the_limits_on_the_page_are_those_of_the_code(currency: str) -> None:
    limits = (f"{limit // 10 ** minor_digits(currency):,}" for limit in limits_of(currency))
    assert f"| {currency} | {' | '.join(limits)} |" in PAGE.read_text()
