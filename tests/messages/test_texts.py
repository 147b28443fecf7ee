"""Every language says all that the others say, in its own script, and names the same things."""

import re
import unicodedata

import pytest

from infra.mails.preview import SHOP
from kassa.billing.typeset.texts import LANGUAGES as DOCUMENTS
from kassa.gateways.declines import DeclineAction, DeclineReason
from kassa.messages.rendering.render import render
from kassa.messages.rendering.values import placeholders
from kassa.messages.templates.catalog import MESSAGES
from kassa.messages.templates.samples import sample
from kassa.messages.templates.sandbox import filled, named
from kassa.messages.templates.texts import (
    FOLDER,
    LANGUAGES,
    TEXT_NAMES,
    VARIANTS,
    every_text,
    language_of,
    text_of,
    texts_of,
)
from tests.support.template import ROOT

SCRIPTS = {"en": "LATIN", "fi": "LATIN", "ja": "CJK", "zh-Hant": "CJK", "th": "THAI"}
SCRIPTS |= {"ru": "CYRILLIC"}
SAME_EVERYWHERE = ("direction", "font", "moment", "brief_dates", "separator", "labels.bic")
SAME_EVERYWHERE += ("labels.address", "checkout_abandoned.preheader")
PAGE = (ROOT / "docs/message-templates.md").read_text(encoding="utf-8")
PASSED_ON = ("{{ advice }}", "{{ reason }}", "{{ question }}")
PASSED_ON += tuple(
    f"{{% if {one} %}}{{{{ {one} }}}}{{% endif %}}" for one in ("net", "usual", "needs")
)
PARTS = {"subject", "preheader", "heading", "paragraphs", "notes", "text_message"}
every_language = pytest.mark.parametrize("language", LANGUAGES)


def texts(language: str) -> dict[str, str]:
    return dict(every_text(texts_of(language)))


def test_messages_speak_the_languages_that_documents_do() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES) == set(DOCUMENTS)


@every_language
def test_no_text_is_missing_in_any_language(language: str) -> None:
    assert texts(language).keys() == texts("en").keys()
    assert [key for key, text in texts(language).items() if not text.strip()] == []


@every_language
@pytest.mark.parametrize("name", TEXT_NAMES)
def test_every_text_has_all_its_parts(language: str, name: str) -> None:
    has_button = "link" in MESSAGES[name.partition(".")[0]].model_fields
    assert text_of(language, name).keys() == PARTS | ({"button"} if has_button else set())


def test_every_variant_that_a_message_can_have_is_a_text() -> None:
    own = {name: set(texts_of("en")[name]) - PARTS - {"button"} for name in MESSAGES}
    assert {name: found for name, found in own.items() if found} == {
        name: set(variants) for name, variants in VARIANTS.items()
    }


@every_language
def test_what_is_filled_in_is_the_same_in_every_language(language: str) -> None:
    english = texts("en")
    differing = {
        key: named(text) ^ named(english[key])
        for key, text in texts(language).items()
        if named(text) != named(english[key])
    }
    assert differing == {}


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_a_text_names_only_what_its_message_is_told(name: str) -> None:
    known = placeholders(MESSAGES[name.partition(".")[0]])
    found = {one for _, text in every_text(text_of("en", name)) for one in named(text)}
    assert found - known == set()


@pytest.mark.parametrize("message", MESSAGES)
def test_every_row_of_a_message_has_a_label(message: str) -> None:
    model = MESSAGES[message]
    named = {model.labels.get(row, row) for row in model.rows}
    assert named - set(texts_of("en")["labels"]) == set()
    assert set(model.labels) <= set(model.rows)


def test_a_label_says_what_its_row_is() -> None:
    report = render("report_ready", sample("report_ready"), "en", SHOP).text
    refund = render("refund_paid", sample("refund_paid"), "en", SHOP).text
    assert "From: 1 December 2026\nTo: 31 December 2026\nValid until: 8 December" in report
    assert "Sent on: 1 December 2026\nSent to: Visa" in refund


