"""An invoice states a capture: complete in itself, in the merchant's calendar and language."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.invoices.invoice import (
    Invoice,
    is_invoiced,
    next_invoice,
    series_of,
    statement_of,
)
from kassa.billing.numbering.series import Series, next_entry
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.core.money_texts import printed
from kassa.ledger.facts import PaymentCaptured
from tests.support.facts import captured

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SHOP = Merchant.from_settings(
    {
        "merchant_id": "main",
        "merchant_name": "My Shop",
        "merchant_address": "1 Example Street | 00100 Example | ",
        "merchant_tax_id": "",
        "merchant_time_zone": "Asia/Tokyo",
        "merchant_language": "ja",
    }
)
SERIES = Series(merchant_id="main", name="2026", last_number=6)


def issued(now: datetime = NOW, series: Series = SERIES, **more: Any) -> Invoice:
    fact = captured("pi_1", NOW, (5000, "JPY"), **more)
    assert isinstance(fact.data, PaymentCaptured)
    return next_invoice(fact.data, fact.metadata, SHOP, series, now)


def test_an_invoice_holds_everything_that_is_printed() -> None:
    invoice = issued(order_id="order-1", customer_id="cus_1")

    assert invoice.number_printed == "2026-00000007"
    assert invoice.path == "invoices/main/2026/2026-00000007.pdf"
    assert invoice.total == Money(amount_minor=5000, currency="JPY")
    assert [line.description for line in invoice.lines] == ["ご注文 order-1"]
    assert (invoice.merchant, invoice.issued_on) == (SHOP, date(2026, 11, 21))


def test_an_address_is_parted_into_its_lines() -> None:
    assert SHOP.address == ("1 Example Street", "00100 Example")


@pytest.mark.parametrize(
    ("language", "printed_in"),
    [("en", "en"), ("en-GB", "en"), ("ja_JP", "ja"), ("ja", "ja"), ("xx", "ja"), (None, "ja")],
)
def test_the_orders_language_wins_where_we_write_it(language: str | None, printed_in: str) -> None:
    assert issued(language=language).language == printed_in


@pytest.mark.parametrize(
    ("now", "series"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, 999_999, tzinfo=UTC), "2026"),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "2027"),
    ],
)
def test_the_series_changes_with_the_merchants_year(now: datetime, series: str) -> None:
    assert series_of(SHOP, now) == series


@given(st.lists(st.integers(-3600, 3600), max_size=20))
def test_numbers_run_without_gap_and_never_bear_an_earlier_date(skews: list[int]) -> None:
    series, invoices = SERIES.model_copy(update={"last_number": 0}), []
    for skew in skews:
        at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC) + timedelta(seconds=skew)
        invoice = issued(at, series)
        _, series = next_entry(statement_of(invoice), series, invoice.issued_on)
        invoices.append(invoice)

    assert [invoice.number for invoice in invoices] == list(range(1, len(skews) + 1))
    dates = [invoice.issued_on for invoice in invoices]
    assert dates == sorted(dates)


def test_what_was_captured_before_the_books_opened_has_its_invoice_already() -> None:
    due, opening = (
        captured("pi_1", NOW, (1, "EUR")),
        captured("pi_1", NOW, (1, "EUR"), opening=True),
    )
    assert isinstance(due.data, PaymentCaptured)
    assert isinstance(opening.data, PaymentCaptured)
    assert (is_invoiced(due.data), is_invoiced(opening.data)) == (True, False)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (1_234_567, "EUR", "€12,345.67"),
        (5000, "JPY", "¥5,000"),
        (12_500, "KWD", "KWD\u00a012.500"),
        (20_000, "HKD", "HK$200.00"),
        (5, "EUR", "€0.05"),
        (0, "JPY", "¥0"),
    ],
)
def test_amounts_have_their_currencys_decimals(amount_minor: int, currency: str, text: str) -> None:
    assert printed(Money(amount_minor=amount_minor, currency=currency)) == text
