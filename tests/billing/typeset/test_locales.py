"""Dates, amounts and quantities as each language writes them; decimals are ISO 4217's."""

from copy import copy
from datetime import date
from decimal import Decimal

import babel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.typeset.locales import MINUS, Locale
from kassa.core.money import Money, minor_digits, to_decimal

DAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("name", "day", "money", "rate"),
    [
        ("en_GB", "5 November 2026", "€1,234.50", "25.5%"),
        ("en_US", "November 5, 2026", "€1,234.50", "25.5%"),
        ("ja_JP", "2026年11月5日", "€1,234.50", "25.5%"),
        ("zh_Hant_HK", "2026年11月5日", "€1,234.50", "25.5%"),
        ("th_TH", "5 พฤศจิกายน ค.ศ. 2026", "€1,234.50", "25.5%"),
        ("fi_FI", "5. marraskuuta 2026", "1\xa0234,50\xa0€", "25,5\xa0%"),
        ("ru_RU", "5 ноября 2026\u202fг.", "1\xa0234,50\xa0€", "25,5\xa0%"),
    ],
)
def test_each_language_has_its_way(name: str, day: str, money: str, rate: str) -> None:
    locale = Locale(name)
    assert locale.date(DAY, "long").replace("\xa0", "\u202f") == day.replace("\xa0", "\u202f")
    assert locale.money(123450, "EUR") == money
    assert locale.percent(Decimal("25.5000")) == rate


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("JPY", "¥12,345"), ("KWD", "KWD\xa012.345"), ("AFN", "AFN\xa0123.45"), ("HKD", "HK$123.45")],
)
def test_decimals_are_those_of_the_currency_and_not_of_cldr(currency: str, shown: str) -> None:
    assert Locale("en_GB").money(12345, currency) == shown
    assert Locale("ja_JP").money(-12345, currency) == f"−{shown}"


def test_a_thai_year_may_be_buddhist_and_a_japanese_one_of_its_era() -> None:
    assert Locale("th_TH", local_years=True).date(DAY, "long") == "5 พฤศจิกายน 2569"
    assert Locale("ja_JP", local_years=True).date(DAY, "long") == "令和8年11月5日"
    assert Locale("ja_JP", local_years=True).date(date(2019, 5, 1)) == "令和元年5月1日"
    assert Locale("ja_JP", local_years=True).date(date(2019, 4, 30), "long") == "2019年4月30日"
    assert Locale("fi_FI", local_years=True).date(DAY) == "5.11.2026"


def test_a_quantity_has_the_decimals_it_has() -> None:
    assert Locale("fi_FI").number(Decimal("1234.500000")) == "1\xa0234,5"
    assert Locale("en_GB").number(Decimal(3)) == "3"


def test_a_country_has_its_name_and_an_unknown_one_its_code() -> None:
    assert Locale("fi_FI").country("DE") == "Saksa"
    assert Locale("th_TH").country("ZZX") == "ZZX"


CURRENCIES = ["EUR", "JPY", "KWD", "AFN", "HKD"]
NAMES = ["en_GB", "en_US", "en_HK", "ja_JP", "zh_Hant_HK", "zh_Hant_TW", "th_TH", "fi_FI", "ru_RU"]


@given(
    st.integers(-(10**15), 10**15) | st.integers(-20, 20),
    st.sampled_from(CURRENCIES),
    st.sampled_from(NAMES),
)
def test_an_amount_is_written_as_babel_writes_it(minor: int, currency: str, name: str) -> None:
    pattern = copy(babel.Locale.parse(name).decimal_formats[None])
    pattern.frac_prec = (minor_digits(currency), minor_digits(currency))
    value = to_decimal(Money(amount_minor=minor, currency=currency))

    assert Locale(name).amount(minor, currency) == pattern.apply(value, name).replace("-", MINUS)
