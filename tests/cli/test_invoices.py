"""`kassa invoices`: a void, a certificate and its verification, as an operator sees them."""

import json
from pathlib import Path

import pytest

from functions.generate_invoice.app import lambda_handler as generate_invoice
from kassa.audit import store as audit_trail
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import issue_document, store_documents
from kassa.billing.numbering.record import Statement, content_digest
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import SHOP
from tests.support.invoices import fact_batch, invoice_documents, order_captured

FIRST = "2026-00000001"


@pytest.fixture
def shop(console: Console, stack: Stack) -> Console:
    aws.install({})
    generate_invoice(fact_batch(order_captured(1), order_captured(2)), Context())
    return console


def certificate(shop: Console, path: Path, *args: str) -> Path:
    result = shop.run("invoices", "certificate", "--series", "2026", *args)
    assert result.exit_code == 0, result.output
    path.write_text(result.stdout)
    return path


def test_a_void_says_who_and_why_and_a_second_one_changes_nothing(shop: Console) -> None:
    first = shop.run("invoices", "void", FIRST, "--reason", "issued twice")
    second = shop.run("invoices", "void", FIRST, "--reason", "another")

    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    lines = first.stdout.splitlines()
    assert lines[0] == "2026-00000001 is void since 2026-11-21 09:00:00 UTC."
    assert lines[1].startswith("By arn:aws:")
    assert lines[1].endswith(": issued twice")
    [act] = audit_trail.items(NOW.date())
    assert '"operation":"invoice.void"' in act.content


@pytest.mark.parametrize(
    ("number", "reason", "line"),
    [
        ("2026-00000003", "why", "kassa: no document 2026-00000003 was issued"),
        ("7", "why", "kassa: number '7': give it as printed, as 2026-00000001"),
        (FIRST, " ", "kassa: reason: say why, in 500 characters at most"),
    ],
)
def test_what_cannot_be_void_is_said_in_one_line(
    shop: Console, number: str, reason: str, line: str
) -> None:
    assert shop.refused("invoices", "void", number, "--reason", reason) == line


