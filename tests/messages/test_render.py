"""A message says what it was told, in the reader's language, and the same in all of its forms."""

import re
from datetime import date
from html import unescape

import pytest

from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.messages.rendering.render import Rendered, render, whole
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import bare_sample, sample

SHOP = Brand(name="Example Shop", address=("1 High Street",), time_zone="Europe/Helsinki")
YEN = {"currency": "JPY"}
TEN = Money(amount_minor=10_00, currency="EUR")


def shown(rendered: Rendered) -> str:
    """Return what a page shows, without its markup."""
    body = rendered.html.partition("<body")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_paid_refund_says_when_it_arrives_and_how_a_bank_finds_it() -> None:
    params = {"amount": TEN, "reference": "A-1", "paid_on": date(2026, 12, 1)}
    traced = {**params, "trace_number": "7453760", "expected_by": date(2026, 12, 8)}

    for text in (
        render("refund_paid", traced, "en", SHOP).text,
        shown(render("refund_paid", traced, "en", SHOP)),
    ):
        assert "It is usually there by 8 December 2026" in text
        assert "give your bank the trace number (ARN) 7453760" in text
    assert "ARN" not in render("refund_paid", params, "en", SHOP).text


def test_what_a_message_is_told_can_be_no_markup() -> None:
    params = {**sample("receipt"), "recipient_name": "<b>Jane</b>", "reference": '"><script>'}
    page = render("receipt", params, "en", SHOP).html
    assert "<b>Jane" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"reference": "A-1", "amount": TEN}, "link"),
        ({"reference": "A-1", "amount": TEN, "link": "http://shop.example/"}, "link"),
        ({"reference": "A-1", "amount": 10, "link": "https://shop.example/"}, "amount"),
        ({"reference": "A-1", "amount": TEN, "link": "https://shop.example/", "x": 1}, "x"),
    ],
)
def test_a_message_that_is_told_too_little_or_too_much_is_refused(
    params: dict[str, object], wrong: str
) -> None:
    with pytest.raises(InvalidRequest, match=rf"^payment_link: {wrong}"):
        render("payment_link", params, "en", SHOP)


def test_a_message_that_there_isnt_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="none called postcard"):
        render("postcard", {}, "en", SHOP)


def test_a_paid_invoice_says_no_account_to_pay_to() -> None:
    due, paid = (render("invoice", sample(f"invoice.{one}"), "en", SHOP) for one in ("due", "paid"))
    assert "FI21 1234" in due.text
    assert "FI21 1234" in due.html
    assert "FI21 1234" not in paid.text + paid.html
    assert "nothing more to pay" in paid.text


def test_a_total_has_its_late_fee_and_interest_and_never_two_currencies_in_one() -> None:
    yen = {"number": "8", "due_on": date(2026, 11, 1), "open": {"amount_minor": 5000} | YEN}
    params = {**sample("overdue.tone_2"), "invoices": [*sample("overdue.tone_2")["invoices"], yen]}
    text = render("overdue", params, "en", SHOP).text
    assert "Total to pay: €1,181.77\nTotal to pay: ¥5,000" in text
    assert "pay €1,181.77 + ¥5,000 by" in text


def test_a_number_is_never_parted_at_its_hyphen_nor_a_day_at_its_gaps() -> None:
    assert whole("A-1001 & well-known <b>") == (
        '<span style="white-space:nowrap">A-1001</span> &amp; well-known &lt;b&gt;'
    )
    page = render("invoice", sample("invoice.due"), "en", SHOP).html
    assert '<span style="white-space:nowrap">2026-000123</span>' in page
    assert "15\u00a0December\u00a02026" in page
    assert "\u00a0" not in render("invoice", sample("invoice.due"), "fi", SHOP).text


@pytest.mark.parametrize(
    ("zone", "shown_as"),
    [
        ("UTC", "8 December 2026, 12:00 (UTC)"),
        ("Asia/Kolkata", "8 December 2026, 17:30 (UTC+5:30)"),
        ("America/St_Johns", "8 December 2026, 08:30 (UTC−3:30)"),
        ("Pacific/Kiritimati", "9 December 2026, 02:00 (UTC+14)"),
    ],
)
def test_an_instant_is_said_by_the_readers_clock(zone: str, shown_as: str) -> None:
    there = SHOP.model_copy(update={"time_zone": zone})
    assert shown_as in render("payment_link", sample("payment_link"), "en", there).text


@pytest.mark.parametrize(
    ("tag", "paid_on"),
    [
        ("en", "1 December 2026"),
        ("en-US", "December 1, 2026"),
        ("fi", "1.12.2026"),
        ("ja", "2026年12月1日"),
        ("zh-TW", "2026年12月1日"),
        ("th", "1 ธันวาคม ค.ศ. 2026"),
        ("ru", "1 декабря 2026 г."),
    ],
)
def test_a_day_is_written_as_the_reader_writes_it(tag: str, paid_on: str) -> None:
    assert paid_on in render("receipt", sample("receipt"), tag, SHOP).text


def test_local_years_are_thai_and_japanese_ones() -> None:
    local = SHOP.model_copy(update={"local_years": True})
    assert "1 ธันวาคม 2569" in render("receipt", sample("receipt"), "th", local).text
    assert "令和8年12月1日" in render("receipt", sample("receipt"), "ja", local).text


def test_a_name_is_greeted_and_staff_arent_asked_to_write_to_themselves() -> None:
    named = render("receipt", sample("receipt"), "ja", SHOP).text
    unnamed = render("receipt", bare_sample("receipt"), "ja", SHOP).text
    staff = render("dispute_opened", bare_sample("dispute_opened"), "ja", SHOP).text
    first = [text.partition("\n")[0] for text in (named, unnamed, staff)]
    assert first == ["Jane Example 様", "お客様", "ご担当者様"]
    assert "このメールにご返信ください" in unnamed
    assert "ご返信" not in staff
