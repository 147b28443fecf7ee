"""The documents of a broken down summary: typed, guarded, the same again, and in words."""

import json
import re
import zipfile
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

from kassa.archive import counting, rollups, warehouse
from kassa.archive.manifests import Manifest
from kassa.core.periods import Period
from kassa.core.postings import Account, PostingKind
from kassa.fact_catalog import AnyFact
from kassa.gateways.declines import DeclineAction
from kassa.reports.breakdown.breakdown import BY, Known, breakdown_of
from kassa.reports.breakdown.documents import broken_down
from kassa.reports.breakdown.inputs import Inputs
from kassa.reports.breakdown.localization import TEXTS, Texts
from kassa.reports.breakdown.normal import History
from kassa.reports.localization import LANGUAGES, texts_of
from kassa.reports.report import Report
from kassa.reports.summary.documents import documents
from tests.support.facts import captured, failed, moved

DAY = Period.of(date(2026, 11, 20), "Asia/Tokyo")
NOON = DAY.starts_at + timedelta(hours=12)
NONE = History({}, frozenset())
CURRENCIES = ("EUR", "JPY")
EVIL = "=HYPERLINK(1)"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FACTS = (
    captured("pi_1", NOON, (1_234_50, "EUR"), "card", brand="visa"),
    captured("pi_2", NOON, (10**16, "EUR"), EVIL),
    captured("pi_3", NOON, (1, "JPY"), None),
    failed("pi_4", NOON, (1, "EUR"), "expired_card", 1),
    failed("pi_5", NOON, (1, "EUR"), "<b>", 1),
    moved("RefundSucceeded", "pi_1", NOON, (34_50, "EUR"), PostingKind.REFUND),
)

PAST = FACTS[:1]  # in which nothing failed


def made_of(
    facts: tuple[AnyFact, ...], language: str = "en", is_imported: bool = False, layout: int = 3
) -> dict[str, bytes]:
    manifest = Manifest(
        layout=layout,
        merchant_id="main",
        merchant_name="<Kauppa>",
        period=DAY,
        is_closed=not is_imported,
        is_imported=is_imported,
        built_at=DAY.closes_at,
        files=(),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "facts.parquet")
        path.write_bytes(warehouse.to_parquet(facts))
        with counting.counted([path], DAY, "main") as chosen:
            rows, tally = rollups.of_facts(chosen, DAY, BY), counting.tallied(chosen)
    report = Report.of(manifest, tally, [])
    known = Known(NONE, Inputs(language=language), is_imported)
    found = breakdown_of(rows, DAY, report.currencies, known)
    report = report.model_copy(update={"breakdown": found})
    return documents(report) | broken_down(manifest, report)


def cells(book: bytes) -> list[tuple[str, str]]:
    """Return the type and the content of every cell of a workbook."""
    found = []
    with zipfile.ZipFile(BytesIO(book)) as parts:
        strings = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        texts = ["".join(each.itertext()) for each in strings]
        for name in sorted(parts.namelist()):
            if name.startswith("xl/worksheets/sheet"):
                for cell in ElementTree.fromstring(parts.read(name)).iter(f"{SHEET}c"):
                    assert cell.find(f"{SHEET}f") is None, "a formula"
                    value = cell.findtext(f"{SHEET}v") or ""
                    kind = cell.get("t", "n")
                    found.append((kind, texts[int(value)] if kind == "s" else value))
    return found