def test_a_certificate_is_verified_without_a_stack(
    shop: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("invoices", "void", FIRST, "--reason", "issued twice")
    file = certificate(shop, tmp_path / "2026.jsonl")
    monkeypatch.setenv("KASSA_STATE", str(tmp_path / "nowhere.json"))
    aws.install({"dynamodb": None, "s3": None})
    result = shop.run("invoices", "verify", str(file))

    assert result.exit_code == 0, result.output
    last_hash = json.loads(file.read_text().splitlines()[0])["last_hash"]
    assert result.stdout.splitlines() == [
        "The certificate is whole: series 2026, numbers 1 to 2.",
        "1 void, 0 documents compared.",
        f"Last hash: {last_hash}",
    ]
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_a_certificate_that_was_changed_names_the_number_and_why(
    shop: Console, tmp_path: Path
) -> None:
    file = certificate(shop, tmp_path / "2026.jsonl")
    file.write_text(file.read_text().replace('"gross_minor": 10000', '"gross_minor": 10001', 1))
    result = shop.run("invoices", "verify", str(file))

    assert result.exit_code == 1
    assert result.stdout == (
        "The certificate is not whole: 2026-00000001 was changed: it isn't what its hash says.\n"
    )
    answer = shop.json_of(1, "invoices", "verify", str(file))
    assert answer["broken"]["number"] == FIRST


def test_what_is_no_certificate_ends_with_2(console: Console, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xfe%PDF")
    for name in ("file", "nowhere"):
        result = console.run("invoices", "verify", str(tmp_path / name))
        assert result.exit_code == 2, result.output
        assert len(result.stderr.splitlines()) == 1


def test_documents_of_a_folder_are_compared(shop: Console, stack: Stack, tmp_path: Path) -> None:
    file = certificate(shop, tmp_path / "2026.jsonl")
    folder = tmp_path / "documents"
    for key, body in invoice_documents(stack).items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    whole = shop.json("invoices", "verify", str(file), "--documents", str(folder))
    assert whole["documents"] == 2

    path.write_bytes(b"%PDF another")
    result = shop.run("invoices", "verify", str(file), "--documents", str(folder))
    assert result.exit_code == 1
    assert "has another 2026-00000002.pdf in the folder than was issued" in result.stdout


def test_credit_notes_have_a_certificate_of_their_own(
    shop: Console, tmp_path: Path, stack: Stack
) -> None:
    content = {"buyer": "Beispiel GmbH"}
    statement = Statement(
        kind=DocumentKind.CREDIT_NOTE,
        source_id="refund:1",
        currency="EUR",
        gross_minor=5_00,
        preceding=FIRST,
        content_sha256=content_digest({"content": content}),
    )
    document = issue_document(statement, SHOP, lambda: 30.0)
    store_documents(document, content, {"pdf": b"%PDF", "xml": b"<CreditNote/>"})
    file = certificate(shop, tmp_path / "notes.jsonl", "--kind", "credit_note")

    [head, line, end] = [json.loads(one) for one in file.read_text().splitlines()]
    assert (head["series"], head["kind"]) == ("CN-2026", "credit_note")
    assert (line["printed"], line["entry"]["preceding"]) == ("CN-2026-00000001", FIRST)
    assert line["documents"].keys() == {"json", "pdf", "xml"}
    assert end["sums"] == {"EUR": {"gross_minor": 500, "tax_minor": 0}}
    assert "Beispiel" not in file.read_text()
    assert shop.json("invoices", "verify", str(file))["numbers"] == 1
    same = shop.run("invoices", "certificate", "--series", "CN-2026").stdout.splitlines()
    assert same[1:] == file.read_text().splitlines()[1:]


def test_a_year_without_numbers_has_an_empty_certificate(shop: Console, tmp_path: Path) -> None:
    result = shop.run("invoices", "certificate", "--series", "2027")
    (tmp_path / "2027.jsonl").write_text(result.stdout)
    verified = shop.run("invoices", "verify", str(tmp_path / "2027.jsonl"))

    assert verified.exit_code == 0
    assert "series 2027, numbers none yet." in verified.stdout


def test_a_series_that_cannot_be_is_refused(shop: Console) -> None:
    line = shop.refused("invoices", "certificate", "--series", "26")
    assert line.startswith("kassa: series '26': a year behind its kind's prefix")


def test_documents_are_listed_in_80_columns(shop: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run("invoices", "void", FIRST, "--reason", "issued twice")
    monkeypatch.setenv("COLUMNS", "80")
    result = shop.run("invoices", "list")

    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines() if "2026-0000000" in line]
    assert rows == [
        ["2026-00000002", "2026-11-21", "–", "paid", "100.00", "EUR", "–"],
        [FIRST, "2026-11-21", "–", "void", "100.00", "EUR", "–"],
    ]
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    answer = shop.json("invoices", "list", "--state", "paid", "--from", "2026-11-21")
    assert [one["number"] for one in answer["invoices"]] == ["2026-00000002"]
    assert (
        "There is no such credit note."
        in shop.run("invoices", "list", "--kind", "credit_note").stdout
    )


def test_a_document_is_shown_with_what_became_of_it(shop: Console) -> None:
    shop.run("invoices", "void", FIRST, "--reason", "issued [twice]")
    lines = shop.run("invoices", "show", FIRST).stdout.splitlines()

    assert lines[:2] == [f"{FIRST}, invoice: void", "100.00 EUR, issued on 2026-11-21"]
    assert "Payment: stripe/main/pi_1" in lines
    assert lines[-1] == "  issued [twice]"
    assert shop.json("invoices", "show", FIRST)["state"] == "void"
    assert shop.refused("invoices", "show", "2026-00000009").endswith("was issued")


def test_a_document_is_fetched_and_its_place_printed(
    shop: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = Path(shop.run("invoices", "open", FIRST, "--print").stdout.strip())

    assert path.read_bytes() in invoice_documents(stack).values()
    assert opened == []
    shop.run("invoices", "open", FIRST)
    assert opened == [path.absolute().as_uri()]
    assert shop.refused("invoices", "open", FIRST, "--xml") == f"kassa: {FIRST} has no xml"
