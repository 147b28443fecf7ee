"""A report's PDF says all that its pages say, each figure as report.json has it, and no more."""

import io
import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from kassa.archive.report_names import ReportName, document_of
from kassa.billing.typeset.engine import FONT_PACKAGES, typesetter
from kassa.core.errors import UnreadableItem
from kassa.core.periods import Period, PeriodKind
from kassa.reports.build_documents import build_documents
from kassa.reports.localization import LANGUAGES, Texts
from kassa.reports.summary.summary import FIGURES
from kassa.reports.typesetting.blocks import blocks_of
from kassa.reports.typesetting.page import read_page
from kassa.reports.typesetting.sheet import Source, sheet_of
from kassa.reports.typesetting.typeset_report import LAYOUTS
from tests.support.golden_shop.shop import golden_shop
from tests.support.pdf_text import fonts_of, pages_of, plain, text_of
from tests.support.reports import source_of

MONTH = Period.of(date(2026, 11, 1), "Europe/Helsinki", PeriodKind.MONTHLY)
OFTEN = ("ja",)  # of the scripts that are hard; all of them by night, with the golden year
every_language = pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=() if one in OFTEN else pytest.mark.slow) for one in LANGUAGES],
)


@cache
def made(language: str) -> Mapping[str, bytes]:
    """Return the documents of a golden shop's month in a language."""
    shop = golden_shop(1_200, time_zone=MONTH.time_zone, first_day=MONTH.day, days=30)
    own = [one for one in shop.facts if one.metadata.booked_at < MONTH.ends_at - timedelta(hours=1)]
    with source_of(own, MONTH, {"summary": {"language": language}}) as source:
        return build_documents(source)[1]


@cache
def typeset(language: str) -> bytes:
    """Return the month's PDF."""
    names = {name: document_of(name, "html") for name in ReportName}
    pages = {name: made(language)[document] for name, document in names.items()}
    sources = [Source(document, "0" * 64) for document in names.values()]
    sheet = sheet_of({name: read_page(body) for name, body in pages.items()}, sources)
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    return machine.pdf("report.typ", {"data": machine.as_json(sheet)}, date(2026, 12, 1))


def paragraphs(html: bytes) -> list[str]:
    """Return what a page's paragraphs, cells and headings say, but where others are led to."""
    main = html.decode().partition("<main>")[2].partition("</main>")[0].replace("<br>", " ")
    found = []
    body = main.partition("</header>")[2].partition("<footer>")[0]
    for one in ElementTree.fromstring(f"<main>{body}</main>").iter():
        is_link = any(link.get("href", "").endswith(".html") for link in one.iter("a"))
        if one.tag in ("p", "td", "th", "li", "h2", "h3", "summary") and not is_link:
            found.append("".join(one.itertext()))
    return found


@every_language
def test_a_pdf_says_all_that_the_period_s_pages_say(language: str) -> None:
    said = text_of(typeset(language))
    for name in ReportName:
        texts = paragraphs(made(language)[document_of(name, "html")])
        assert len(texts) > 1
        assert [text for text in texts if plain(text) not in said] == [], name


@every_language
def test_every_amount_of_the_summary_is_that_of_its_json(language: str) -> None:
    said, texts = text_of(typeset(language)), Texts(language)
    report = json.loads(made(language)["report.json"])
    assert len(report["currencies"]) > 2
    for each in report["currencies"]:
        minors = [each[name]["amount_minor"] for name in FIGURES if name != "opening"]
        minors += list(each["accounts"].values())
        for minor in minors:
            assert plain(texts.amount(abs(minor), each["currency"])) in said


@every_language
def test_chapters_follow_the_summary_and_the_proof_is_last(language: str) -> None:
    pages = pages_of(typeset(language))
    said, texts = "".join(pages), Texts(language, LAYOUTS.parent / "texts")
    titles = [read_page(made(language)[document_of(name, "html")]).title for name in ReportName]
    outline = PdfReader(io.BytesIO(typeset(language))).outline
    chapters = [str(one["/Title"]) for one in outline if not isinstance(one, list)]

    wanted = [*titles, texts("pdf.proof")]
    chapters = chapters[-len(wanted) :]  # before them come the first page's headings
    assert [one.casefold() for one in chapters] == [one.casefold() for one in wanted]
    assert plain(texts("pdf.contents")) in pages[0]
    for number, page in enumerate(pages, 1):
        assert plain(texts("pdf.page", page=number, pages=len(pages))) in page
    assert "0" * 64 in said


def test_a_pdf_carries_its_fonts_and_is_the_same_each_time() -> None:
    first = typeset("th")
    typeset.cache_clear()

    assert typeset("th") == first
    assert any("Thai" in font for font in fonts_of(first))


@pytest.mark.parametrize("html", [b"", b"<p>", b'<html lang="en"><main><p></main>'])
def test_what_is_no_report_s_page_is_refused(html: bytes) -> None:
    with pytest.raises(UnreadableItem):
        read_page(html)


def test_a_table_s_columns_of_figures_are_known() -> None:
    html = (
        "<main><table><thead><tr><th>Method</th><th>Gross</th><th>Rate</th><th>What to do</th></tr>"
        '</thead><tbody><tr><th>Card</th><td class="strong">1 234,50</td><td>too few</td>'
        "<td>3 things may help, and each of them is a sentence</td></tr><tr><th>Cash</th>"
        "<td>−5</td><td>9.8%</td><td>Ask the gateway</td></tr></tbody></table></main>"
    )
    [table] = blocks_of(ElementTree.fromstring(html))

    assert table["figures"] == [False, True, True, False]
    assert table["rows"][0][1] == {"runs": [{"text": "1 234,50", "tone": ""}], "tone": "strong"}


def test_lines_that_are_to_be_copied_stay_as_they_are() -> None:
    html = "<main><pre>- gateway: adyen\n  account: main\n</pre></main>"
    [code] = blocks_of(ElementTree.fromstring(html))

    assert code == {"kind": "code", "text": "- gateway: adyen\n  account: main"}


def test_headings_step_down_one_level_at_a_time() -> None:
    html = made("en")["report.html"]
    sheet = sheet_of({ReportName.SUMMARY: read_page(html.replace(b"<h2>", b"<h4>").replace(
        b"</h2>", b"</h4>"))}, [])  # fmt: skip
    levels = [one["level"] for one in sheet["summary"] if one["kind"] == "heading"]

    assert set(levels) == {2, 3, 4}
