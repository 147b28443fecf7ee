"""A text message is as long as carriers count it, and never longer than two segments."""

import pytest

from kassa.core.errors import InvalidRequest
from kassa.messages.rendering.render import render_text
from kassa.messages.rendering.text_message import fitting, in_plain_signs, measured
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import every_sample, sample
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES, message_of
from kassa.messages.templates.words import Words

LONG_NAME = Brand(name="Hyvinkään Sisustus ja Lahjatavaratalo Oy", time_zone="Europe/Helsinki")
LINK = "https://pay.shop.example/pay/" + "x" * 32
OF_AWS = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/pay/" + "x" * 32


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),  # each counts as two
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),  # none is parted, so a place stays empty
        ("ก" * 70, "UCS-2", 1),
        ("ก" * 71, "UCS-2", 2),
        ("ก" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("ก" * 66 + "😀" + "ก" * 66, "UCS-2", 3),
        ("", "GSM-7", 1),
    ],
)
def test_a_text_is_counted_as_carriers_do(text: str, encoding: str, segments: int) -> None:
    assert measured(text)[1:] == (encoding, segments)


def test_no_sign_of_an_amount_costs_the_alphabet() -> None:
    text = in_plain_signs("1\u202f234,50\u00a0€ – “now”… −5 •••• 4242")
    assert text == '1 234,50 € - "now"... -5 **** 4242'
    assert measured(text).encoding == "GSM-7"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_message_fits_with_a_link_as_long_as_they_come(language: str) -> None:
    for name, params in every_sample():
        for link in (LINK, OF_AWS):
            told = {**params, **({"link": link} if params.get("link") else {})}
            assert render_text(message_of(name), told, language, LONG_NAME).segments <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_must_have_its_link_has_all_of_it(language: str) -> None:
    for message in ("payment_link", "checkout_abandoned"):
        said = render_text(message, {**sample(message), "link": OF_AWS}, language, LONG_NAME)
        assert OF_AWS in said.text


def test_a_sellers_name_is_cut_before_a_link_is_left_out() -> None:
    told = {**sample("overdue.tone_1"), "link": LINK}
    said = render_text("overdue", told, "ru", LONG_NAME)
    assert said.text.startswith("Hyvinkään Si:")
    assert said.text.endswith(LINK)


@pytest.mark.parametrize("name", [one for one in TEXT_NAMES if one != "endpoint_disabled"])
def test_an_english_text_is_one_segment(name: str) -> None:
    shop = Brand(name="Example Shop", time_zone="Europe/Helsinki")
    said = render_text(message_of(name), sample(name), "en", shop)
    assert (said.encoding, said.segments) == ("GSM-7", 1)


def test_words_that_are_too_long_for_a_text_are_refused() -> None:
    words = {"th": {"receipt": Words(text_message="ก" * 135)}}
    with pytest.raises(InvalidRequest, match="takes 3 segments"):
        render_text("receipt", sample("receipt"), "th", LONG_NAME, words)
    with pytest.raises(InvalidRequest, match=r"takes 3 segments \(UCS-2\)"):
        fitting(["ก" * 135])
