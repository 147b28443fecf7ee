"""`kassa seller`: who sells, saved from a file, refused by its field, warned of by its rule."""

import json
from pathlib import Path

import pytest

from kassa.audit import store as audit_trail
from kassa.billing.seller.store import Sellers
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.sellers import LOGO


@pytest.fixture
def file(console: Console, stack: Stack, tmp_path: Path) -> Path:
    path = tmp_path / "seller.yaml"
    path.write_text(console.run("seller", "example").stdout)
    (tmp_path / "logo.svg").write_bytes(LOGO)
    return path


def changed(file: Path, was: str, becomes: str) -> str:
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, becomes))
    return str(file)


def test_the_example_is_a_seller_that_lacks_nothing(
    console: Console, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    saved = console.run("seller", "save", str(file))

    assert (saved.exit_code, saved.stdout) == (
        0,
        "Version 1 is saved; documents made from now on have it.\n",
    )
    assert "seller saved" not in caplog.text  # the log isn't among what the command prints
    (act,) = (one.content for one in audit_trail.items(NOW.date()))
    assert '"operation":"seller.save"' in act


def test_what_was_saved_is_shown(console: Console, file: Path) -> None:
    console.run("seller", "save", changed(file, "# logo_file", "logo_file"))
    lines = console.run("seller", "show").stdout.splitlines()
    as_json = json.loads(console.run("seller", "show", "--json").stdout)

    assert lines[0] == "Version 1, saved 2026-11-21 09:00:00 UTC."
    assert "Example Shop Oy" in lines
    assert "Accounts: FI21 1234 5600 0007 85" in lines
    assert f"Logo: SVG, {len(LOGO)} bytes" in lines
    assert (as_json["version"], as_json["party"]["tax_id"]) == (1, "FI01120389")


def test_what_is_saved_twice_is_one_version(console: Console, file: Path) -> None:
    console.run("seller", "save", str(file))
    again = console.run("seller", "save", str(file))

    assert again.stdout == "The newest version says the same already; nothing was saved.\n"


def test_what_electronic_invoices_will_lack_is_said(console: Console, file: Path) -> None:
    saved = console.run("seller", "save", changed(file, "# profile: peppol", "profile: peppol"))

    assert saved.exit_code == 0
    assert "Electronic invoices (peppol) will lack:" in saved.stdout
    assert "party.endpoint: Give the seller's address in the network" in saved.stdout
    assert "[PEPPOL-EN16931-R020]" in saved.stdout


def test_a_mistyped_number_is_refused_by_its_field(console: Console, file: Path) -> None:
    saved = console.run("seller", "save", changed(file, "0007 85", "0007 86"))

    assert saved.exit_code == 1
    assert "bank_accounts.0.account: Check the IBAN" in saved.output
    assert Sellers("main").newest() is None


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("country: FI ", "country: Finland ", "party.address.country"),
        ("rounding: half_up", "rounding: up", "rounding"),
        ("# logo_file: logo.svg", "logo_file: none.svg", "logo_file: No such file"),
        ("payment_terms_days: 14", "payment_days: 14", "payment_days"),
    ],
)
def test_a_malformed_file_is_refused_by_its_field(
    console: Console, file: Path, was: str, becomes: str, named: str
) -> None:
    saved = console.run("seller", "save", changed(file, was, becomes))

    assert saved.exit_code == 1
    assert named in saved.output


def test_a_logo_of_more_than_a_hundred_kilobytes_is_refused(console: Console, file: Path) -> None:
    (file.parent / "logo.svg").write_bytes(LOGO + b" " * 100_000)
    saved = console.run("seller", "save", changed(file, "# logo_file", "logo_file"))

    assert (saved.exit_code, "branding.logo" in saved.output) == (1, True)


def test_where_nobody_said_who_sells_one_is_told_how(console: Console, file: Path) -> None:
    nobody = console.run("seller", "show")

    assert (nobody.exit_code, "kassa seller save" in nobody.output) == (1, True)