def test_a_workbook_has_numbers_as_numbers_and_no_formula() -> None:
    found = cells(made_of(FACTS)["report.xlsx"])
    assert ("n", "1234.5") in found
    assert ("n", "34.5") in found
    assert ("s", EVIL) in found
    assert ("s", f"{10**14}.00") in found, "more digits than a spreadsheet holds are a text"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert made_of(FACTS) == made_of(FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_net_whether_that_is_normal_and_at_most_three_needs(language: str) -> None:
    made = made_of(FACTS, language, layout=5)
    said = json.loads(made["mail.json"])
    texts = texts_of(language, TEXTS)
    assert said["language"] == language
    assert [line.split(":")[0].split("：")[0] for line in said["net"]] == [
        texts["first"]["net"]
    ] * 2
    assert [line[:4] for line in said["usual"]] == ["EUR:", "JPY:"]
    assert 1 <= len(said["needs"]) <= 3
    assert said["needs_title"] == texts["first"]["needs"]
    titles = re.findall('role="img"><title>([^<]*)<', made["report.html"].decode())
    peaks = [
        texts["chart"]["by_hour"].partition("{peak}")[0].format(currency=c) for c in CURRENCIES
    ]
    assert [title.startswith(peak) for title, peak in zip(titles, peaks, strict=True)] == [True] * 2


def test_a_report_of_an_earlier_layout_has_no_words_for_a_mail() -> None:
    assert "mail.json" not in made_of(FACTS)


def test_nothing_from_outside_is_markup_on_the_page() -> None:
    page = made_of(FACTS)["report.html"].decode()
    assert "<b>" not in page
    assert "<Kauppa>" not in page
    assert "&lt;b&gt;" in page


def test_a_decline_says_what_to_do_about_it() -> None:
    page = made_of(FACTS)["report.html"].decode()
    assert texts_of("en", TEXTS)["actions"]["none"] in page  # of a code that no table knows
    assert "card expired" in page


def test_the_spreadsheet_has_every_figure() -> None:
    sheet = made_of(FACTS)["report.csv"].decode()
    assert "gateways.gross,2026-11-20,JPY,stripe/main,1,1,1,1.0" in sheet
    assert "gateways.refunds,2026-11-20,EUR,stripe/main,34.50,3450,," in sheet
    assert "declines,2026-11-20,,stripe/main expired_card,,,1," in sheet
    assert "compared.now,2026-11-20,EUR,EUR failure_rate,,,,0.5" in sheet


def test_without_history_the_page_says_that_nobody_knows() -> None:
    page = made_of(FACTS)["report.html"].decode()
    assert "Not enough data to say what is usual: 0 of the 4 like periods it takes." in page
    assert "There isn&#x27;t enough data yet to compare this period with what is usual." in page


def test_the_page_leads_to_the_periods_other_reports() -> None:
    page = made_of(FACTS)["report.html"].decode()
    for name in ("anomalies.html", "fees.html", "forecast.html"):
        assert f'href="{name}"' in page


def test_a_cell_is_headed_where_rows_are_cards() -> None:
    page = made_of(FACTS)["report.html"].decode()
    assert page.count("<td") == page.count("data-head=")


def test_no_table_is_wider_than_a_sheet_of_paper() -> None:
    codes = ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "HKD", "JPY", "NOK", "SEK", "USD")
    facts = tuple(captured(f"pi_{code}", NOON, (12_00, code), "card") for code in codes)
    page = made_of(facts)["report.html"].decode()
    rows = {part.partition("</thead>")[0] for part in page.split("<thead>")[1:]}
    assert max(row.count("<th") for row in rows) <= 9
    assert all(any(f">{code}<" in row for row in rows) for code in codes), "each has its column"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_imported_past_is_called_so_in_every_language(language: str) -> None:
    texts, made = texts_of(language, TEXTS), made_of(PAST, language, is_imported=True)
    page = unescape(made["report.html"].decode())
    assert texts["frame"]["imported"] in page
    assert ("s", texts["frame"]["imported"]) in cells(made["report.xlsx"])
    assert texts["first"]["imported"] in page
    assert texts["first"]["going_on"] not in page


def test_where_a_past_lists_no_failures_no_rate_is_said() -> None:
    made = made_of(PAST, is_imported=True)
    page = unescape(made["report.html"].decode())
    assert texts_of("en", TEXTS)["sections"]["failures_note"] in page
    assert f'data-head="{texts_of("en", TEXTS)["columns"]["success_rate"]}">100%' not in page
    assert ",captured_payments,,,1,\r\n" in made["report.csv"].decode()
    assert ",captured_payments,,,1,1.0\r\n" in made_of(PAST)["report.csv"].decode()


def test_a_month_is_written_as_japanese_and_chinese_do() -> None:
    assert [Texts(tag).month(DAY.day) for tag in ("ja", "zh-Hant")] == ["2026年11月"] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words(language: str) -> None:
    ours = texts_of(language, TEXTS)
    assert ours["actions"].keys() == {*DeclineAction, "none"}
    assert ours["accounts"].keys() == set(Account)
    assert made_of(FACTS, language)["report.html"].decode().count("{") == made_of(FACTS)[
        "report.html"
    ].decode().count("{")
