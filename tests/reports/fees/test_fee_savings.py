"""What the same payments cost elsewhere, by hand; and the route that would bring it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import read_routes
from kassa.checkout.routing.routing import Offer, RoutingInput, routed
from kassa.core.money import Money
from kassa.gateways.submissions import PaymentMethod
from kassa.reports.fees.analysis import Audit, CurrencyFees
from kassa.reports.fees.build_fees import OFFERED
from kassa.reports.fees.charged import Audited, Kind
from kassa.reports.fees.contracts.regions import EEA, Region
from kassa.reports.fees.elsewhere import commands, route_lines
from kassa.reports.fees.fit import FEES_MIN
from kassa.reports.fees.headlines import Texts, best, could_save, saving
from kassa.reports.fees.savings import Alternative, Terms, Traffic, alternatives, whole
from tests.support.fees import BUILT_AT, contracts_of

LINE: dict[str, Any] = {"method": "card", "currency": "EUR", "percent": "1", "fixed_minor": 10}
ADYEN: dict[str, Any] = {
    "gateway": "adyen",
    "since": "2026-01-01",
    "source": "contract of 2025-12-01",
    "fees": [LINE],
}
VISA = Kind("stripe", "main", "card", "visa", Region.DOMESTIC, "EUR", "EUR")
TRAFFIC = Traffic(charges=100, gross_minor=5_000_00, fee_minor=115_00)  # 1.8 % and 0.25
DAY = date(2026, 4, 30)
IN_ENGLISH = Texts("en")


def elsewhere(
    *contracts: dict[str, Any], payments: dict[Kind, Traffic] | None = None
) -> tuple[Alternative, ...]:
    terms = Terms(contracts_of(*contracts), "FI", DAY, 30, OFFERED)
    return alternatives(payments or {VISA: TRAFFIC}, terms)


def test_payments_cost_what_the_other_contract_says_and_a_year_has_365_days() -> None:
    (one,) = elsewhere(ADYEN)

    assert (one.cost_minor, one.would_cost_minor, one.saving_minor) == (115_00, 60_00, 55_00)
    assert one.yearly_minor == round(55_00 * 365 / 30)
    assert (one.monthly_minor, one.break_even_minor) == (0, None)
    assert saving(one, "month", IN_ENGLISH) == (
        "Send card payments in EUR to adyen/main, not stripe/main: 669.17 EUR a year. This month's"
        " 100 would have cost 60.00 instead of 115.00."
    )


def test_of_few_payments_no_year_is_foretold() -> None:
    few = {VISA: Traffic(charges=FEES_MIN - 1, gross_minor=500_00, fee_minor=11_50)}
    (one,) = elsewhere(ADYEN, payments=few)

    assert one.yearly_minor > 0
    assert "too few to say what a year would bring. This month's 29 would" in saving(
        one, "month", IN_ENGLISH
    )


def test_a_monthly_fee_comes_once_an_account_is_opened_and_from_some_volume_on_it_pays() -> None:
    monthly = ADYEN | {"monthly_minor": {"EUR": 44_00}}
    busy = Kind("adyen", "main", "bank_transfer", "ideal", Region.DOMESTIC, "EUR", "EUR")

    (one,) = elsewhere(monthly)
    (paid_already,) = elsewhere(monthly, payments={VISA: TRAFFIC, busy: Traffic(1, 1_00, 29)})

    assert one.would_cost_minor == 60_00 + whole(Fraction(44_00 * 12 * 30, 365))
    assert one.yearly_minor == whole(Fraction(55_00 * 365, 30) - 44_00 * 12)
    assert one.break_even_minor == 4_000_00  # 5,000.00 saves 55.00, so 4,000.00 saves 44.00
    assert (paid_already.would_cost_minor, paid_already.monthly_minor) == (60_00, 0)


@pytest.mark.parametrize(
    ("line", "cost"),
    [
        ({}, 60_00),
        ({"refund_minor": 30}, 60_00 + 3_00),
        ({"returned": "percentage"}, 60_00 - 4_00),
        ({"returned": "all"}, 60_00 - 4_00 - 1_00),
        ({"dispute_minor": 15_00}, 60_00 + 45_00),
        ({"dispute_minor": 15_00, "is_dispute_fee_returned": True}, 60_00 + 30_00),
    ],
)
def test_refunds_and_disputes_cost_what_the_line_says(line: dict[str, Any], cost: int) -> None:
    moved = TRAFFIC._replace(refunds=10, refunded_minor=400_00, disputes=3, won=1)

    (one,) = elsewhere(ADYEN | {"fees": [LINE | line]}, payments={VISA: moved})

    assert one.would_cost_minor == cost


def test_only_the_regions_move_in_which_it_is_cheaper() -> None:
    foreign = VISA._replace(region=Region.INTERNATIONAL)
    near = VISA._replace(region=Region.EEA)
    payments = {one: TRAFFIC for one in (VISA, near, foreign)}
    dear = LINE | {"percent": "5"}
    cheap = LINE | {"regions": ["domestic", "eea"]}

    (one,) = elsewhere(ADYEN | {"fees": [cheap, dear]}, payments=payments)

    assert one.regions == (Region.DOMESTIC, Region.EEA)
    assert one.charges == 200
    assert one.route["countries"] == {"allow": sorted(EEA)}


def test_nothing_is_said_of_what_the_other_contract_has_no_price_for() -> None:
    exchanged = VISA._replace(paid_currency="USD")
    wallet = VISA._replace(method="wallet", brand="applepay")

    assert elsewhere(ADYEN, payments={exchanged: TRAFFIC}) == ()
    assert elsewhere(ADYEN, payments={wallet: TRAFFIC}) == ()
    assert elsewhere(ADYEN | {"gateway": "btcpay"}) == ()  # opens no checkout for cards
    assert elsewhere(ADYEN | {"since": "2026-05-01"}) == ()
    assert elsewhere(ADYEN | {"gateway": "stripe"}) == ()  # it is there already


def test_a_dearer_account_is_shown_and_recommended_to_nobody() -> None:
    (one,) = elsewhere(ADYEN | {"fees": [LINE | {"percent": "9"}]})

    assert one.saving_minor < 0
    assert list(best([one])) == []


def test_each_part_of_the_payments_is_saved_once_and_the_most_first() -> None:
    dearer = ADYEN | {"account": "second", "fees": [LINE | {"percent": "1.2"}]}

    found = elsewhere(dearer, ADYEN)

    assert [one.to_account for one in found] == ["main", "second"]
    assert [one.to_account for one in best(found)] == ["main"]


@pytest.mark.parametrize(("is_moved", "left"), [(False, 4_00), (True, 55_00)])
def test_what_can_be_claimed_back_is_no_part_of_what_moving_saves(
    is_moved: bool, left: int
) -> None:
    wrong = Audited(
        gateway="stripe", account="main", currency="EUR", line="contracts[0].fees[0]",
        off_minor=2_00, fees=2, expected_minor=1_00,
    )  # fmt: skip
    audit = Audit(
        gateway="stripe", account="main", fees=2, without_line=0, expected_minor=1_00, off=(wrong,)
    )
    moves = elsewhere(ADYEN) if is_moved else ()
    fees = CurrencyFees(
        currency="EUR", charges=100, gross_minor=5_000_00, fee_minor=115_00, percent=None,
        booked_minor=115_00, postings=1, event_ids=(), segments=(), beside=(), audits=(audit,),
        alternatives=moves,
    )  # fmt: skip

    assert could_save(fees) == left


@given(
    st.integers(1, 10**6), st.integers(1, 10**10), st.integers(0, 10**8), st.integers(0, 99_9999)
)
def test_a_cost_is_its_share_and_its_fixed_parts(
    charges: int, gross_minor: int, fee_minor: int, ten_thousandths: int
) -> None:
    percent = Decimal(ten_thousandths) / 10_000
    contract = ADYEN | {"fees": [LINE | {"percent": f"{percent:f}"}]}

    (one,) = elsewhere(contract, payments={VISA: Traffic(charges, gross_minor, fee_minor)})

    exact = Fraction(percent) * gross_minor / 100 + 10 * charges
    assert one.would_cost_minor == whole(exact)
    assert one.saving_minor == fee_minor - one.would_cost_minor


def test_the_route_is_one_that_routes_take_and_sends_such_an_order_there() -> None:
    lines = [LINE | {"regions": ["domestic"]}, LINE | {"percent": "5"}]
    foreign = VISA._replace(region=Region.INTERNATIONAL)
    (one,) = elsewhere(ADYEN | {"fees": lines}, payments={VISA: TRAFFIC, foreign: TRAFFIC})
    stripe = {"gateway": "stripe", "cost": {"permille": "1"}}
    document = {"routes": [stripe, *yaml.safe_load("\n".join(route_lines(one)))]}

    read = read_routes(document, offered(), 1, BUILT_AT).routes
    offers = {name: Offer(frozenset(methods)) for name, methods in offered().items()}

    def first(country: str) -> str:
        paid = Money(amount_minor=50_00, currency="EUR")
        request = RoutingInput(paid, PaymentMethod.CARD, country)
        return routed(request, read, offers).candidates[0].gateway

    assert (first("FI"), first("US")) == ("adyen", "stripe")
    assert list(commands(one)) == [
        "kassa routes try --amount 50.00 --currency EUR --method card --country FI"
        " --file routes.yaml",
        "kassa routes save routes.yaml",
    ]
