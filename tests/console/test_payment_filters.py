"""What a filter of payments comes to, its files, and filters that a person saved."""

import base64
import csv
import io
from zipfile import ZipFile

import pytest

from kassa.api import payment_lists
from kassa.console.screens.payments import serve_payment_files
from kassa.console.views.saved_view import VIEWS_MAX
from kassa.people.persons import Role
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
LIST = "/console/payments"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.SUPPORT))


def content(page: Page) -> bytes:
    return base64.b64decode(page.body)


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(page).decode("utf-8-sig"))))


def test_a_filter_says_what_it_comes_to_by_currency(stage: RefundStage, clerk: Browser) -> None:
    stage.pay(), stage.pay(2_50), stage.pay(7_00, currency="usd")
    shown = clerk.get(f"{LIST}/totals")

    assert f"{LIST}/files/csv" in shown.body
    assert shown.body.count(" download>") == 2
    assert "EUR Payments 2 Paid 102.50 EUR Left to refund 102.50 EUR" in shown.text
    assert "USD Payments 1 Paid 7.00 USD" in shown.text
    assert "USD" not in clerk.get(f"{LIST}/totals?currency=EUR").text.replace("USD (UTC)", "")
    assert "No payment is like that." in clerk.get(f"{LIST}/totals?status=failed").text


def test_a_sum_of_a_part_says_so_and_so_does_its_files_name(
    stage: RefundStage, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        stage.pay()
    assert "newest" not in clerk.get(f"{LIST}/totals").text
    monkeypatch.setattr(serve_payment_files, "READ_MAX", 2)

    assert "Only the newest 2 were read" in clerk.get(f"{LIST}/totals").text
    partial = clerk.get(f"{LIST}/files/csv")
    assert "newest-only.csv" in partial.headers["Content-Disposition"]
    assert len(rows(partial)) == 2


def test_a_sum_is_of_every_page_of_a_list(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        stage.pay()
    monkeypatch.setattr(payment_lists.table, "AT_ONCE", 2)
    day = stage.clock.at.date()

    whole = payment_lists.whole_day(day, payment_lists.PaymentFilter(), 10, lambda: True)
    assert (len(whole.payments), whole.is_whole) == (5, True)
    late = payment_lists.whole_day(day, payment_lists.PaymentFilter(), 10, lambda: False)
    assert (len(late.payments), late.is_whole) == (2, False)


def test_a_filters_payments_are_a_file_whose_texts_are_no_formulas(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = stage.pay(metadata={"order_id": FORMULA})
    stage.pay(currency="usd")
    file = clerk.get(f"{LIST}/files/csv?currency=EUR")

    [row] = rows(file)
    assert (row["payment_id"], row["captured"], row["status"]) == (payment_id, "100.00", "captured")
    assert row["order_id"] == f"'{FORMULA}"
    assert file.headers["Content-Type"].startswith("text/csv")

    book = ZipFile(io.BytesIO(content(clerk.get(f"{LIST}/files/xlsx"))))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>100</v>" in sheet
    assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()


def test_there_is_no_file_of_another_form(clerk: Browser) -> None:
    assert clerk.get(f"{LIST}/files/pdf").status == 404


def test_a_person_saves_a_filter_for_themselves_alone(stage: RefundStage, clerk: Browser) -> None:
    failed = {"status": "failed", "gateway": "stripe", "currency": ""}
    saved = clerk.send(f"{LIST}/save", LIST, name="Failed  at Stripe", **failed)
    assert saved.leads_to == f"{LIST}?gateway=stripe&status=failed"

    assert f'<a href="{LIST}?gateway=stripe&amp;status=failed">Failed at Stripe</a>' in (
        clerk.get(LIST).body
    )
    other = Browser().sign_in(person(Role.SUPPORT, name="Bert"))
    assert "Failed at Stripe" not in other.get(LIST).text

    clerk.send(f"{LIST}/save", LIST, name="Failed at Stripe", status="refunded")
    assert clerk.get(LIST).body.count(f'<a href="{LIST}?status=refunded">Failed at Stripe</a>') == 2
    clerk.send(f"{LIST}/forget", LIST, name="Failed at Stripe")
    assert "Failed at Stripe" not in clerk.get(LIST).text
    assert clerk.send(f"{LIST}/forget", LIST, name="never").status == 303


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize(
    "form",
    [{"name": ""}, {"name": "x" * 61}, {"name": "a", "status": "lost"}, {"name": "a", "day": "x"}],
)
def test_a_view_that_can_t_be_is_refused(clerk: Browser, form: dict[str, str]) -> None:
    assert clerk.send(f"{LIST}/save", LIST, **form).status == 400


@pytest.mark.usefixtures("stage")
def test_a_person_keeps_so_many_views(clerk: Browser) -> None:
    sent = [clerk.send(f"{LIST}/save", LIST, name=f"v{n}").status for n in range(VIEWS_MAX + 1)]

    assert sent == [303] * VIEWS_MAX + [400]


@pytest.mark.parametrize("language", ["fi", "ja", "ru", "th", "zh-Hant"])
def test_totals_read_in_each_language(stage: RefundStage, language: str) -> None:
    stage.pay()
    browser = Browser(language).sign_in(person(Role.SUPPORT))

    assert browser.get(f"{LIST}/totals").status == 200
    assert browser.get(LIST).status == 200


@pytest.mark.parametrize("path", [LIST, f"{LIST}/totals", f"{LIST}/files/csv"])
def test_a_day_before_all_books_is_refused_and_breaks_nothing(
    stage: RefundStage, clerk: Browser, path: str
) -> None:
    for day in ("0001-01-01", "1969-12-31"):
        assert clerk.get(f"{path}?day={day}").status == 400
    assert clerk.get(f"{path}?day=1970-01-01").status == 200
