"""`kassa payments enter`, `give-back`, `reverse` and `import`, by people with their own keys."""

from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.payments.files import Form, decoded, read_sheet
from functions.enter_payment.app import lambda_handler as enter
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money, minor_digits, to_decimal
from kassa.platform import aws
from tests.support.api_requests import place
from tests.support.aws_stack import NOW, Context
from tests.support.console import Console, in_the_cloud
from tests.support.console import console as console
from tests.support.manual_payments import ManualPayments
from tests.support.manual_payments import manual as manual
from tests.support.refund_stage import http_event

SOLD = Path(__file__).parents[3] / "shared/data/datasets/pycaret/germany.csv"
TILL = """date,amount,currency,method,reference
2026-11-20,12.90,EUR,cash,4711
2026-11-20,7.00,EUR,till,4712
2026-11-20,7.00,EUR,till,4713
"""


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Put the real handler behind the API's address; what stands first in the list is answered."""
    monkeypatch.setenv("KASSA_API_KEY", "kassa_anna")
    monkeypatch.setattr("time.sleep", lambda _: None)
    busy: list[int] = []

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"], headers=options["headers"])
        if busy:
            return httpx.Response(busy.pop(0), json={}, request=request)
        event = http_event(f"{method} {request.url.path}", request.content.decode(), "anna")
        with in_the_cloud(), redirect_stdout(StringIO()):  # its logs aren't the command's
            response = enter(event, Context())
        return httpx.Response(response["statusCode"], content=response["body"], request=request)

    monkeypatch.setattr(httpx, "request", answer)
    return busy


def enter_cash(console: Console, *more: str) -> Any:
    words = ("--method", "cash", "--amount", "12.90", "--currency", "EUR", "--account", "till-1")
    return console.json("payments", "enter", *words, *more)


def imported(console: Console, file: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = console.json(
        "payments", "import", str(file), "--account", "till-1", *more
    )
    return found


def till(folder: Path, text: str = TILL, encoding: str = "utf-8") -> Path:
    file = folder / "till.csv"
    file.write_bytes(text.encode(encoding))
    return file


def cleared(manual: ManualPayments, currency: str = "EUR") -> int:
    aws.install({})
    manual.book()
    return manual.ledger().get(("gateway_clearing", currency), 0)


def test_cash_is_typed_in_the_currencys_own_digits(
    console: Console, manual: ManualPayments
) -> None:
    assert enter_cash(console)["amount"] == {"amount_minor": 12_90, "currency": "EUR"}
    assert cleared(manual) == 12_90


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ("12.905", "EUR", "has more decimals than EUR"),
        ("12.5", "JPY", "has more decimals than JPY"),
        ("12,90", "EUR", "isn't an amount"),
        ("-1", "EUR", "isn't an amount"),
        ("0.00", "EUR", "is zero"),
        ("1e3", "EUR", "isn't an amount"),
    ],
)
def test_an_amount_that_isnt_exact_is_refused(
    console: Console, amount: str, currency: str, why: str
) -> None:
    words = ("--method", "cash", "--account", "till-1", "--currency", currency)
    line = console.refused("payments", "enter", *words, "--amount", amount)
    assert why in line


def test_the_same_again_is_refused_unless_it_is_said_to_be_another(
    console: Console, manual: ManualPayments
) -> None:
    first = enter_cash(console)["payment_id"]
    words = ("--method", "cash", "--amount", "12.9", "--currency", "EUR", "--account", "till-1")
    refused = console.refused("payments", "enter", *words)
    assert (first in refused, "--again: " in refused) == (True, True)

    assert enter_cash(console, "--again")["payment_id"] != first
    assert cleared(manual) == 2 * 12_90


def test_under_one_name_it_is_one_payment(console: Console, manual: ManualPayments) -> None:
    first = enter_cash(console, "--name", "slip/1")
    assert enter_cash(console, "--name", "slip/1") == first
    assert cleared(manual) == 12_90


def test_a_payment_is_given_back_and_another_reversed(
    console: Console, manual: ManualPayments
) -> None:
    given_back = enter_cash(console, "--reference", "slip-1")["payment_id"]
    left = console.json("payments", "give-back", given_back, "--amount", "2.90 EUR")["left_minor"]
    assert left == 10_00

    bounced = enter_cash(console, "--reference", "slip-2")["payment_id"]
    shown = console.run("payments", "reverse", bounced, "--reason", "bounced").stdout
    assert "is reversed" in shown
    assert cleared(manual) == 10_00


