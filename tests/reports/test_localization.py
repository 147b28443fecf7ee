"""Every report says in every language all that it says in one, and has no text that it never says.

A report's texts are found by their folders: whoever brings a report with `texts/` is held to this.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from kassa.archive.manifests import Manifest
from kassa.billing.typeset.texts import LANGUAGES as DOCUMENTS
from kassa.core.periods import Period
from kassa.gateways.payment_methods import PaidMethod
from kassa.reports.localization import LANGUAGES, SHARED, Texts, language_in, read_texts, texts_of
from tests.support.source import KASSA, ROOT

REPORTS, CONSOLE = KASSA / "reports", KASSA / "console"
FOLDERS = sorted(
    path for room in (REPORTS, CONSOLE) for path in room.rglob("texts") if path.is_dir()
)
OWN = [path for path in FOLDERS if path != SHARED]
SCRIPTS = {"ja": "CJK|HIRAGANA|KATAKANA", "zh-Hant": "CJK", "th": "THAI", "ru": "CYRILLIC"}
PLURALS = {"en": {"one", "other"}, "fi": {"one", "other"}, "ru": {"one", "few", "many", "other"}}
DAY = Period.of(date(2026, 11, 20), "Asia/Tokyo")
WRITTEN_AS = ("html", "csv", "json")
OPTIONAL = {"count", "noun"}  # which a language may do without
A_KEY = re.compile(r"""["']([a-z_]+)\.([a-z_0-9]+)["']""")
every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def texts(folder: Path, language: str) -> dict[str, str]:
    """Return the texts of a folder alone by table and name; plural forms by theirs, too."""
    return dict(_each(read_texts(folder, language)))


def _each(of: Mapping[str, object], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in of.items():
        if isinstance(value, Mapping):
            yield from _each(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", str(value)


def names(folder: Path, language: str) -> set[str]:
    """Return table and name of each text of a folder, once whatever forms it has."""
    return {".".join(key.split(".")[:2]) for key in texts(folder, language)}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _letters(text: str) -> str:
    """Return the letters of a text, without what is filled in and abbreviations such as UTC."""
    return "".join(filter(str.isalpha, re.sub(r"{[^}]*}|\b[A-Z]{2,}\b", "", text))).lower()


@cache
def source() -> str:
    """Return all code that may say something of a report."""
    folders = (
        *((KASSA, "*.py"), (REPORTS, "*.sql"), (CONSOLE, "*.html")),
        (ROOT / "cli" / "reports", "*.py"),
    )
    files = [path for folder, kind in folders for path in sorted(folder.rglob(kind))]
    return "\n".join(path.read_text() for path in files)


@cache
def literals() -> set[str]:
    """Return what stands in quotes in it, at least to the first blank, point or brace."""
    return set(re.findall(r"""["']([A-Za-z_0-9-]+(?:\.[a-z_0-9]+)?)""", source()))


def test_every_report_speaks_the_languages_that_documents_do() -> None:
    for folder in FOLDERS:
        assert sorted(path.stem for path in folder.glob("*.toml")) == sorted(DOCUMENTS)


@every_folder
@every_language
def test_no_text_is_missing_in_any_language(folder: Path, language: str) -> None:
    assert names(folder, language) == names(folder, "en")
    assert [key for key, text in texts(folder, language).items() if not text.strip()] == []


@every_folder
@every_language
def test_the_same_is_filled_in_in_every_language(folder: Path, language: str) -> None:
    english = {".".join(key.split(".")[:2]): text for key, text in texts(folder, "en").items()}
    for key, text in texts(folder, language).items():
        expected = fields(english[".".join(key.split(".")[:2])])
        assert fields(text) | OPTIONAL == expected | OPTIONAL, key


@every_folder
@every_language
def test_a_counted_text_has_the_forms_that_its_language_has(folder: Path, language: str) -> None:
    forms: dict[str, set[str]] = {}
    for key in texts(folder, language):
        if key.count(".") == 2:
            name, _, form = key.rpartition(".")
            forms.setdefault(name, set()).add(form)
    expected = PLURALS.get(language, {"other"})
    assert {name: found for name, found in forms.items() if found != expected} == {}


@every_folder
@pytest.mark.parametrize("language", SCRIPTS)
def test_a_language_is_written_in_its_script(folder: Path, language: str) -> None:
    english, script = texts(folder, "en"), re.compile(SCRIPTS[language])
    foreign = [
        key
        for key, text in texts(folder, language).items()
        if "." in key
        and key.partition(".")[0] != "forms"
        and not any(script.match(unicodedata.name(mark, "")) for mark in text)
        and _letters(text) not in ("", _letters(english.get(key, "")))
    ]
    assert foreign == []


@every_folder
def test_no_text_is_there_that_nobody_says(folder: Path) -> None:
    """A text is said by its whole name, or by a name that stands in code where its table is."""
    known = literals()
    unused = [
        key
        for key in (re.sub(r"^since_\d+_", "", name) for name in names(folder, "en") - {"locale"})
        if not re.search(r"\.P\d+[DWMY]$", key)  # a duration as gateways say it
        and key not in known
        and not known >= set(key.removesuffix("_note").split("."))
    ]
    assert unused == []


@every_folder
def test_a_mended_text_stands_for_one_that_earlier_layouts_say(folder: Path) -> None:
    known = names(folder, "en")
    mended = {re.sub(r"^since_\d+_", "", key) for key in known if key.startswith("since_")}

    assert mended <= known


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.parent.name)
def test_no_text_is_said_that_is_not_there(folder: Path) -> None:
    known = names(folder, "en") | names(SHARED, "en")
    tables = {key.partition(".")[0] for key in known}
    files = [*sorted(folder.parent.glob("*.py")), *sorted(folder.parent.rglob("*.html"))]
    code = "\n".join(path.read_text() for path in files)
    said = {f"{table}.{name}" for table, name in A_KEY.findall(code) if table in tables}
    documents = {f"{table}.{written_as}" for table in tables for written_as in WRITTEN_AS}
    assert said - known - documents == set()


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.parent.name)
def test_a_report_s_own_texts_are_not_those_that_all_share(folder: Path) -> None:
    assert names(folder, "en") & names(SHARED, "en") == set()


def test_every_method_has_a_name() -> None:
    assert texts_of("en")["methods"].keys() == {*PaidMethod, "unknown"}


def test_dates_and_numbers_are_written_as_each_language_does() -> None:
    said = {tag: Texts(tag) for tag in LANGUAGES}
    dates = {tag: texts.short_day(DAY.day) for tag, texts in said.items()}
    assert dates["en"] == "2026-11-20"
    assert dates["fi"] == dates["ru"] == "20.11.2026"
    assert dates["ja"] == dates["zh-Hant"] == "2026年11月20日"
    assert dates["th"] == "20 พ.ย. 2026"
    assert {tag: texts.percent(Decimal("2.5")) for tag, texts in said.items()} == {
        "en": "2.50 %",
        "fi": "2,50\N{NO-BREAK SPACE}%",
        "ja": "2.50%",
        "ru": "2,50\N{NO-BREAK SPACE}%",
        "th": "2.50%",
        "zh-Hant": "2.50%",
    }


@pytest.mark.parametrize(("layout", "language"), [(3, "en"), (4, "ja")])
def test_a_report_has_a_language_since_manifests_of_the_fourth_layout(
    layout: int, language: str
) -> None:
    manifest = Manifest(
        layout=layout,
        merchant_id="main",
        merchant_name="Kauppa",
        period=DAY,
        is_closed=True,
        built_at=DAY.closes_at,
        files=(),
        inputs={"summary": {"language": "ja"}},
    )
    assert language_in(manifest) == language
