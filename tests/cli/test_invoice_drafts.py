"""`kassa invoices create`: a draft in a file becomes an invoice, by the API."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.issue_invoice.app import lambda_handler as issue
from tests.support.aws_stack import Context
from tests.support.console import Console, in_the_cloud
from tests.support.console import console as console
from tests.support.pdf_text import plain, text_of
from tests.support.refund_stage import http_event
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.template import ROOT

DRAFT = ROOT / "docs" / "documents" / "draft.yaml"


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the real handler behind the API's address."""
    monkeypatch.setenv("KASSA_API_KEY", "kassa_anna")
    monkeypatch.setenv("COLUMNS", "80")

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"], headers=options["headers"])
        event = http_event(f"{method} {request.url.path}", request.content.decode(), "anna")
        with in_the_cloud(), redirect_stdout(StringIO()):  # its logs aren't the command's
            response = issue(event, Context())
        return httpx.Response(response["statusCode"], content=response["body"], request=request)

    monkeypatch.setattr(httpx, "request", answer)


def test_the_draft_of_the_docs_becomes_an_invoice_once(console: Console) -> None:
    first = console.run("invoices", "create", str(DRAFT))
    again = console.run("invoices", "create", str(DRAFT))

    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout
    lines = first.stdout.splitlines()
    assert lines == [
        "2026-00000001 is open: 847.13 EUR to be paid, due on 2026-12-05.",
        "'kassa invoices open 2026-00000001' shows it.",
    ]
    assert console.json("invoices", "create", str(DRAFT))["number"] == "2026-00000001"
    assert "847.13 EUR" in console.run("invoices", "list").stdout
    shown = console.run("invoices", "show", "2026-00000001").stdout.splitlines()
    assert {"Owed: 847.13 EUR", "Due on: 2026-12-05", "Customer: customer-77"} <= set(shown)


def test_a_draft_is_looked_at_before_a_number_is_spent(console: Console, tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    looked_at = console.run("invoices", "preview", str(DRAFT), "--to", str(pdf))

    assert looked_at.exit_code == 0, looked_at.output
    text = plain(text_of(pdf.read_bytes()))
    for part in ("Example Buyer Oy", "Esimerkkikatu 1", "847,13"):
        assert plain(part) in text
    assert "There is no such invoice." in console.run("invoices", "list").stdout


def test_a_draft_that_would_be_refused_is_no_document_to_look_at(
    console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(DRAFT.read_text().replace("unit: HUR", "unit: hours"))
    assert "lines[0].unit: " in console.refused("invoices", "preview", str(file))

    early = DRAFT.read_text().replace("payment_terms_days: 14", "due_on: 2026-01-01")
    file.write_text(early)
    assert "due_on: lies before" in console.refused("invoices", "preview", str(file))


def test_a_mistake_in_a_draft_is_named_by_its_field(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(DRAFT.read_text().replace("unit: HUR", "unit: hours"))

    assert console.refused("invoices", "create", str(file)).startswith("kassa: lines.0.unit: ")


def test_a_file_that_holds_no_draft_is_refused(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("[1, 2]")

    assert "holds no draft" in console.refused("invoices", "create", str(file))


def test_a_day_that_is_none_is_named_by_its_line(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text("currency: EUR\ndue_on: 2026-13-05\n")

    assert "line 2: 2026-13-05 is no day" in console.refused("invoices", "create", str(file))
