"""Amounts come back from every gateway as they left, in every currency, or never leave."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.fake_gateways.adyen import money as adyen_fake
from infra.fake_gateways.kit import iso4217 as fakes_iso4217
from infra.fake_gateways.paypal import money as paypal_fake
from infra.fake_gateways.stripe import money as stripe_fake
from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import MINOR_DIGITS, Money, minor_digits
from kassa.gateways.adyen.money import from_adyen, to_adyen
from kassa.gateways.btcpay.money import to_btcpay
from kassa.gateways.klarna.checkouts import COUNTRIES
from kassa.gateways.klarna.money import to_klarna
from kassa.gateways.paypal.money import CURRENCIES, to_paypal
from kassa.gateways.stripe.money import from_stripe, to_stripe
from kassa.gateways.submissions import CheckoutSubmission
from tests.support.effort import few
from tests.support.every_gateway import CALLED, units
from tests.support.gateway_units.standard import STANDARD_DECIMALS
from tests.support.gateway_units.submitting import checkout_submission, refund_submission, sent
from tests.support.iso4217 import DIGITS, EVERY

OUT = {
    **{"stripe": to_stripe, "adyen": to_adyen, "paypal": to_paypal, "klarna": to_klarna},
    "btcpay": to_btcpay,
}
MINOR = st.integers(1, 10**12) | st.integers(1, 10**9).map(lambda whole: whole * 1000)
# What has other than two decimals and isn't in the gateway's own table.
UNTOLD = {
    "stripe": {"CLF", "IQD", "LYD", "UYI", "UYW"},
    "adyen": {"BIF", "CLF", "UYI", "UYW"},
}
REFUSALS = {
    *("amount_not_taken", "currency_not_taken", "invalid_amount", "currency_unavailable"),
    *("currency_not_supported", "amount_not_supported", "currency_unsupported"),
    "amount_too_large",
}


def money(minor: int, currency: str) -> Money:
    return Money(amount_minor=minor, currency=currency)


# The table of minor digits


def test_the_minor_digits_are_those_of_iso_4217() -> None:
    assert {code: minor_digits(code) for code in DIGITS} == DIGITS
    assert set(MINOR_DIGITS) == {code for code, digits in DIGITS.items() if digits != 2}


def test_the_fakes_own_table_says_the_same() -> None:
    assert {code: fakes_iso4217.digits(code) for code in DIGITS} == DIGITS


@pytest.mark.parametrize("gateway", ["stripe", "adyen"])
def test_we_count_as_the_fake_does_in_every_currency_that_it_takes(gateway: str) -> None:
    if gateway == "stripe":
        theirs = {code.upper(): stripe_fake.digits(code) for code in stripe_fake.KNOWN}
    else:
        theirs = adyen_fake.DECIMALS
    for currency, digits in theirs.items():
        whole = money(7 * 10 ** minor_digits(currency), currency)
        assert OUT[gateway](whole) == 7 * 10**digits, currency


def test_paypals_currencies_are_those_of_its_documentation() -> None:
    assert CURRENCIES == paypal_fake.CURRENCIES


# Out and in again


@pytest.mark.parametrize("gateway", CALLED)
@few(6)
@given(minor=MINOR)
def test_a_refund_comes_back_as_it_left_or_never_leaves(gateway: str, minor: int) -> None:
    for currency in EVERY:
        amount = money(minor, currency)
        body = sent(gateway, refund_submission(gateway, amount))
        if isinstance(body, GatewayRefused):
            assert str(body) in REFUSALS
            assert not body.is_retryable  # no other gateway can refund it
            continue
        wire = units(gateway).refund(body)
        for name, read in units(gateway).READ.items():
            assert read(wire, currency) == amount, name


@pytest.mark.parametrize("gateway", CALLED)
@few(6)
@given(parts=st.lists(MINOR, min_size=1, max_size=3))
def test_a_checkout_and_its_lines_come_back_as_they_left_or_never_leave(
    gateway: str, parts: list[int]
) -> None:
    for currency in EVERY:
        amount = money(sum(parts), currency)
        body = sent(gateway, checkout_submission(amount, tuple(parts)))
        if isinstance(body, GatewayRefused):
            assert str(body) in REFUSALS
            assert body.is_retryable  # routing goes on
            continue
        total, lines = units(gateway).page(body)
        for name, read in units(gateway).READ.items():
            assert read(total, currency) == amount, name
        charge = units(gateway).READ["charge"]
        assert [charge(line, currency).amount_minor for line in lines] in ([], parts, [sum(parts)])


@few(6)
@given(minor=MINOR)
def test_what_a_mapped_gateway_counts_is_read_by_its_mappings_decimals(minor: int) -> None:
    for currency in EVERY:
        shift = STANDARD_DECIMALS.get(currency, minor_digits(currency)) - minor_digits(currency)
        written = Decimal(minor).scaleb(shift)
        if written == written.to_integral_value():
            for name, read in units("standard").READ.items():
                assert read(int(written), currency) == money(minor, currency), name


@pytest.mark.parametrize("gateway", CALLED)
def test_a_gateway_takes_the_amounts_of_nearly_every_currency(gateway: str) -> None:
    taken = {code for code in EVERY if isinstance(sent(gateway, page(code)), dict)}
    refused = {code for code in EVERY if code not in taken}
    listed = {"paypal": CURRENCIES, "klarna": COUNTRIES.keys()}.get(gateway)
    assert refused == (set(EVERY) - listed if listed else UNTOLD.get(gateway, set()))


def page(currency: str) -> CheckoutSubmission:
    return checkout_submission(money(1000 * 10 ** minor_digits(currency), currency))


# What the documentation says, by hand

WRITTEN = [
    ("stripe", 50_000, "ISK", 5_000_000),
    ("stripe", 20_000, "UGX", 2_000_000),
    ("stripe", 5_000_00, "MGA", 5_000),
    ("stripe", 5_120, "KWD", 5_120),
    ("stripe", 500, "JPY", 500),
    ("stripe", 1_000_45, "HUF", 1_000_45),
    ("stripe", 800_45, "TWD", 800_45),
    ("stripe", 10_00, "USD", 10_00),
    ("adyen", 50_000, "ISK", 5_000_000),
    ("adyen", 50_000, "CLP", 5_000_000),
    ("adyen", 50_000_00, "IDR", 50_000),
    ("adyen", 5_000_00, "CVE", 5_000),
    ("adyen", 20_000, "UGX", 20_000),
    ("adyen", 5_124, "KWD", 5_124),
    ("adyen", 1_000_45, "HUF", 1_000_45),
    ("adyen", 500, "JPY", 500),
    ("paypal", 5_000_00, "HUF", {"currency_code": "HUF", "value": "5000"}),
    ("paypal", 800_00, "TWD", {"currency_code": "TWD", "value": "800"}),
    ("paypal", 500, "JPY", {"currency_code": "JPY", "value": "500"}),
    ("paypal", 10_50, "USD", {"currency_code": "USD", "value": "10.50"}),
    ("klarna", 5_000_00, "HUF", 5_000_00),
    ("klarna", 10_50, "SEK", 10_50),
    ("btcpay", 50_000, "ISK", "50000"),
    ("btcpay", 5_124, "KWD", "5.124"),
    ("btcpay", 5_000_50, "MGA", "5000.50"),
    ("btcpay", 500, "JPY", "500"),
]


@pytest.mark.parametrize(("gateway", "minor", "currency", "wire"), WRITTEN)
def test_amounts_are_submitted_in_a_gateways_own_units(
    gateway: str, minor: int, currency: str, wire: object
) -> None:
    amount = money(minor, currency)
    body = sent(gateway, refund_submission(gateway, amount))
    assert isinstance(body, dict)
    assert units(gateway).refund(body) == wire
    page = sent(gateway, checkout_submission(amount, (minor,)))
    assert isinstance(page, dict)
    assert units(gateway).page(page)[0] == wire


REFUSED = [
    ("stripe", 5_124, "KWD", "amount_not_taken"),  # the last digit must be 0
    ("stripe", 5_000_50, "MGA", "amount_not_taken"),
    ("stripe", 5_000, "IQD", "currency_not_taken"),
    ("stripe", 5_000, "LYD", "currency_not_taken"),
    ("stripe", 10_000, "CLF", "currency_not_taken"),
    ("adyen", 50_000_50, "IDR", "invalid_amount"),
    ("adyen", 1, "CVE", "invalid_amount"),
    ("adyen", 50_000, "BIF", "currency_unavailable"),
    ("adyen", 10_000, "UYW", "currency_unavailable"),
    ("paypal", 5_000_50, "HUF", "currency_not_supported"),
    ("paypal", 800_01, "TWD", "currency_not_supported"),
    ("klarna", 2_000_000_01, "EUR", "amount_too_large"),
    ("btcpay", 10**16, "EUR", "amount_not_supported"),
]


@pytest.mark.parametrize(("gateway", "minor", "currency", "reason"), REFUSED)
def test_what_a_gateway_cannot_take_is_refused_before_it_is_submitted(
    gateway: str, minor: int, currency: str, reason: str
) -> None:
    for submission in (
        checkout_submission(money(minor, currency)),
        refund_submission(gateway, money(minor, currency)),
    ):
        refused = sent(gateway, submission)
        assert isinstance(refused, GatewayRefused)
        may_be_tried_elsewhere = isinstance(submission, CheckoutSubmission)
        assert (str(refused), refused.is_retryable) == (reason, may_be_tried_elsewhere)


@pytest.mark.parametrize(
    ("gateway", "currency", "reason"),
    [
        *(("paypal", code, "currency_not_supported") for code in ("ISK", "KWD", "MGA", "UGX")),
        *(("klarna", code, "currency_unsupported") for code in ("ISK", "JPY", "KWD")),
    ],
)
def test_a_checkout_in_a_currency_that_a_gateway_does_not_list_is_not_submitted(
    gateway: str, currency: str, reason: str
) -> None:
    refused = sent(gateway, checkout_submission(money(50_000, currency)))
    assert isinstance(refused, GatewayRefused)
    assert (str(refused), refused.is_retryable) == (reason, True)


@pytest.mark.parametrize(("gateway", "currency"), [("adyen", "IDR"), ("paypal", "HUF")])
def test_a_line_that_a_gateway_cannot_take_leaves_the_lines_out_and_the_order_paid(
    gateway: str, currency: str
) -> None:
    body = sent(gateway, checkout_submission(money(1_000_00, currency), (333_50, 666_50)))
    assert isinstance(body, dict)
    total, lines = units(gateway).page(body)
    assert (units(gateway).READ["charge"](total, currency).amount_minor, lines) == (1_000_00, [])


@pytest.mark.parametrize(("gateway", "currency"), [("adyen", "ISK"), ("paypal", "HUF")])
def test_lines_are_submitted_in_the_gateways_units_where_they_add_up(
    gateway: str, currency: str
) -> None:
    amount = money(1_000_00, currency)
    for parts, shown in (((300_00, 700_00), [300_00, 700_00]), ((300_00, 600_00), [])):
        body = sent(gateway, checkout_submission(amount, parts))
        assert isinstance(body, dict)
        lines = units(gateway).page(body)[1]
        charge = units(gateway).READ["charge"]
        assert [charge(line, currency).amount_minor for line in lines] == shown


def test_a_fraction_that_iso_4217_does_not_have_is_read_as_nothing() -> None:
    for read in (from_stripe, from_adyen):
        with pytest.raises(UnreadableEvent, match="fraction"):
            read(4_010, "ISK")  # 40.10 ISK, as Stripe took it until 2023
    for wire in ("40.10", "0.5"):
        with pytest.raises(UnreadableEvent, match="fraction"):
            units("paypal").READ["charge"]({"currency_code": "ISK", "value": wire}, "ISK")
