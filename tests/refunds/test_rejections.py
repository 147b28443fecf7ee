"""What customers are sent: every text in every language, with the same placeholders."""

import re
from string import Formatter

import pytest

from kassa.core.money import Money
from kassa.refunds.decision.rejection import (
    LANGUAGES,
    Question,
    RejectionReason,
    customer_text,
    spelled,
    spoken,
)
from kassa.refunds.decision.rejection_texts import QUESTIONS, REJECTIONS
from tests.support.builders import eur
from tests.support.refund_cases import a_request

CANNED = [*RejectionReason, *Question]
SCRIPTS = {
    "ja": r"[\u3041-\u30ff]",
    "zh-Hant": r"[\u4e00-\u9fff]",
    "th": r"[\u0e01-\u0e5b]",
    "ru": r"[а-я]",
}

AMOUNTS = [
    (eur(123_456_78), "en", "123,456.78\u00a0EUR"),
    (eur(123_456_78), "fi", "123\u00a0456,78\u00a0EUR"),
    (eur(5), "ru", "0,05\u00a0EUR"),
    (Money(amount_minor=5_000, currency="JPY"), "ja", "5,000\u00a0JPY"),
    (Money(amount_minor=1_234_567, currency="KWD"), "th", "1,234.567\u00a0KWD"),
    (Money(amount_minor=5_000, currency="TWD"), "zh-Hant", "50.00\u00a0TWD"),
]


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_every_name_has_texts_and_every_text_has_a_name() -> None:
    assert set(REJECTIONS) == set(RejectionReason)
    assert set(QUESTIONS) == set(Question)


@pytest.mark.parametrize("texts", [*REJECTIONS.values(), *QUESTIONS.values()])
def test_a_text_says_the_same_in_every_language(texts: dict[str, str]) -> None:
    assert tuple(texts) == LANGUAGES
    for language, text in texts.items():
        assert placeholders(text) == ["amount", "order"], text
        assert text == text.strip()
        assert "  " not in text
        assert len(text) < 240, "short enough to be read"
        without_fields = re.sub(r"{\w+}", "", text)
        assert re.search(SCRIPTS.get(language, "[a-z]"), without_fields), (language, text)


@pytest.mark.parametrize("texts", [*REJECTIONS.values(), *QUESTIONS.values()])
def test_a_script_keeps_its_own_punctuation(texts: dict[str, str]) -> None:
    for language in ("ja", "zh-Hant"):
        assert not re.search("[,?!;()]", texts[language]), texts[language]
    for language in ("en", "fi", "ru"):
        assert texts[language][-1] in ".?"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("ja-JP", "ja"),
        ("JA", "ja"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("zh_hant", "zh-Hant"),
        ("zh", "en"),
        ("zh-CN", "en"),
        ("zh-Hans-HK", "en"),
        ("fi_FI", "fi"),
        ("ru-KZ", "ru"),
        ("th-TH", "th"),
        ("de-AT", "en"),
        ("", "en"),
        ("-", "en"),
        (None, "en"),
    ],
)
def test_a_language_is_picked_by_its_tag(tag: str | None, language: str) -> None:
    assert spoken(tag) == language


@pytest.mark.parametrize(("amount", "language", "printed"), AMOUNTS)
def test_an_amount_is_spelled_exactly_in_the_languages_way(
    amount: Money, language: str, printed: str
) -> None:
    assert spelled(amount, language) == printed


def test_every_language_has_its_way_with_amounts() -> None:
    assert {language for _, language, _ in AMOUNTS} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("canned", CANNED)
def test_a_text_names_the_amount_and_the_order(
    canned: RejectionReason | Question, language: str
) -> None:
    text = customer_text(canned, a_request(60_00, order_id="order-7", language=language))

    assert text.language == language
    assert spelled(eur(60_00), language) in text.text
    assert "order-7" in text.text
    assert not re.search("[{}]", text.text)


def test_without_an_order_the_payment_is_named() -> None:
    assert "pi_1" in customer_text(Question.PHOTO, a_request()).text


def test_an_orders_id_is_never_read_as_a_placeholder() -> None:
    text = customer_text(Question.PHOTO, a_request(order_id="{amount.__class__}"))

    assert "{amount.__class__}" in text.text
