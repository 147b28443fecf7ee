"""What went wrong elsewhere, tried here: files of a past, reports as PDF, and what is entered.

Each test names the public report that it follows.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from kassa.archive.report_names import ReportName
from kassa.billing.documents.totals import worked_out
from kassa.billing.typeset.engine import FONT_PACKAGES, typesetter
from kassa.billing.typeset.typeset_document import typeset_document
from kassa.gateways.paypal import payouts
from kassa.gateways.stripe.payments import agreement
from kassa.ledger.lists.imports import ImportState
from kassa.reports.typesetting.page import read_page
from kassa.reports.typesetting.sheet import Source, sheet_of
from kassa.reports.typesetting.typeset_report import LAYOUTS
from tests.support.aws_stack import Stack
from tests.support.billing import line
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, expected
from tests.support.past_files import mapped_past, written
from tests.support.past_stage import ask, happen, past, walk
from tests.support.printed_documents import sold, standard_tax

MAPPING: dict[str, Any] = {
    "type": "kind",
    "happened_at": {"iso8601": "at"},
    "currency": {"constant": "EUR"},
    "rules": [
        {
            "type": "paid",
            "about": {"payment": "id"},
            "object_reports": [
                {"kind": "charge", "state": "captured", "id": "id", "amount": {"major": "sum"}}
            ],
        }
    ],
}
PAID = ("--constant", "kind=paid")
THAI = "เครื่องชงกาแฟเอสเปรสโซอัตโนมัติพร้อมเครื่องบดเมล็ดกาแฟสแตนเลสรุ่นพิเศษสำหรับร้านกาแฟขนาดเล็กและสำนักงาน"
DIGEST = "0123456789abcdef" * 4
PAGE = """<html lang="ja"><main><header>
<div><p>Shop</p><h1>2026年11月</h1><p>取引サマリー · 30</p></div><p class="closed">確定</p></header>
<h2>商品別</h2><table><thead><tr><th>商品</th><th>総額</th></tr></thead>
<tbody><tr><td>{product}</td><td>9,948,290.18</td></tr></tbody></table><footer></footer></main>"""


@pytest.fixture
def mapped(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connect an account whose past comes from a CSV."""
    with mapped_past(MAPPING, stack, fake_clock, monkeypatch):
        yield


def importing(folder: Path, text: str, *more: str) -> tuple[str, ...]:
    """Return the command that imports a file."""
    return ("import", "standard", "--file", written(folder, text), *PAID, *more)


# github.com/umap-project/umap/issues/44, github.com/opengovsg/isomer/pull/2805: a decimal comma
# that nobody quoted made 12.50 a 12, and what stood behind the last column was dropped.
def test_no_row_is_booked_whose_cells_are_more_than_its_columns(
    mapped: None, console: Console, tmp_path: Path
) -> None:
    text = "id,at,sum\nP1,2025-03-01T10:00:00Z,12,50\nP2,2025-03-01T10:00:00Z,8.00,\n"
    found = console.json_of(1, *importing(tmp_path, text))

    assert [one["line"] for one in found["findings"]] == [2]
    assert (found["rows"], found["queued"]) == (2, 0)
    assert console.take_events() == []


# github.com/melihbirim/csvql/issues/102, github.com/objectstack-ai/objectstack/issues/2807: of two
# columns of one name the last one counted, and nobody was told.
def test_a_file_with_two_columns_of_one_name_is_refused(
    mapped: None, console: Console, tmp_path: Path
) -> None:
    text = "id,at,sum,sum\nP1,2025-03-01T10:00:00Z,12.50,2.50\n"

    assert "'sum' stands twice" in console.refused(*importing(tmp_path, text))


@pytest.mark.parametrize("head", ["id,at,total,sum", "id,at,sum,total"])
def test_the_column_that_is_named_for_a_path_fills_it_and_no_other(
    mapped: None, console: Console, tmp_path: Path, head: str
) -> None:
    cells = {"id": "P1", "at": "2025-03-01T10:00:00Z", "total": "12.50", "sum": "no amount"}
    text = f"{head}\n{','.join(cells[name] for name in head.split(','))}\n"

    assert console.json(*importing(tmp_path, text, "--column", "sum=total"))["queued"] == 1