def test_what_was_entered_is_listed_and_shown(console: Console, manual: ManualPayments) -> None:
    payment_id = enter_cash(console)["payment_id"]
    cleared(manual)
    assert payment_id in console.run("payments", "list", "--gateway", "manual").stdout
    assert "manual/till-1" in console.run("payments", "show", payment_id[:8]).stdout


def test_a_tills_file_is_entered_once_however_often_it_is_imported(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    first = imported(console, till(tmp_path))
    again = imported(console, till(tmp_path))

    assert (len(first["entered"]), first["known"]) == (3, 0)
    assert (again["entered"], again["known"]) == ([], 3)
    assert cleared(manual) == 26_90


def test_a_file_with_more_rows_books_those_alone_wherever_they_stand(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    plain = "date,amount,currency\n2026-11-20,5.00,EUR\n2026-11-20,5.00,EUR\n"
    imported(console, till(tmp_path, plain))
    more = "date,amount,currency\n2026-11-19,1.00,EUR\n2026-11-20,5.00,EUR\n"
    more += "2026-11-20,2.00,EUR\n2026-11-20,5.00,EUR\n2026-11-20,5.00,EUR\n"
    again = imported(console, till(tmp_path, more))

    assert (len(again["entered"]), again["known"]) == (3, 2)
    assert cleared(manual) == 18_00


def test_a_row_that_says_another_amount_than_before_is_reported(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    imported(console, till(tmp_path))
    changed = till(tmp_path, TILL.replace("12.90", "13.90"))
    found = console.json_of(1, "payments", "import", str(changed), "--account", "till-1")
    assert [one["line"] for one in found["findings"]] == [2]
    assert cleared(manual) == 26_90


SPLIT = "date,amount,currency,reference\n2026-11-20,12.90,EUR,1\n2026-11-20,7.00,EUR,1\n"


@pytest.mark.parametrize(
    ("before", "options"),
    [
        (SPLIT.replace("12.90", "12.9o"), ["--valid-rows"]),  # then its place is the second's
        (SPLIT.replace("2026-11-20,12.90,EUR,1\n", ""), []),
    ],
)
def test_no_row_is_entered_twice_where_one_came_in_front_of_it(
    console: Console, manual: ManualPayments, tmp_path: Path, before: str, options: list[str]
) -> None:
    file = str(till(tmp_path, before))
    console.json_of(len(options), "payments", "import", file, "--account", "till-1", *options)
    assert cleared(manual) == 7_00

    file = str(till(tmp_path, SPLIT))
    found = console.json_of(1, "payments", "import", file, "--account", "till-1")
    assert [one["line"] for one in found["findings"]] == [2, 3]
    assert cleared(manual) == 7_00


@pytest.mark.parametrize(
    "row", ["2026-11-20,1,290.00", "2026-11-20,7,50,", "2026-11-20", '2026-11-20,"7.00']
)
def test_a_row_with_other_cells_than_the_head_is_wrong(row: str) -> None:
    sheet = read_sheet(f"date,amount\n{row}\n", Form("till-1", currency="EUR"))
    assert (sheet.rows, len(sheet.findings)) == ([], 1)


def test_a_row_may_end_in_empty_cells() -> None:
    sheet = read_sheet("date,amount\n2026-11-20,7.50,,\n", Form("till-1", currency="EUR"))
    assert [row.body.amount_minor for row in sheet.rows] == [7_50]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_line_ends_and_marks_of_spreadsheets_are_read(
    separator: str, ending: str, mark: str
) -> None:
    text = mark + TILL.replace(",", separator).replace("\n", ending)
    sheet = read_sheet(decoded(text.encode(), "utf-8"), Form("till-1"))
    assert sheet == read_sheet(TILL, Form("till-1"))
    assert [row.body.amount_minor for row in sheet.rows] == [12_90, 7_00, 7_00]


def test_a_line_that_says_the_separator_to_a_spreadsheet_is_skipped() -> None:
    text = "sep=;\r\ndate;amount;reference\r\n2026-11-20;12.90;a\r\n2026-11-21;x;d\r\n"
    sheet = read_sheet(text, Form("till-1", currency="EUR"))

    assert [(row.line, row.body.reference) for row in sheet.rows] == [(3, "a")]
    assert [(one.line, one.column) for one in sheet.findings] == [(4, "amount")]


def test_a_till_of_another_language_is_read_by_its_columns_and_words(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    text = "Beleg;Datum;Zahlart;Betrag;Kassierer\r\n4711;20.11.2026 18:05;Bar;1.234,50;Anna\r\n"
    text += "4712;20.11.2026 18:09;Karte;10,00;Bert\r\n"
    words = (
        *("--column", "date=Datum", "--column", "amount=Betrag", "--column", "method=Zahlart"),
        *("--column", "reference=Beleg", "--word", "Bar=cash", "--word", "Karte=skip"),
        *("--decimal", "comma", "--thousands", "point", "--date-format", "%d.%m.%Y %H:%M"),
        *("--currency", "EUR", "--encoding", "cp1252"),
    )
    found = imported(console, till(tmp_path, text, "cp1252"), *words)
    assert (len(found["entered"]), found["skipped"]) == (1, 1)
    assert cleared(manual) == 1_234_50


@pytest.mark.parametrize(
    ("cell", "column", "form"),
    [
        ({"amount": "12,90"}, "amount", {}),
        ({"amount": "1,290.00"}, "amount", {}),
        ({"amount": "12.905"}, "amount", {}),
        ({"amount": "-5.00"}, "amount", {}),
        ({"amount": "0.00"}, "amount", {}),
        ({"amount": ""}, "amount", {}),
        ({"amount": "12.90 EUR"}, "amount", {}),
        ({"amount": "1.290,00"}, "amount", {"decimal": ","}),
        ({"amount": "12.90"}, "amount", {"decimal": ","}),
        ({"amount": "1.2900,00"}, "amount", {"decimal": ",", "thousands": "."}),
        ({"date": "20.11.2026"}, "date", {}),
        ({"date": "2026-02-30"}, "date", {}),
        ({"currency": "EURO"}, "currency", {}),
        ({"method": "Karte"}, "method", {}),
        ({"reference": "slip of Mr. X"}, "reference", {}),
        ({"order": "a b"}, "order", {}),
        ({"order": "order-1", "invoice": "2026-00000001"}, "order", {}),
    ],
)
def test_a_bad_cell_is_named_by_its_line_and_column(
    cell: dict[str, str], column: str, form: dict[str, str]
) -> None:
    good = {"date": "2026-11-20", "amount": "1", "currency": "EUR", "method": "cash"}
    good |= {"reference": "", "order": "", "invoice": ""}
    lines = [";".join(good), ";".join(good.values()), ";".join((good | cell).values())]
    sheet = read_sheet("\n".join(lines), Form("till-1", **form))  # type: ignore[arg-type]

    assert [row.line for row in sheet.rows] == [2]
    assert (3, column) in {(one.line, one.column) for one in sheet.findings}
    assert {one.line for one in sheet.findings} == {3}


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("", "date", "say --column date=NAME;"),
        ("amount,currency\n1,EUR\n", "date", "say --column date=NAME; there are: amount, currency"),
        ("date,amount\n2026-11-20,1\n", "currency", "say --column currency=NAME or --currency;"),
        ("date,date,amount,currency\n", "date", "stands twice"),
        ('date,amount,currency\n2026-11-20,"1,EUR\n', "?", "can't be read"),
    ],
)
def test_a_file_that_lacks_what_it_needs_is_refused_whole(text: str, column: str, why: str) -> None:
    sheet = read_sheet(text, Form("till-1"))
    assert not sheet.rows
    assert any(one.column == column and why in one.text for one in sheet.findings)


@pytest.mark.parametrize("content", [b"\xff\xfed\x00a\x00", b"date\x00,amount"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequest):
        decoded(content, "utf-8")


def test_nothing_of_a_file_with_a_bad_row_is_entered_unless_it_is_said(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    file = till(tmp_path, TILL + "2026-11-20,oops,EUR,cash,4714\n2026-11-23,1,EUR,cash,4715\n")
    words = ("payments", "import", str(file), "--account", "till-1")
    stopped = console.json_of(1, *words)
    assert (stopped["rows"], stopped["entered"]) == (3, [])
    found = [(one["line"], one["column"]) for one in stopped["findings"]]
    assert found == [(5, "amount"), (6, "date")]
    assert cleared(manual) == 0

    assert len(console.json_of(1, *words, "--valid-rows")["entered"]) == 3
    assert cleared(manual) == 26_90


def test_a_row_for_an_order_nobody_sent_is_found_before_anything_is_entered(
    console: Console, manual: ManualPayments, tmp_path: Path
) -> None:
    place(1, manual.clock)
    text = "date,amount,currency,order\n2026-11-20,100,EUR,order-1\n2026-11-20,1,EUR,nobodys\n"
    text += "2026-11-20,1,USD,order-1\n"
    file = till(tmp_path, text)
    stopped = console.json_of(1, "payments", "import", str(file), "--account", "till-1")
    found = [(one["line"], one["column"]) for one in stopped["findings"]]
    assert found == [(3, "order"), (4, "currency")]
    assert stopped["entered"] == []


def test_a_dry_run_enters_nothing(console: Console, manual: ManualPayments, tmp_path: Path) -> None:
    found = imported(console, till(tmp_path), "--dry-run")
    assert (found["rows"], found["entered"]) == (3, [])
    assert cleared(manual) == 0


def test_an_api_that_takes_no_more_just_now_is_asked_again(
    console: Console, manual: ManualPayments, tmp_path: Path, api: list[int]
) -> None:
    api[:] = [429, 503]
    assert len(imported(console, till(tmp_path))["entered"]) == 3
    assert cleared(manual) == 26_90


def test_people_read_what_became_of_a_file(console: Console, tmp_path: Path) -> None:
    shown = console.run("payments", "import", str(till(tmp_path)), "--account", "till-1").stdout
    assert "3 entered, 0 known before, 0 skipped." in shown
    assert "26.90 EUR" in shown

    bad = till(tmp_path, TILL + "2026-11-20,[red],EUR,cash,4714\n")
    shown = console.run("payments", "import", str(bad), "--account", "till-1").stdout
    assert "line 5, amount: is no amount" in shown
    assert "nothing was entered" in shown


@given(
    st.integers(1, 10**9),
    st.sampled_from(["JPY", "EUR", "KWD"]),
    st.sampled_from([(".", ""), (",", ""), (",", "."), (".", ","), (".", "'"), (",", " ")]),
)
def test_every_amount_is_read_exactly_as_it_is_written(
    minor: int, currency: str, marks: tuple[str, str]
) -> None:
    decimal, thousands = marks
    exact = to_decimal(Money(amount_minor=minor, currency=currency))
    written = f"{exact:,.{minor_digits(currency)}f}"
    for ours, theirs in ((",", "t"), (".", "d"), ("t", thousands), ("d", decimal)):
        written = written.replace(ours, theirs)
    text = f"date\tamount\tcurrency\n2026-11-20\t{written}\t{currency}\n"
    sheet = read_sheet(text, Form("till-1", decimal=decimal, thousands=thousands))
    assert [row.body.amount_minor for row in sheet.rows] == [minor], sheet.findings


@pytest.mark.skipif(not SOLD.exists(), reason="no real export is at hand")
def test_a_real_export_is_read_whole_and_each_of_its_rows_has_a_name_of_its_own() -> None:
    form = Form(
        account="till-1",
        columns={"date": "InvoiceDate", "amount": "UnitPrice", "reference": "InvoiceNo"},
        currency="GBP",
        date_format="%m/%d/%Y %H:%M",
    )
    sheet = read_sheet(decoded(SOLD.read_bytes(), "utf-8"), form)
    names = [row.body.entry_id for row in sheet.rows]

    assert len(names) > 9_000
    assert len(set(names)) == len(names)
    assert {one.column for one in sheet.findings} <= {"UnitPrice", "?"}


def test_a_day_that_is_over_is_entered_on_it(console: Console, manual: ManualPayments) -> None:
    entered = enter_cash(console, "--on", f"{NOW - timedelta(days=1):%Y-%m-%d}")
    assert entered["received_at"] == "2026-11-20T00:00:00Z"
