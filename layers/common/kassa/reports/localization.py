"""What reports say, language by language.

All share the texts in `texts/` beside this file, and each report has its own in its folder's
`texts/`: a file for each language, all of the same keys. A report's own stand beside the shared
ones, table by table, and no key is in both. A layout of manifests keeps its texts: one that was
mended stands beside it, in a table such as `since_5_rules`, for that layout and later ones.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import babel
from babel.dates import format_date, format_timedelta

from kassa.archive.report_names import LAYOUT, UNKNOWN
from kassa.billing.typeset.locales import Locale
from kassa.billing.typeset.texts import language_of

if TYPE_CHECKING:  # who writes a page of the console loads no manifests
    from kassa.archive.manifests import Manifest

SHARED = Path(__file__).with_name("texts")
LANGUAGES = tuple(sorted(path.stem for path in SHARED.glob("*.toml")))
IN_ENGLISH_BEFORE = 4  # the first layout of manifests whose every report has a language
_MENDED = re.compile(r"since_(\d+)_(\w+)")  # a table of mended texts: since which layout, of what
GATEWAYS = {"paypal": "PayPal", "btcpay": "BTCPay", "manual": "Kassa"}


class Texts:
    """The texts of one language, and how it writes amounts, rates and days.

    `folder` holds the texts that are a report's own; without it there are those that all share.
    """

    def __init__(self, tag: str, folder: Path | None = None, layout: int = LAYOUT) -> None:
        found = language_of(tag)
        self.language = found if found in LANGUAGES else "en"
        self._texts = _of_layout(texts_of(self.language, folder), layout)
        self._name = self._texts["locale"]
        self._locale = Locale(self._name)
        self.is_english = self.language == "en"

    def __call__(self, key: str, **values: object) -> str:
        """Return a text by its table and name, such as first.net, filled in."""
        table, _, name = key.partition(".")
        text: str = self._texts[table][name]
        return text.format(**values) if values else text

    def counted(self, key: str, count: int, **values: object) -> str:
        """Return the form of a text that a count asks for, such as `one` or `few`, filled in.

        The text is a table of CLDR's plural forms of its language, or one for all; {count} is
        filled in.
        """
        table, _, name = key.partition(".")
        found = self._texts[table][name]
        text: str = found if isinstance(found, str) else found[self._form(count)]
        return text.format(count=self.number(count), **values)

    def _form(self, count: int) -> str:
        return str(self._babels().plural_form(count))

    def name(self, table: str, code: str) -> str:
        """Return what something is called; what has no word is called as it is, in words."""
        found: str = self._texts[table].get(code, code.replace("_", " "))
        return found

    def amount(self, minor: float, currency: str) -> str:
        """Return an amount without its currency."""
        return self._locale.amount(round(minor), currency)

    def money(self, minor: float, currency: str) -> str:
        """Return an amount with its ISO 4217 code, which no two currencies share."""
        return f"{self.amount(minor, currency)} {currency}"

    def rate(self, rate: float) -> str:
        """Return a part of one in percent, to a tenth."""
        return self._locale.percent(Decimal(str(round(rate * 100, 1))))

    def percent(self, percent: Decimal, decimals: int = 2) -> str:
        """Return a percentage with as many decimals."""
        return self("forms.percent", number=self.decimal(percent, decimals))

    def share(self, share: float, decimals: int = 1) -> str:
        """Return a part of one in percent, with as many decimals."""
        return self("forms.share", number=self.decimal(share * 100, decimals))

    def decimal(self, value: float | Decimal, decimals: int) -> str:
        """Return a number with as many decimals."""
        return self._locale.fixed(value, decimals)

    def number(self, number: float) -> str:
        """Return a count, or how many times something is."""
        return self._locale.number(Decimal(str(round(number, 1))).normalize())

    def weekday(self, day: date) -> str:
        """Return a day as people of a week say it."""
        return self._written(day, "weekday")

    def day(self, day: date) -> str:
        """Return a day in full."""
        return format_date(day, "full", locale=self._babels())

    def short_day(self, day: date) -> str:
        """Return a day in a table or a sentence."""
        return self._written(day, "date")

    def brief(self, day: date) -> str:
        """Return a day without its year."""
        return self._written(day, "brief")

    def instant(self, at: datetime) -> str:
        """Return an instant to the minute, in the zone that it is in, which isn't named."""
        return f"{self.short_day(at.date())} {at:%H:%M}"

    def span(self, span: timedelta) -> str:
        """Return how long something takes or waits, in the one unit that says most."""
        return format_timedelta(
            span, granularity="minute", threshold=1.5, format="long", locale=self._babels()
        )

    def chart_day(self, day: date) -> str:
        """Return a day with its weekday and without its year, in few letters."""
        return self._written(day, "chart_day")

    def chart_weekday(self, day: date) -> str:
        """Return a day of a week in still fewer."""
        return self._written(day, "chart_weekday")

    def month(self, day: date) -> str:
        """Return a day's month."""
        return self._written(day, "month")

    def gateway(self, place: str) -> str:
        """Return a gateway as people write it; its account, unless it is the only usual one."""
        name, _, account = place.partition("/")
        shown = GATEWAYS.get(name, name.capitalize())
        return shown if account == "main" else f"{shown} ({account})"

    def brand(self, name: str) -> str:
        """Return a brand behind its method."""
        method, _, brand = name.partition("/")
        shown = self.name("methods", UNKNOWN) if brand == UNKNOWN else brand.replace("_", " ")
        return f"{self.name('methods', method)}: {shown}"

    def _written(self, day: date, form: str) -> str:
        return format_date(day, self("forms." + form), locale=self._babels())

    def _babels(self) -> babel.Locale:
        return babel.Locale.parse(self._name)


def language_in(manifest: "Manifest") -> str:
    """Return the language of a period's reports: of its summary, since each of them has one."""
    if manifest.layout < IN_ENGLISH_BEFORE:
        return "en"
    return str(manifest.inputs.get("summary", {}).get("language", "en"))


def _of_layout(texts: Mapping[str, Any], layout: int) -> Mapping[str, Any]:
    """Return texts with those that were mended up to a layout in the place of what they mend."""
    found = dict(texts)
    for name, mended in texts.items():
        since = _MENDED.fullmatch(name)
        if since and int(since[1]) <= layout:
            found[since[2]] = {**found[since[2]], **mended}
    return found


@cache
def texts_of(language: str, folder: Path | None = None) -> Mapping[str, Any]:
    """Return all texts of a language, table by table: the shared ones, and those of a folder."""
    found = read_texts(SHARED, language)
    own = read_texts(folder, language) if folder is not None else {}
    both = {name: {**found.get(name, {}), **texts} for name, texts in own.items()}
    return {**found, **both}


def read_texts(folder: Path, language: str) -> dict[str, Any]:
    """Return the texts of a language in one folder alone, table by table."""
    found: dict[str, Any] = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    return found
