"""Every language says all that the others say, in its own script."""

import re
import runpy
import unicodedata
from datetime import date

import pytest

from kassa.billing.typeset.texts import FOLDER, LANGUAGES, Wording, every_text, texts_of
from kassa.billing.typeset.texts import language_of as chosen
from tests.support.template import ROOT

SHIPPED = runpy.run_path(str(ROOT / "layers/build_layer.py"))["LOCALES"]
SCRIPTS = {"en": "LATIN", "ja": "CJK", "zh-Hant": "CJK", "th": "THAI", "fi": "LATIN"}
SCRIPTS |= {"ru": "CYRILLIC"}
SAME_EVERYWHERE = ("locale", "typst", "region", "dates", "units.", "labels.bic", "labels.tax")
SAME_EVERYWHERE += ("sentences.covers",)


def texts(language: str) -> dict[str, str]:
    found = dict(every_text(texts_of(language)))
    del found["regions"]
    return found


def test_each_language_is_a_file_and_each_file_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_in_any_language(language: str) -> None:
    assert texts(language).keys() - {"region"} == texts("en").keys()
    assert [key for key, text in texts(language).items() if not text and key != "units.C62"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_the_same_in_every_language(language: str) -> None:
    def filled(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text)) - {"tax"}  # some languages name no tax there

    english = texts("en")
    assert [
        key for key, text in texts(language).items()
        if key in english and filled(text) != filled(english[key])
    ] == []  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "zh-Hant", "th", "ru"])
def test_a_language_is_written_in_its_script(language: str) -> None:
    script, foreign = SCRIPTS[language], []
    for key, text in texts(language).items():
        names = {unicodedata.name(c).split()[0] for c in text if c.isalpha()}
        japanese = {"HIRAGANA", "KATAKANA"} if language == "ja" else set()
        in_letters = re.sub(r"\{\w+\}", "", text)
        is_own = any(unicodedata.name(c).startswith(script) for c in in_letters if c.isalpha())
        if not key.startswith(SAME_EVERYWHERE) and not (is_own or japanese & names):
            foreign.append(f"{key}: {text}")
    assert [one for one in foreign if not re.search(r"KPP|INN|GST|Y-tunnus|BIC", one)] == []


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ja-JP", "ja"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("zh-CN", "en"),
        ("zh-Hans-HK", "en"),
        ("EN-us", "en"),
        ("sv", "en"),
    ],
)
def test_a_tag_gets_its_language_or_english(tag: str, language: str) -> None:
    assert chosen(tag) == language


def test_the_layer_ships_every_locale_that_documents_are_written_in() -> None:
    for language in LANGUAGES:
        name = texts_of(language)["locale"]
        regional = {f"{name.rpartition('_')[0]}_{one}" for one in texts_of(language)["regions"]}
        for one in {name} | regional:
            parts = one.split("_")
            inherited = {"_".join(parts[:count]) for count in range(1, len(parts) + 1)}
            assert inherited | {"root"} <= SHIPPED


@pytest.mark.parametrize(
    ("tag", "day"),
    [("en", "5 November 2026"), ("en-US", "November 5, 2026"), ("fi-US", "5.11.2026")],
)
def test_a_region_has_its_own_dates_where_the_language_knows_it(tag: str, day: str) -> None:
    assert Wording([tag]).date(date(2026, 11, 5)) == [day]


def test_a_second_language_stands_after_the_first_and_never_twice() -> None:
    assert Wording(["ja", "en"]).label("total") == ["合計", "Total"]
    assert Wording(["en-GB", "en-US"]).label("total") == ["Total"]


def test_a_day_is_written_as_each_language_has_it_in_sentences_too() -> None:
    wording = Wording(["th", "en-US"])
    day = wording.date(date(2026, 12, 27))
    thai, english = wording.phrase("sentences", "reminder_1", date=day)

    assert day == ["27 ธันวาคม ค.ศ. 2026", "December 27, 2026"]
    assert day[0] in thai
    assert "by December 27, 2026." in english


@pytest.mark.parametrize(("language", "label"), [("en", "Consumption tax"), ("fi", "Kulutusvero")])
def test_the_name_of_a_tax_is_large_where_a_label_begins_with_it(language: str, label: str) -> None:
    wording = Wording([language], "consumption_tax")
    assert wording.label("tax") == [label]
    assert wording.label("included_tax")[0].endswith(label.lower())


def test_a_unit_no_text_knows_stands_for_itself() -> None:
    assert Wording(["fi"]).unit("H87") == ["kpl"]
    assert Wording(["fi"]).unit("X9Z") == ["X9Z"]
