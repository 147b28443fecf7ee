"""Read reference rates as the European Central Bank publishes them: its CSV and its XML.

The day's CSV spells its day `29 November 2024` and puts a space after each comma, the history's
has `2024-11-29` and `N/A` where a currency had no rate; both end their lines with a comma. The XML
has a `Cube` for each day in all three of its files. Source: ecb.europa.eu, euro foreign exchange
reference rates.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError, XMLParser

from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.reports.rates.rates import DayRates

SOURCE = "ECB"
NONE = ("", "N/A")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SPELLED = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


def read_ecb(text: str) -> tuple[DayRates, ...]:
    """Return the rates of every day of a file, the oldest first.

    Raises InvalidRequest where it isn't one of the ECB's, with the line or the day.
    """
    text = text.lstrip("\ufeff").strip()
    days = list(_of_xml(text) if text.startswith("<") else _of_csv(text))
    if not days:
        raise InvalidRequest("the file has no day with rates")
    return tuple(sorted(days, key=lambda one: one.day))


def _of_csv(text: str) -> Iterator[DayRates]:
    lines = csv.reader(text.splitlines(), skipinitialspace=True)
    head = [name.strip() for name in next(lines, [])]
    if head[:1] != ["Date"]:
        raise InvalidRequest("line 1: the ECB's CSV begins with Date and names of currencies")
    for number, line in enumerate(lines, start=2):
        if not any(cell.strip() for cell in line):
            continue
        where = f"line {number}"
        pairs = zip(head[1:], line[1:], strict=False)
        yield _day(_read_day(line[0].strip(), where), dict(pairs), where)


def _of_xml(text: str) -> Iterator[DayRates]:
    for cube in _parsed(text).iter(_CUBE):
        day = cube.get("time")
        if day is None:
            continue
        pairs = {each.get("currency", ""): each.get("rate", "") for each in cube}
        yield _day(_read_day(day, day), pairs, day)


def _parsed(text: str) -> Element:
    """Parse XML without types of its own: entities could make a small file a large one."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidRequest("the ECB's XML has no DOCTYPE and no entities")
    parser = XMLParser()
    try:
        parser.feed(text)
        root: Element = parser.close()
    except ParseError as error:
        raise InvalidRequest(f"this is no XML: {error}") from error
    return root


def _day(day: date, pairs: dict[str, str], where: str) -> DayRates:
    found = {}
    for currency, cell in pairs.items():
        rate = cell.strip()
        if not currency or rate in NONE:
            continue
        if currency not in EVERY_CURRENCY and not re.fullmatch("[A-Z]{3}", currency):
            raise InvalidRequest(f"{where}: {currency!r} is no currency")
        found[currency] = _rate(rate, f"{where}, {currency}")
    return DayRates(day=day, source=SOURCE, per_euro=found)


def _rate(text: str, where: str) -> str:
    """Return a rate as it is written, once it is known to be one."""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise InvalidRequest(f"{where}: {text!r} is no rate") from None
    if not rate.is_finite() or rate <= 0:
        raise InvalidRequest(f"{where}: {text!r} is no rate above zero")
    return text


def _read_day(text: str, where: str) -> date:
    spelled = _SPELLED.fullmatch(text)
    try:
        if spelled:
            day, month, year = spelled.groups()
            return date(int(year), _MONTHS.index(month) + 1, int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"{where}: {text!r} is no day") from None
