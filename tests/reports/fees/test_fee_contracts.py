"""Fee contracts as a merchant writes them: what they mean, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import Unreadable
from kassa.reports.fees.contracts.contract import Charge, FeeContract, FeeLine, Rounding
from kassa.reports.fees.contracts.regions import EEA, Region, neighbours, region_of
from tests.support.fees import contracts_of

LINE: dict[str, Any] = {"method": "card", "currency": "EUR", "percent": "1.4", "fixed_minor": 25}
STRIPE: dict[str, Any] = {
    "gateway": "stripe",
    "since": "2026-01-01",
    "source": "contract of 2025-12-01",
    "fees": [LINE],
}


def contract(**fields: Any) -> FeeContract:
    return contracts_of(STRIPE | fields).contracts[0]


@given(
    st.integers(0, 10**9), st.integers(0, 999_999), st.sampled_from(Rounding), st.integers(0, 500)
)
def test_a_fee_is_the_rounded_percentage_and_the_fixed_part(
    amount_minor: int, ten_thousandths: int, rounding: Rounding, fixed_minor: int
) -> None:
    percent = f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"
    agreed = contract(
        rounding=rounding, fees=[LINE | {"percent": percent, "fixed_minor": fixed_minor}]
    )
    millionths = amount_minor * ten_thousandths
    share = {
        Rounding.HALF_UP: (2 * millionths + 10**6) // (2 * 10**6),
        Rounding.UP: -(-millionths // 10**6),
        Rounding.DOWN: millionths // 10**6,
    }[rounding]

    assert agreed.fee_minor(agreed.fees[0], Charge(amount_minor)) == share + fixed_minor


def test_exchange_comes_on_top_before_rounding_and_costs_what_nobody_knows_without_it() -> None:
    with_it = contract(fees=[LINE | {"exchange_percent": "0.25"}])
    exchanged = Charge(33_33, is_exchanged=True)

    assert with_it.fee_minor(with_it.fees[0], exchanged) == 55 + 25  # 1.65 % of 33.33 is 0.549945
    assert contract().fee_minor(contract().fees[0], exchanged) is None


def test_the_contract_that_began_last_holds() -> None:
    later = STRIPE | {"since": "2026-07-01", "fees": [LINE | {"percent": "1.5"}]}
    other = STRIPE | {"account": "tokyo", "since": "2026-03-01"}
    known = contracts_of(later, STRIPE, other)

    def holding(day: date, account: str = "main") -> date | None:
        found = known.holding("stripe", account, day)
        return found.since if found else None

    assert holding(date(2025, 12, 31)) is None
    assert holding(date(2026, 1, 1)) == holding(date(2026, 6, 30)) == date(2026, 1, 1)
    assert holding(date(2026, 7, 1)) == date(2026, 7, 1)
    assert holding(date(2026, 7, 1), "tokyo") == date(2026, 3, 1)
    assert known.places() == [("stripe", "main"), ("stripe", "tokyo")]


def test_a_line_fits_its_method_brands_regions_and_currency() -> None:
    line = FeeLine.model_validate(LINE | {"brands": ["amex"], "regions": ["domestic"]})

    assert line.fits("card", "amex", "domestic", "EUR")
    assert not line.fits("wallet", "amex", "domestic", "EUR")
    assert not line.fits("card", "visa", "domestic", "EUR")
    assert not line.fits("card", None, "domestic", "EUR")
    assert not line.fits("card", "amex", "unknown", "EUR")
    assert not line.fits("card", "amex", "domestic", "USD")


@pytest.mark.parametrize(
    ("wrong", "mistake"),
    [
        ({"gateway": "nobody"}, "contracts[0].gateway: nobody isn't one of adyen,"),
        ({"fees": []}, "contracts[0].fees: is empty"),
        (
            {"fees": [LINE | {"percent": 1.4}]},
            "contracts[0].fees[0].percent: must be a whole number or a decimal in quotes, such as",
        ),
        ({"fees": [LINE | {"methode": "card"}]}, "contracts[0].fees[0].methode: isn't a name"),
        ({"source": ""}, "contracts[0].source: "),
        (
            {"fees": [LINE, LINE | {"brands": ["amex"]}]},
            "contracts[0].fees[1]: contracts[0].fees[0] already has all that it fits",
        ),
    ],
)
def test_a_mistake_is_named_by_its_place(wrong: dict[str, Any], mistake: str) -> None:
    with pytest.raises(Unreadable) as refused:
        contracts_of(STRIPE | wrong)

    assert refused.value.wrong[0].startswith(mistake)


def test_two_contracts_of_an_account_don_t_begin_on_one_day() -> None:
    with pytest.raises(Unreadable, match=r"contracts\[1\].since: this account has a contract"):
        contracts_of(STRIPE, STRIPE)


def test_a_special_line_stands_above_the_general_one() -> None:
    contracts_of(STRIPE | {"fees": [LINE | {"brands": ["amex"]}, LINE]})


@pytest.mark.parametrize(
    ("card", "merchant", "region"),
    [
        ("FI", "FI", Region.DOMESTIC),
        ("SE", "FI", Region.EEA),
        ("NO", "FI", Region.EEA),
        ("GB", "FI", Region.INTERNATIONAL),
        ("FI", "GB", Region.INTERNATIONAL),
        ("GB", "GB", Region.DOMESTIC),
        (None, "FI", Region.UNKNOWN),
        ("FI", "", Region.UNKNOWN),
    ],
)
def test_a_card_s_region_follows_from_its_country_and_the_merchant_s(
    card: str | None, merchant: str, region: Region
) -> None:
    assert region_of(card, merchant) is region


def test_the_eea_has_thirty_countries() -> None:
    assert len(EEA) == 30
    assert len(neighbours("FI")) == 29
    assert neighbours("JP") == frozenset()


def test_a_percentage_never_becomes_a_float() -> None:
    assert contract().fees[0].percent == Decimal("1.4")