@pytest.mark.parametrize("language", ["ja", "zh-Hant", "th", "ru"])
def test_a_language_is_written_in_its_script(language: str) -> None:
    foreign = []
    for key, text in texts(language).items():
        letters = re.sub(r"\{[{%].*?[%}]\}|\{\w+\}", "", text)
        names = {unicodedata.name(c).split()[0] for c in letters if c.isalpha()}
        own = {SCRIPTS[language]} | ({"HIRAGANA", "KATAKANA"} if language == "ja" else set())
        if not names & own and text not in PASSED_ON and not key.startswith(SAME_EVERYWHERE):
            foreign.append(f"{key}: {text}")
    assert foreign == []


@every_language
def test_a_text_is_tidy(language: str) -> None:
    """No gap stands double, at an end, or where the language has none."""
    untidy = [
        f"{key}: {text}"
        for key, text in texts(language).items()
        if (text != text.strip() and key != "separator")
        or "  " in text
        or re.search(r" [,.!?;:](\s|$)", text)
    ]
    assert untidy == []
    if language in ("ja", "zh-Hant"):
        letters = r"[\u3040-\u30ff\u4e00-\u9fff]"
        gaps = [k for k, text in texts(language).items() if re.search(f"{letters} {letters}", text)]
        assert gaps == []


@every_language
def test_a_failed_payment_says_what_to_do_whatever_the_reason(language: str) -> None:
    advice = texts_of(language)["advice"]
    assert {action.value for action in DeclineAction} <= set(advice)
    reasons = set(advice) - {action.value for action in DeclineAction}
    assert reasons < {reason.value for reason in DeclineReason}


@every_language
def test_whoever_holds_a_card_isnt_told_that_it_was_reported_stolen(language: str) -> None:
    silent = {DeclineReason.CARD_LOST_OR_STOLEN, DeclineReason.FRAUD_SUSPECTED}
    assert {reason.value for reason in silent} & set(texts_of(language)["advice"]) == set()


@every_language
def test_only_the_last_reminder_speaks_of_collection(language: str) -> None:
    words = {
        "en": "collection",
        "fi": "perittäv",
        "ja": "債権回収",
        "ru": "взыскани",
        "th": "ติดตามหนี้",
    }
    word = (words | {"zh-Hant": "追收"})[language]
    found = {n for n in TEXT_NAMES if word in "".join(text_of(language, n)["paragraphs"])}
    assert found == {"overdue.tone_4"}


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ja-JP", "ja"), ("zh-HK", "zh-Hant"), ("zh-CN", "en"), ("EN-us", "en"), ("sv", "en")],
)
def test_a_tag_gets_its_language_or_english(tag: str, language: str) -> None:
    assert language_of(tag) == language


def test_one_invoice_is_said_apart_from_several() -> None:
    subject = text_of("en", "overdue.tone_2")["subject"]
    said = {"first_number": "7", "count": 1}
    assert filled(subject, said) == "Another reminder: invoice 7 is overdue"
    assert filled(subject, {**said, "count": 2}) == "Another reminder: 2 invoices are overdue"


@pytest.mark.parametrize("message", MESSAGES)
def test_the_page_lists_what_each_text_may_name(message: str) -> None:
    texts = ", ".join(f"`{name}`" for name in TEXT_NAMES if name.partition(".")[0] == message)
    (row,) = re.findall(rf"(?m)^\| {re.escape(texts)} \| (.*) \|$", PAGE)
    model = MESSAGES[message]
    to, _, listed = row.partition(" | ")
    optional = {one for one, field in model.model_fields.items() if not field.is_required()}
    everywhere = {"seller", "recipient_name", "action"}
    assert to == ("staff" if model.for_staff else "customer")
    assert set(re.findall(r"`(\w+)`", listed)) == placeholders(model) - everywhere
    assert set(re.findall(r"`(\w+)`\?", listed)) == (placeholders(model) & optional) - everywhere
