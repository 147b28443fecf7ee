"""Addresses are known by digests that two spellings share, and hide no header."""

import pytest

from kassa.customers.addresses import address_digest, mailbox, normalized, phone
from kassa.messages.contacts.countries import language_for


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane@Shop.Example", "jane@shop.example"),
        (" jane@shop.example ", "jane@shop.example"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("+358 40 123-4567", "+358401234567"),
    ],
)
def test_two_spellings_of_an_address_are_one(one: str, other: str) -> None:
    assert normalized(one) == normalized(other)
    assert address_digest("main", one) == address_digest("main", other)


def test_an_address_is_another_at_another_merchant() -> None:
    assert address_digest("main", "j@a.example") != address_digest("other", "j@a.example")
    assert "j@a.example" not in address_digest("main", "j@a.example")


@pytest.mark.parametrize(
    "address",
    [
        "jane@shop.example\r\nBcc: all@shop.example",
        "jane@shop.example,other@shop.example",
        "Jane <jane@shop.example>",
        "jane@shop.example\u2028",
        '"a\\"b"@shop.example',
        "jane@localhost",
        "@shop.example",
        "jane",
        "",
        None,
    ],
)
def test_what_is_no_plain_address_is_not_written_to(address: str | None) -> None:
    assert mailbox(address) is None


def test_a_domain_of_other_letters_is_spelled_in_plain_ones() -> None:
    assert mailbox("jane@bücher.example") == "jane@xn--bcher-kva.example"
    assert mailbox("Jane.Doe+tag@shop.example") == "Jane.Doe+tag@shop.example"


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("+358 40 123 4567", "+358401234567"),
        ("00358401234567", "+358401234567"),
        ("040 123 4567", None),  # of which country nobody said
        ("+0", None),
        (None, None),
    ],
)
def test_a_text_goes_to_a_number_that_says_its_country(
    number: str | None, sent: str | None
) -> None:
    assert phone(number) == sent


@pytest.mark.parametrize(
    ("asked", "country", "merchants", "spoken"),
    [
        ("fi-FI", "JP", "en", "fi"),
        ("sv", "FI", "en", "fi"),  # nobody writes Swedish here
        (None, "TH", "en", "th"),
        (None, "HK", "en", "zh-Hant"),
        ("zh-CN", "TW", "ja", "zh-Hant"),
        (None, "DE", "ja", "ja"),
        (None, None, "de", "en"),
        ("en-GB", "FI", "fi", "en"),
    ],
)
def test_a_language_is_the_buyer_s_then_the_country_s_then_the_merchant_s(
    asked: str | None, country: str | None, merchants: str, spoken: str
) -> None:
    assert language_for(asked, country, merchants) == spoken
