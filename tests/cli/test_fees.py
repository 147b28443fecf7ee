"""`kassa fees`: contracts saved from a file, refused by their fields, tried on a payment."""

import json
from pathlib import Path

import pytest

from kassa.audit import store as audit_trail
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console


@pytest.fixture
def file(console: Console, stack: Stack, tmp_path: Path) -> str:
    path = tmp_path / "contracts.yaml"
    path.write_text(console.run("fees", "example").stdout)
    return str(path)


def test_the_example_has_no_mistake_and_is_saved_once(console: Console, file: str) -> None:
    checked = console.run("fees", "check", file)
    saved, again = (console.run("fees", "save", file) for _ in range(2))

    assert (checked.exit_code, checked.stdout) == (0, "2 contracts with 4 lines, and no mistake.\n")
    assert (saved.exit_code, saved.stdout) == (0, "Version 1 is saved: 2 contracts.\n")
    assert again.stdout == "The newest version says the same already; nothing was saved.\n"
    (act,) = (one.content for one in audit_trail.items(NOW.date()))
    assert '"operation":"fee_contracts.save"' in act


def test_what_was_saved_is_shown(console: Console, file: str) -> None:
    nothing = console.run("fees", "show").stdout
    console.run("fees", "save", file)
    shown = console.run("fees", "show").stdout
    as_json = json.loads(console.run("fees", "show", "--json").stdout)

    assert nothing.startswith("No contracts are saved:")
    assert shown.startswith("Version 1, saved 2026-11-21 09:00:00 UTC.")
    assert "card (domestic, eea)" in shown
    assert "1.1 % + 0.11 EUR" in shown
    assert (as_json["version"], len(as_json["contracts"])) == (1, 2)


def test_every_mistake_is_a_line(console: Console, file: str) -> None:
    path = Path(file)
    path.write_text(path.read_text().replace('"2.9"', "2.9").replace("adyen", "nobody"))
    refused = console.run("fees", "save", file)

    assert refused.exit_code == 1
    assert "contracts[0].fees[0].percent: must be a whole number or a decimal" in refused.output
    assert "has a mistake" in refused.output


@pytest.mark.parametrize(
    ("words", "fees"),
    [
        (["--region", "domestic"], {"stripe/main": 175, "adyen/main": 121}),
        (["--region", "international"], {"stripe/main": 350, "adyen/main": 121}),
        (["--brand", "amex"], {"stripe/main": 315, "adyen/main": 121}),
        (["--method", "wallet"], {"stripe/main": None, "adyen/main": None}),
        (["--on", "2025-12-31"], {"stripe/main": None, "adyen/main": None}),
    ],
)
def test_a_payment_is_tried(
    console: Console, file: str, words: list[str], fees: dict[str, int | None]
) -> None:
    paid = ["--amount", "100.00", "--currency", "eur"]
    tried = console.run("fees", "try", file, *paid, *words)
    as_json = json.loads(console.run("fees", "try", file, *paid, *words, "--json").stdout)

    assert tried.exit_code == 0
    assert as_json["fee_minor"] == fees
    for fee in fees.values():
        assert (f"{fee / 100:.2f} EUR" if fee else "–") in tried.stdout
