"""What documents say, language by language: a file in `texts/` for each, all with the same keys.

A document speaks one language or two. Each of its texts is a list of one or two, the second
language's after the first's; layouts print the second smaller.
"""

import datetime
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kassa.billing.typeset.locales import Locale

FOLDER = Path(__file__).with_name("texts")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
FALLBACK = "en"
Phrase = list[str]  # a text in each language of a document
NO_BREAK = "\N{NO-BREAK SPACE}"


def language_of(tag: str) -> str:
    """Return the language, of those that documents have, that a BCP 47 tag asks for.

    Chinese is the one that Hong Kong and Taiwan write, unless the tag says otherwise.
    """
    primary, *rest = tag.lower().split("-")
    if primary == "zh" and not {"hans", "cn", "sg"} & set(rest):
        return "zh-Hant"
    return primary if primary in LANGUAGES else FALLBACK


@cache
def texts_of(language: str) -> Mapping[str, Any]:
    """Return all texts of a language, table by table."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


class Wording:
    """The texts of one document, in its one or two languages."""

    def __init__(self, tags: Iterable[str], tax_name: str = "vat", local_years: bool = False):
        every_tag = list(tags)
        self.languages = list(dict.fromkeys(language_of(tag) for tag in every_tag))
        self._texts = [texts_of(language) for language in self.languages]
        self._tax_name = tax_name
        tags_by_language = {language_of(tag): tag for tag in reversed(every_tag)}
        self._locales = [
            Locale(_locale_name(tags_by_language[language], texts), local_years)
            for language, texts in zip(self.languages, self._texts, strict=True)
        ]
        self.locale = self._locales[0]  # amounts are written once, as the first language does

    @property
    def script(self) -> dict[str, str]:
        """Return the language and the region whose letters are drawn, as layouts set them."""
        return {"lang": self._texts[0]["typst"], "region": self._texts[0].get("region", "")}

    @property
    def second_script(self) -> dict[str, str]:
        """Return the same of the second language."""
        last = self._texts[-1]
        return {"lang": last["typst"], "region": last.get("region", "")}

    def phrase(self, table: str, key: str, **values: str | Phrase) -> Phrase:
        """Return a text in each language; what is missing in its table is what `other` says.

        A value that differs by language, such as a day, is filled in as each has it.
        """
        of_each = [
            {name: _of(one, at) for name, one in values.items()} for at in range(len(self._texts))
        ]
        both = zip(self._texts, of_each, strict=True)
        return [_filled(texts, table, key, {"tax": self._tax_name} | its) for texts, its in both]

    def label(self, key: str, **values: str) -> Phrase:
        """Return what stands beside a value."""
        return self.phrase("labels", key, **values)

    def labels(self) -> dict[str, Phrase]:
        """Return every label that needs no more than the name of the tax."""
        return _labels(tuple(self.languages), self._tax_name)

    def unit(self, code: str) -> Phrase:
        """Return what a unit is called; a code that no text knows stands for itself."""
        return [str(texts["units"].get(code, code)) for texts in self._texts]

    def date(self, day: datetime.date) -> Phrase:
        """Return a day as each language writes it out."""
        both = zip(self._locales, self._texts, strict=True)
        return [locale.date(day, texts["dates"]) for locale, texts in both]

    def short_date(self, day: datetime.date) -> Phrase:
        """Return a day as each language writes it in a table."""
        return [locale.date(day) for locale in self._locales]

    def period(self, first: datetime.date, last: datetime.date) -> Phrase:
        """Return from when to when something is, no day of it broken between lines."""
        ends = [
            [one.replace(" ", NO_BREAK) for one in self.short_date(day)] for day in (first, last)
        ]
        return self.phrase("sentences", "covers", first=ends[0], last=ends[1])


def _filled(texts: Mapping[str, Any], table: str, key: str, values: Mapping[str, str]) -> str:
    """Return a text with its values; `tax` is which tax it is, whose name the language knows."""
    known = texts[table]
    text = str(known[key] if key in known else known["other"])
    tax = str(texts["tax_names"][values["tax"]])
    if text.startswith("{tax}"):
        tax = tax[0].upper() + tax[1:]
    return text.format_map({**values, "tax": tax})


@cache
def _labels(languages: tuple[str, ...], tax_name: str) -> dict[str, Phrase]:
    texts = [texts_of(language) for language in languages]
    keys = [key for key in texts_of(FALLBACK)["labels"] if key not in ("days", "days_over")]
    return {key: [_filled(one, "labels", key, {"tax": tax_name}) for one in texts] for key in keys}


def joined(phrase: Phrase) -> str:
    """Return a text in one line: the first language, and the second after a stroke."""
    return " / ".join(dict.fromkeys(phrase))


def _of(value: str | Phrase, at: int) -> str:
    return value if isinstance(value, str) else value[at]


def _locale_name(tag: str, texts: Mapping[str, Any]) -> str:
    """Return the locale of a tag's region where the language has it, else the language's own."""
    name, region = str(texts["locale"]), tag.rpartition("-")[2].upper()
    return f"{name.rpartition('_')[0]}_{region}" if region in texts["regions"] else name


def every_text(texts: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a language with where it stands."""
    for key, value in texts.items():
        if isinstance(value, Mapping):
            yield from every_text(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value
