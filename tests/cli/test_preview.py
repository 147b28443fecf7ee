"""`kassa invoices preview`: what a designer types, and what is said where a draft is wrong."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from kassa.billing.typeset.typeset_document import LAYOUTS
from tests.support.pdf_text import plain, text_of
from tests.support.template import ROOT

# `draft` is for `kassa invoices create`, which knows the seller: test_invoice_drafts.py.
EXAMPLES = sorted(path for path in (ROOT / "docs/documents").glob("*.yaml") if path.stem != "draft")
INVOICE = ROOT / "docs/documents/invoice.yaml"


def preview(*args: object) -> Any:
    return CliRunner().invoke(app, ["invoices", "preview", *map(str, args)])


def changed(folder: Path, **fields: Any) -> Path:
    """Return the example's invoice with other fields; None takes one away."""
    content = yaml.safe_load(INVOICE.read_text()) | fields
    path = folder / "draft.yaml"
    path.write_text(yaml.safe_dump({name: one for name, one in content.items() if one is not None}))
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_becomes_a_pdf_and_pictures(example: Path, tmp_path: Path) -> None:
    result = preview(example, "--to", tmp_path / "a.pdf", "--png", "--json", "--number", "N-77")

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["pdf"], found["missing"]) == (f"{tmp_path}/a.pdf", [])
    assert found["pictures"][0] == f"{tmp_path}/a-1.png"
    assert "N-77" in text_of((tmp_path / "a.pdf").read_bytes())
    assert (tmp_path / "a-1.png").read_bytes().startswith(b"\x89PNG")


def test_every_mistake_is_named_by_its_field(tmp_path: Path) -> None:
    lines = [{"name": "Lamp", "unit_price_minor": 12.5, "tax": {"category": "S"}}]
    result = preview(changed(tmp_path, lines=lines, currency=None, colour="red"))

    assert result.exit_code == 1
    for field in ("currency", "lines[0].unit_price_minor", "lines[0].tax", "colour"):
        assert any(row.startswith(f"{field}: ") for row in result.stdout.splitlines())
    assert "draft.yaml has 4 mistakes" in result.stderr


def test_a_discount_of_more_than_there_is_says_where_it_stands(tmp_path: Path) -> None:
    result = preview(changed(tmp_path, adjustments=[{"amount_minor": 10**9, "reason": "Sale"}]))
    assert result.exit_code == 1
    assert "adjustments: discounts of more than there is" in result.stderr


def test_a_designers_own_layout_is_used(tmp_path: Path) -> None:
    mine = shutil.copytree(LAYOUTS, tmp_path / "mine")
    with (mine / "document.typ").open("a") as layout:
        layout.write("\nMade by hand.\n")

    assert preview(INVOICE, "--layout", mine, "--to", tmp_path / "a.pdf").exit_code == 0
    assert plain("Made by hand.") in text_of((tmp_path / "a.pdf").read_bytes())


def test_a_mistake_in_a_layout_is_shown_with_its_line(tmp_path: Path) -> None:
    mine = shutil.copytree(LAYOUTS, tmp_path / "mine")
    (mine / "document.typ").write_text('#import "common.typ": *\n#nobody-knows(1)\n')
    result = preview(INVOICE, "--layout", mine, "--to", tmp_path / "a.pdf")

    assert result.exit_code == 1
    assert "unknown variable: nobody-knows" in result.stderr
    assert "document.typ:2" in result.stderr


def test_a_folder_without_all_layouts_is_refused(tmp_path: Path) -> None:
    result = preview(INVOICE, "--layout", tmp_path)
    assert result.exit_code == 1
    assert "has no common.typ" in result.stderr


def test_the_merchants_look_is_data(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="4"><rect width="9" height="3"/>'
        "</svg>"
    )
    look = {"logo_file": "logo.svg", "accent": "#0d6b4f", "footer": "One footer", "closing": "Bye"}
    (tmp_path / "look.yaml").write_text(yaml.safe_dump(look))
    pdf = tmp_path / "a.pdf"

    assert preview(INVOICE, "--branding", tmp_path / "look.yaml", "--to", pdf).exit_code == 0
    assert plain("One footer") in text_of(pdf.read_bytes())
    assert "Bye" in text_of(pdf.read_bytes())


@pytest.mark.parametrize(
    ("look", "named"),
    [({"accent": "green"}, "accent: "), ({"logo_file": "nowhere.png"}, "logo_file: No such file")],
)
def test_a_wrong_look_names_its_field(look: dict[str, str], named: str, tmp_path: Path) -> None:
    (tmp_path / "look.yaml").write_text(yaml.safe_dump(look))
    result = preview(INVOICE, "--branding", tmp_path / "look.yaml", "--to", tmp_path / "a.pdf")
    assert result.exit_code == 1
    assert named in result.stderr


def test_what_no_font_has_is_reported(tmp_path: Path) -> None:
    result = preview(changed(tmp_path, note="A 😀"), "--to", tmp_path / "a.pdf")
    assert result.exit_code == 0
    assert "No font has 😀: 〓 stands there." in result.stdout