# github.com/paypal/PayPal-node-SDK/issues/452, github.com/airbytehq/airbyte/pull/4240: PayPal
# refuses a report that begins where its reports don't reach yet, and the import was over.
def test_an_import_waits_until_paypal_reports_its_last_days(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with past("paypal", stack, fake_clock, monkeypatch) as stage:
        happen(stage, SCENARIOS["pay"])
        stage.scene.fake.switches.report_start_lag_s = 60 * 3600  # type: ignore[attr-defined]
        ask(stage)
        found = walk(stage)
        assert (found.state, found.again_at is None) == (ImportState.RUNNING, False)
        assert "don't reach so far yet" in str(found.reason)

        stage.clock.at += timedelta(days=3)
        assert walk(stage).state is ImportState.FINISHED
        stage.book()
        assert stage.ledger() == expected(SCENARIOS["pay"], stage.scene.can)


def test_an_import_ends_though_paypal_doesnt_say_how_far_its_reports_reach(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*query: Any) -> Any:
        return {name: at for name, at in (get(*query) or {}).items() if "refreshed" not in name}

    get = payouts.get
    monkeypatch.setattr(payouts, "get", silent)
    with past("paypal", stack, fake_clock, monkeypatch) as stage:
        happen(stage, SCENARIOS["pay"])
        ask(stage)
        assert walk(stage).state is ImportState.FINISHED


def report_of(product: str) -> str:
    """Return what a report's PDF in Japanese says of a product, line by line."""
    pages = {ReportName.SUMMARY: read_page(PAGE.format(product=product).encode())}
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    sheet = machine.as_json(sheet_of(pages, [Source("report.html", DIGEST)]))
    return said(machine.pdf("report.typ", {"data": sheet}, date(2026, 12, 1)))


def said(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def thai_lines(text: str) -> int:
    """Return on how many lines Thai stands."""
    return sum(any("\u0e00" <= one <= "\u0e7f" for one in each) for each in text.splitlines())


# github.com/jsreport/jsreport/issues/1053, github.com/intuitem/ciso-assistant-community/pull/4699:
# one control character in a name, pasted from elsewhere, and nobody got the report.
@pytest.mark.parametrize("character", ["\x0b", "\x00", "\ufffe"])
def test_a_control_character_in_a_product_s_name_costs_no_report_its_pdf(character: str) -> None:
    assert "Mug〓blue" in report_of(f"Mug{character}blue")


# github.com/typst/typst/issues/335, github.com/rgerum/unofficial-duolingo-stories/issues/580: Thai,
# which has no spaces, ran on over its column's edge and over the figures beside it.
def test_thai_names_stay_in_their_column_where_a_document_is_japanese() -> None:
    assert thai_lines(report_of(THAI * 2)) > 1
    rows = (line(129_00, tax=standard_tax("ja"), name=THAI[:100], unit="H87"),)
    of = worked_out(sold("ja").model_copy(update={"lines": rows}))
    assert thai_lines(said(typeset_document(of, "2026-00000042"))) > 1


# github.com/typst/typst/issues/6914: what was copied had breaks in it that nobody sees, so that it
# was found nowhere and equalled nothing.
def test_the_digests_at_a_report_s_end_can_be_copied() -> None:
    assert DIGEST in report_of("Mug")


# github.com/wkhtmltopdf/wkhtmltopdf/issues/2141, github.com/webgio/Rotativa/issues/59: a row began
# on one page and ended on the next.
def test_a_row_of_several_lines_stands_on_one_page() -> None:
    names = [f"始{'全自動エスプレッソマシン' * 20}終"] * 30
    pages = report_of("</td><td>1.00</td></tr><tr><td>".join(names)).split("取引サマリー")

    assert len(pages) > 3
    assert [page.count("始") - page.count("終") for page in pages] == [0] * len(pages)


# github.com/commonknowledge/leftbookclub/issues/288: tweaked balances of customers moved what was
# said to recur, though their subscriptions cost what they had cost.
@pytest.mark.parametrize("balance", [-4_00, 4_00])
def test_a_balance_at_stripe_makes_no_renewal_cheaper_or_dearer(balance: int) -> None:
    month = {"recurring": {"interval": "month"}}
    invoice = {
        "object": "invoice",
        "billing_reason": "subscription_cycle",
        "subscription": "sub_1",
        "total": 10_00,
        "amount_paid": 10_00 + balance,
        "starting_balance": balance,
        "ending_balance": 0,
        "lines": {"data": [{"type": "subscription", "amount": 10_00, "price": month}]},
    }

    assert agreement(invoice)["recurring_minor"] == 10_00
    assert agreement(invoice | {"starting_balance": 0})["recurring_minor"] is None
