"""Rates: read as the ECB writes them, kept by version, and converted exactly or not at all."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest
from kassa.core.money import minor_digits
from kassa.reports.rates.ecb import read_ecb
from kassa.reports.rates.rates import DayRates, MonthRates, Quote, conversion, quotes_on

DAILY = "Date, USD, JPY, BGN, \n20 November 2026, 1.0562, 160.12, 1.9558, \n"
HISTORY = "Date,USD,JPY,CYP,\n2026-11-20,1.0562,160.12,N/A,\n2026-11-19,1.0551,161,N/A,\n"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject>
 <Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.0562'/>
 <Cube currency='JPY' rate='160.12'/></Cube></Cube>
</gesmes:Envelope>"""
DAY = date(2026, 11, 20)


@pytest.mark.parametrize("text", [DAILY, HISTORY, XML, "\ufeff" + HISTORY])
def test_each_of_its_forms_says_the_same(text: str) -> None:
    last = read_ecb(text)[-1]
    assert (last.day, last.source) == (DAY, "ECB")
    assert {name: last.per_euro[name] for name in ("USD", "JPY")} == {
        "USD": "1.0562",
        "JPY": "160.12",
    }
    assert "CYP" not in last.per_euro


def test_days_come_oldest_first() -> None:
    assert [one.day.day for one in read_ecb(HISTORY)] == [19, 20]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1"),
        ("Datum,USD\n", "line 1"),
        ("Date,USD\n", "no day"),
        ("Date,USD\n2026-11-31,1\n", "line 2: '2026-11-31' is no day"),
        ("Date,USD\n20 Novembre 2026,1\n", "is no day"),
        ("Date,USD\n2026-11-20,1x\n", "line 2, USD: '1x' is no rate"),
        ("Date,USD\n2026-11-20,-1\n", "above zero"),
        ("Date,USD\n2026-11-20,NaN\n", "above zero"),
        ("<Envelope>", "no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "no DOCTYPE"),
        ("<a/>", "no day"),
    ],
)
def test_another_file_is_refused_by_its_line(text: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        read_ecb(text)


def rated(day: int, source: str = "ECB", **per_euro: str) -> DayRates:
    return DayRates(day=date(2026, 11, day), source=source, per_euro=per_euro)


def test_what_is_known_makes_no_version() -> None:
    month = MonthRates(month="2026-11").with_days([rated(19, USD="1.05"), rated(20, USD="1.06")])
    assert month.version == 1
    assert month.with_days([rated(19, USD="1.05")]) is month
    assert month.with_days([rated(19, USD="1.07")]).version == 2


def test_the_last_rate_of_a_week_counts_and_no_older_one() -> None:
    days = [rated(12, JPY="160"), rated(18, USD="1.05"), rated(19, USD="1.06", GBP="0.8")]
    found = quotes_on([*days, rated(19, "My bank", USD="1.07")], DAY)
    assert found["USD"] == Quote(per_euro="1.07", day=date(2026, 11, 19), source="My bank")
    assert found["GBP"].source == "ECB"
    assert "JPY" not in found, "older than a week"


AMOUNTS = st.integers(-(10**15), 10**15)
RATES = st.integers(1, 10**9).map(lambda n: f"{Decimal(n) / 10**4:f}")
NAMES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])


@given(st.dictionaries(NAMES, AMOUNTS, min_size=1), NAMES, st.tuples(RATES, RATES, RATES))
def test_a_total_is_the_sum_of_parts_each_converted_exactly(
    amounts: dict[str, int], to: str, rates: tuple[str, str, str]
) -> None:
    quotes = {
        name: Quote(per_euro=rate, day=DAY, source="ECB")
        for name, rate in zip(("USD", "JPY", "KWD"), rates, strict=True)
    }
    made = conversion({name: {"net": minor} for name, minor in amounts.items()}, to, quotes)
    expected = 0
    with localcontext() as context:
        context.prec = 80
        for name, minor in amounts.items():
            per_euro = {of: Decimal(quotes[of].per_euro) if of != "EUR" else Decimal(1)
                        for of in (name, to)}  # fmt: skip
            major = Decimal(minor).scaleb(-minor_digits(name)) * per_euro[to] / per_euro[name]
            unit = Decimal(1).scaleb(-minor_digits(to))
            own = minor if name == to else int(
                major.quantize(unit, ROUND_HALF_EVEN).scaleb(minor_digits(to))
            )  # fmt: skip
            expected += own
    assert made.totals == {"net": expected}
    assert made.missing == ()


def test_a_missing_rate_is_said_and_no_total_is_guessed() -> None:
    quotes = {"USD": Quote(per_euro="1.05", day=DAY, source="ECB")}
    made = conversion({"USD": {"net": 1}, "JPY": {"net": 2}, "EUR": {"net": 3}}, "EUR", quotes)
    assert (made.totals, made.missing) == (None, ("JPY",))
    assert conversion({"EUR": {"net": 3}}, "JPY", quotes).missing == ("EUR",)
