"""`kassa receivables` and `kassa customers statement`, as an operator sees them."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from cli import status
from kassa.audit import store as audit_trail
from tests.support import sellers
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.open_invoices import CUSTOMER, issue, pay

FIRST = "2026-00000001"
OCTOBER = NOW - timedelta(days=40)


@pytest.fixture
def shop(console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Console:
    first = issue(1_234_00, "first", at=OCTOBER, due_on=date(2026, 10, 31))
    issue(50_00, "second", "customer-2", due_on=date(2026, 12, 5))
    issue(5000, "third", None, currency="JPY", due_on=date(2026, 12, 5))
    over = issue(10_00, "over", "customer-2", due_on=date(2026, 12, 5))
    pay(first, 1_000_00, "p1", NOW)
    pay(over, 12_00, "p2", NOW)
    monkeypatch.setenv("COLUMNS", "80")
    return console


def cells(shop: Console, *args: str) -> list[list[str]]:
    result = shop.run(*args)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    return [line.split() for line in result.stdout.splitlines() if line.strip()]


def test_ages_stand_below_each_other_and_currencies_beside(shop: Console) -> None:
    lines = cells(shop, "receivables", "ageing")

    assert lines[0] == ["Owed", "on", "2026-11-21"]
    assert lines[1] == ["EUR", "JPY"]
    assert lines[3:] == [
        ["Not", "due", "50.00", "5,000"],
        ["1–30", "days", "234.00", "–"],
        ["31–60", "days", "–", "–"],
        ["61–90", "days", "–", "–"],
        ["Over", "90", "days", "–", "–"],
        ["Owed", "284.00", "5,000"],
        ["overdue", "234.00", "–"],
        ["Customers'", "credits", "-2.00", "–"],
    ]


def test_an_earlier_day_is_as_it_was(shop: Console) -> None:
    assert cells(shop, "receivables", "ageing", "--as-of", "2026-11-20")[4][-1] == "1,234.00"
    assert cells(shop, "receivables", "ageing", "--as-of", "2026-10-01") == [
        ["Nothing", "was", "owed", "on", "2026-10-01."]
    ]


def test_each_customer_can_be_seen_in_each_currency(shop: Console) -> None:
    lines = cells(shop, "receivables", "ageing", "--customers", "--currency", "EUR")
    answer = shop.json("receivables", "ageing", "--customers")

    assert ["customer-1", "–", "234.00", "–", "–", "–", "–"] in lines
    assert ["customer-2", "50.00", "–", "–", "–", "–", "-2.00"] in lines
    assert [one["customer_id"] for one in answer["customers"]] == [None, "customer-1", "customer-2"]
    assert answer["customers"][2]["ageing"][0]["open_minor"] == 50_00


def test_open_invoices_are_listed_first_due_first(shop: Console) -> None:
    lines = cells(shop, "receivables", "open")

    assert [line for line in lines if line[0].startswith("2026-0")] == [
        ["2026-00000001", "customer-1", "2026-10-31", "21", "–", "234.00", "EUR"],
        ["2026-00000002", "customer-2", "2026-12-05", "–", "–", "50.00", "EUR"],
        ["2026-00000003", "–", "2026-12-05", "–", "–", "5,000", "JPY"],
    ]
    first = shop.json("receivables", "open", "--limit", "1")
    rest = shop.json("receivables", "open", "--cursor", first["next_cursor"])
    assert [one["number"] for one in first["open_items"] + rest["open_items"]] == [
        f"2026-0000000{number}" for number in (1, 2, 3)
    ]


def test_a_statement_shows_balances_and_what_is_open(shop: Console) -> None:
    lines = cells(shop, "customers", "statement", CUSTOMER)

    assert lines[0] == f"{CUSTOMER}, 2026-10-12 to 2026-11-21, EUR".split()
    assert lines[3:7] == [
        ["opening", "balance", "0.00"],
        ["2026-10-12", "invoice", "2026-00000001", "1,234.00", "1,234.00"],
        ["2026-11-21", "payment", "2026-00000001", "-1,000.00", "234.00"],
        ["closing", "balance", "234.00"],
    ]
    assert lines[-1] == ["2026-00000001", "2026-10-12", "2026-10-31", "21", "234.00"]


def test_a_statement_is_written_as_letter_or_printed_as_csv(shop: Console, tmp_path: Path) -> None:
    sellers.save("FI")
    path = tmp_path / "statement.pdf"
    result = shop.run("customers", "statement", CUSTOMER, "--pdf", str(path))
    assert result.stdout.splitlines() == [str(path)]
    assert path.read_bytes().startswith(b"%PDF")

    rows = shop.run("customers", "statement", CUSTOMER, "--from", "2026-11-01", "--csv").stdout
    found = [one["row"] for one in csv.DictReader(io.StringIO(rows))]
    assert found == ["opening_balance", "payment", "closing_balance", "open_item"]


def test_what_cannot_be_stated_is_said_in_one_line(shop: Console) -> None:
    nobody = shop.refused("customers", "statement", "nobody")
    assert nobody == "kassa: nothing was invoiced to a customer nobody"
    both = shop.refused("customers", "statement", CUSTOMER, "--csv", "--json")
    assert both == "kassa: --pdf, --csv and --json: one of them at a time"


def test_what_is_owed_is_given_up_with_a_reason_and_a_promise_is_noted(shop: Console) -> None:
    promised = shop.run("invoices", "promise", FIRST, "--on", "2026-12-01")
    assert promised.stdout == f"{FIRST}: 234.00 EUR is promised for 2026-12-01.\n"
    assert cells(shop, "receivables", "open")[3][-3] == "2026-12-01"

    given_up = shop.run("invoices", "write-off", FIRST, "--reason", "no answer since July")
    assert given_up.stdout == f"{FIRST} is uncollectible: 234.00 EUR is given up.\n"
    answer = shop.json("invoices", "write-off", FIRST, "--reason", "another")
    assert (answer["state"], answer["open_minor"]) == ("uncollectible", 0)
    kept = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    assert [(act["operation"], act["reason"]) for act in kept if "reason" in act] == [
        ("invoice.write-off", "no answer since July")
    ]
    assert all(act["by"]["aws_arn"].startswith("arn:aws:") for act in kept)
    lines = cells(shop, "customers", "statement", CUSTOMER)
    assert ["2026-11-21", "write", "off", FIRST, "-234.00", "0.00"] in lines


def test_what_cannot_be_decided_is_said_in_one_line(shop: Console) -> None:
    paid = shop.refused("invoices", "promise", "2026-00000004", "--on", "2026-12-01")
    assert paid == "kassa: nothing is owed of 2026-00000004: it is paid"
    over = shop.refused("invoices", "promise", FIRST, "--on", "2026-11-20")
    assert over == "kassa: promised_on: must be a day from 2026-11-21 on, within a year"


def test_status_says_what_is_owed_in_each_currency_and_what_is_past_due(
    shop: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "answers", lambda _: True)
    shown = shop.json("status")["receivables"]
    assert shown == {
        "EUR": "284.00 EUR open, 234.00 EUR of it past due",
        "JPY": "5,000 JPY open, 0 JPY of it past due",
    }
    assert "234.00 EUR of it past due" in shop.run("status").stdout


def test_status_says_that_nothing_is_owed(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "answers", lambda _: True)
    assert "nothing is owed" in console.run("status").stdout
