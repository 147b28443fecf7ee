"""Coins become money exactly: eight decimals by any rate, rounded once, never through a float."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money, minor_digits
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay.money import decimal, from_btcpay, to_btcpay
from kassa.gateways.events import ObjectKind

SECONDS = 1_795_312_800
MOMENT = invoices.Moment(datetime.fromtimestamp(SECONDS, UTC), "InvoiceExpired")
COINS = st.decimals(min_value="0.00000001", max_value="20999999", places=8)
RATES = st.decimals(min_value="0.01", max_value="9999999", places=8)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


def minor(amount: Fraction, currency: str) -> int:
    """Round half up, in whole numbers alone."""
    scaled = amount * Fraction(10) ** minor_digits(currency)
    return int((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))


def paid(value: object, status: str = "Settled", fee: str = "0") -> dict[str, object]:
    return {"receivedDate": SECONDS, "value": str(value), "fee": fee, "status": status}


def answer(rate: object, payments: list[dict[str, object]], **invoice: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": "inv",
        "amount": "10.00",
        "currency": "EUR",
        "status": "Expired",
    }
    fields |= {"additionalStatus": "PaidPartial", "createdTime": SECONDS, "metadata": {}}
    method = {"currency": "BTC", "rate": str(rate), "payments": payments}
    return {
        "invoice": fields | {"expirationTime": SECONDS + 900} | invoice,
        "methods": [method],
    }


def captured(invoice: dict[str, object]) -> int | None:
    charges = [
        one for one in invoices.object_reports(invoice, MOMENT) if one.kind is ObjectKind.CHARGE
    ]
    return next((one.amount.amount_minor for one in charges if one.state == "captured"), None)


@given(st.lists(COINS, min_size=1, max_size=4), RATES, CURRENCIES)
def test_part_payments_are_added_up_exactly_and_rounded_once(
    coins: list[Decimal], rate: Decimal, currency: str
) -> None:
    exact = sum(Fraction(one) for one in coins) * Fraction(rate)
    assume(exact * 1000 < 10**15)
    expected = minor(exact, currency)
    invoice = answer(f"{rate:f}", [paid(f"{one:f}") for one in coins], currency=currency)
    assert captured(invoice) == (expected or None)


@given(st.integers(1, 10**9), RATES)
def test_a_settled_invoice_brings_its_own_amount_although_no_coin_divides_so(
    amount_minor: int, rate: Decimal
) -> None:
    assume(rate < 900_000)  # a satoshi is then worth less than a cent
    price = Decimal(amount_minor).scaleb(-2)
    coins = (price / rate).quantize(Decimal("0.00000001"), "ROUND_UP")
    invoice = answer(
        f"{rate:f}",
        [paid(f"{coins:f}")],
        amount=f"{price:f}",
        status="Settled",
        additionalStatus="None",
    )
    assert captured(invoice) == amount_minor


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_what_is_submitted_comes_back_as_it_was(amount_minor: int, currency: str) -> None:
    amount = Money(amount_minor=amount_minor, currency=currency)
    assert from_btcpay(decimal(to_btcpay(amount)), currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Money(amount_minor=5_00, currency="EUR"), "5.00", 5_00),
        (Money(amount_minor=5, currency="EUR"), "0.05", 5),
        (Money(amount_minor=500, currency="JPY"), "500", 500),
        (Money(amount_minor=1_234, currency="KWD"), "1.234", 1_234),
    ],
)
def test_amounts_are_written_in_the_currencys_own_decimals(
    amount: Money, currency: str, expected: int
) -> None:
    assert to_btcpay(amount) == currency
    assert from_btcpay(decimal(currency), amount.currency).amount_minor == expected


@pytest.mark.parametrize(
    "value",
    [
        *("", "-1", "+1", "1e3", "1E-8", " 1", "1 ", "1,5", ".5", "5.", "NaN", "Infinity"),
        *("٣", "1_0", "1" * 19, "0." + "0" * 19, None, True, 1.5, [], {}),
    ],
)
def test_what_is_no_plain_decimal_is_unreadable(value: object) -> None:
    with pytest.raises(UnreadableEvent):
        decimal(value)


def test_the_half_of_a_minor_unit_is_rounded_up() -> None:
    assert from_btcpay(Decimal("0.005"), "EUR").amount_minor == 1
    assert from_btcpay(Decimal("0.00499999999999999999"), "EUR").amount_minor == 0


def test_an_amount_beyond_any_payment_is_unreadable() -> None:
    with pytest.raises(UnreadableEvent):
        from_btcpay(Decimal(10**14), "EUR")
