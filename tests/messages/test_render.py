"""A message says what it was told, in the reader's language, and the same in all of its forms."""

import re
from datetime import date
from html import unescape

import pytest

from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.messages.rendering.render import Rendered, render
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample

SHOP = Brand(name="Example Shop", address=("1 High Street",), time_zone="Europe/Helsinki")
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
