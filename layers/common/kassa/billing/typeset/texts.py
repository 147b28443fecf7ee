"""What documents say, language by language: a file in `texts/` for each, all with the same keys.

A document speaks one language or two. Each of its texts is a list of one or two, the second
language's after the first's; layouts print the second smaller.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kassa.billing.typeset.locales import Locale

FOLDER = Path(__file__).with_name("texts")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
FALLBACK = "en"
Said = list[str]  # a text in each language of a document


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
        asked = list(tags)
        self.languages = list(dict.fromkeys(language_of(tag) for tag in asked))
        self._texts = [texts_of(language) for language in self.languages]
        self._tax_name = tax_name
        self.locale = Locale(_locale_name(asked[0], self._texts[0]), local_years)
        self._long_dates = self._texts[0]["dates"]
        self.taxes: Said = [texts["tax_names"][tax_name] for texts in self._texts]

    @property
    def script(self) -> dict[str, str]:
        """Return the language and the region whose letters are drawn, as layouts set them."""
        return {"lang": self._texts[0]["typst"], "region": self._texts[0].get("region", "")}

    @property
    def second_script(self) -> dict[str, str]:
        """Return the same of the second language."""
        last = self._texts[-1]
        return {"lang": last["typst"], "region": last.get("region", "")}

    def said(self, table: str, key: str, **values: str) -> Said:
        """Return a text in each language; what is missing in its table is what `other` says."""
        return [self._filled(texts, table, key, values) for texts in self._texts]

    def label(self, key: str, **values: str) -> Said:
        """Return what stands beside a value."""
        return self.said("labels", key, **values)

    def labels(self) -> dict[str, Said]:
        """Return every label that needs no more than the name of the tax."""
        keys = texts_of(FALLBACK)["labels"]
        return {key: self.label(key) for key in keys if key not in ("days", "days_over")}

    def unit(self, code: str) -> Said:
        """Return what a unit is called; a code that no text knows stands for itself."""
        return [str(texts["units"].get(code, code)) for texts in self._texts]

    def date(self, day: Any) -> str:
        """Return a day as the first language writes it out."""
        return self.locale.date(day, self._long_dates)

    def _filled(
        self, texts: Mapping[str, Any], table: str, key: str, values: Mapping[str, str]
    ) -> str:
        known = texts[table]
        text = known[key] if key in known else known["other"]
        return str(text).format_map({"tax": texts["tax_names"][self._tax_name], **values})


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
