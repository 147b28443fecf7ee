"""What isn't an amount is never read as one, and limits are taken to the last minor unit."""

from decimal import Decimal, localcontext

import pytest

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.adyen.money import from_report
from kassa.gateways.amounts import Units
from kassa.gateways.btcpay.money import decimal, from_btcpay, to_btcpay, total
from kassa.gateways.klarna.money import from_klarna, to_klarna
from kassa.gateways.paypal.money import from_paypal
from kassa.gateways.stripe.money import from_stripe
from tests.support.builders import eur, jpy


@pytest.mark.parametrize("amount", [None, True, "100", 1.0])
def test_stripes_amount_is_an_integer(amount: object) -> None:
    with pytest.raises(UnreadableEvent, match=r"^amount is not an integer$"):
        from_stripe(amount, "eur")


@pytest.mark.parametrize("currency", [None, 978, "", "eu", "euro"])
def test_stripes_currency_has_three_letters(currency: object) -> None:
    with pytest.raises(UnreadableEvent, match=r"^currency is not a three-letter code$"):
        from_stripe(1, currency)


def test_both_generations_of_paypals_amounts_are_read() -> None:
    assert from_paypal({"value": "1.50", "currency_code": "EUR"}) == eur(1_50)
    assert from_paypal({"total": "-1.5", "currency": "EUR"}) == eur(-1_50)


@pytest.mark.parametrize("amount", [None, "1.50", {}, {"value": 1}, {"value": "1e3"}])
def test_paypals_amount_is_a_decimal_number(amount: object) -> None:
    with pytest.raises(UnreadableEvent, match=r"^an amount isn't a decimal number$"):
        from_paypal(amount)


@pytest.mark.parametrize("currency", [None, 978, "eur", "EURO"])
def test_paypals_currency_is_a_code(currency: object) -> None:
    with pytest.raises(UnreadableEvent, match=r"^a currency isn't a three-letter code$"):
        from_paypal({"value": "1", "currency_code": currency})


@pytest.mark.parametrize("value", [None, True, "1", 1.0, 10**15 + 1, -(10**15) - 1])
def test_klarnas_amount_is_an_integer_of_a_payments_size(value: object) -> None:
    with pytest.raises(UnreadableEvent, match=r"^total is no amount in minor units$"):
        from_klarna({"total": value}, "total", "eur")


def test_limits_are_taken_to_the_last_minor_unit() -> None:
    assert from_klarna({"total": 10**15}, "total", "eur") == eur(10**15)
    assert to_klarna(eur(200_000_000)) == 200_000_000
    assert to_btcpay(jpy(10**13)) == str(10**13)
    for too_much in (lambda: to_klarna(eur(200_000_001)), lambda: to_btcpay(jpy(10**13 + 1))):
        with pytest.raises(GatewayRefused):
            too_much()


@pytest.mark.parametrize(
    ("text", "minor"), [("12.34", 12_34), ("-0.5", -50), ("7", 7_00), ("", 0), ("1.230000", 1_23)]
)
def test_a_report_of_adyens_has_decimals_and_empty_fields(text: str, minor: int) -> None:
    assert from_report(text, "EUR") == eur(minor)
    assert from_report("150", "JPY") == jpy(150)


@pytest.mark.parametrize("text", ["1,5", "1e3", " 1", "x", "1.", ".5", "+1", "1.1234567"])
def test_what_is_no_decimal_in_a_report_of_adyens_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableEvent, match=r"^an amount is no decimal$"):
        from_report(text, "EUR")


def test_btcpays_whole_numbers_are_decimals_and_its_truths_are_none() -> None:
    assert decimal(15) == Decimal(15)
    for value in (True, False):
        with pytest.raises(UnreadableEvent, match=r"^an amount is no decimal number$"):
            decimal(value)


def test_btcpays_amounts_are_exact_whatever_the_callers_arithmetic() -> None:
    long = Decimal("12345678.12345678901234567890123456")
    with localcontext() as context:
        context.prec, context.rounding = 3, "ROUND_DOWN"
        assert total([long, Decimal("0.5")]) == Decimal("12345678.62345678901234567890123456")
        assert total([]) == 0
        assert from_btcpay(Decimal("1234567.895"), "EUR") == eur(123_456_790)
        assert from_btcpay(Decimal("1234567.8949999999999"), "EUR") == eur(123_456_789)


def test_btcpays_largest_amount_is_read_and_written_and_none_beyond() -> None:
    assert from_btcpay(Decimal(10**13), "EUR") == eur(10**15)
    assert to_btcpay(eur(10**15)) == f"{10**13}.00"
    with pytest.raises(UnreadableEvent, match=r"^an amount is larger than any payment$"):
        from_btcpay(Decimal(10**13) + Decimal("0.01"), "EUR")
    with pytest.raises(GatewayRefused):
        to_btcpay(eur(10**15 + 1))


def test_a_decimal_more_than_iso_4217_has_is_read_exactly_or_not_at_all() -> None:
    units = Units(digits={"EUR": 3})
    assert units.read(1_230, "EUR") == eur(1_23)
    with pytest.raises(UnreadableEvent, match=r"^EUR has no such fraction$"):
        units.read(1_235, "EUR")


def test_a_currency_whose_decimals_nobody_knows_is_not_written() -> None:
    dinars = Money(amount_minor=1_000, currency="KWD")
    assert Units(digits={}).written(dinars) is None
    assert Units(digits={"KWD": 3}).written(dinars) == 1_000
