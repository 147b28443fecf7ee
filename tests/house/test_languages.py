"""Which languages there are: the page's table, the code and what a merchant may choose agree."""

import re

import pytest

from kassa.billing.invoices import invoice, typeset
from kassa.billing.typeset import texts
from kassa.console import render as console
from kassa.messages.templates import texts as messages
from kassa.refunds.decision import rejection
from kassa.reports import localization as reports
from tests.support.template import ROOT, template

PAGE = (ROOT / "docs/adding-a-language.md").read_text()
LAYOUT = (typeset.LAYOUTS / "invoice.typ").read_text()


def of_the_page(texts: str) -> list[str]:
    """Return the languages that the page's table says some texts have."""
    (row,) = re.findall(rf"(?m)^\| {re.escape(texts)} \| ([^|]+) \|", PAGE)
    return re.findall(r"`([^`]+)`", row)


def of_the_layout() -> dict[str, set[str]]:
    """Return, by language, the words that the layout of invoices has, methods included."""
    blocks = re.findall(r"(?m)^  (\w[\w-]*): \(\n((?:    .*\n)+)  \),$", LAYOUT)
    return {language: set(re.findall(r"(?:^ {4}|[(,] ?| {6})(\w+): ", text, re.M))
            for language, text in blocks}  # fmt: skip


def test_the_page_says_which_languages_there_are() -> None:
    of_a_sale = "documents of a sale: invoices, credit notes, receipts, reminders, statements"
    assert of_the_page(of_a_sale) == list(texts.LANGUAGES)
    assert of_the_page("mails and text messages") == list(messages.LANGUAGES)
    assert of_the_page("the simple invoices of captures") == list(invoice.LANGUAGES)
    assert of_the_page("reports: summary, fees, forecast, anomalies") == list(reports.LANGUAGES)
    assert of_the_page("the console") == sorted(one.stem for one in console.TEXTS.glob("*.toml"))
    assert of_the_page("rejections of refunds, and questions to customers") == list(
        rejection.LANGUAGES
    )


def test_a_merchant_may_choose_every_language_of_invoices() -> None:
    allowed = template()["Parameters"]["MerchantLanguage"]["AllowedValues"]
    assert allowed == list(invoice.LANGUAGES)


@pytest.mark.parametrize("language", invoice.LANGUAGES)
def test_an_invoices_line_has_every_language(language: invoice.Language) -> None:
    for text in (invoice._ORDERED, invoice._PAID):
        assert set(text) == set(invoice.LANGUAGES)
        assert text[language].count("{}") == 1


def test_the_layout_has_every_word_in_every_language() -> None:
    texts = of_the_layout()
    assert list(texts) == list(invoice.LANGUAGES)
    assert {"title", "date", "thanks", "methods", "card", "link"} <= texts["en"]
    assert [language for language in texts if texts[language] != texts["en"]] == []
    assert "said.language ==" not in LAYOUT, "what differs by language is a word of it"
