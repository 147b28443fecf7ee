"""Whatever colour a merchant has, its messages can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.typeset.branding import Branding
from kassa.customers.parties import Address, Party
from kassa.messages.rendering.render import render
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.colours import ENOUGH, NIGHT, PAPER, contrast, readable, text_on
from kassa.messages.templates.samples import sample

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_contrast_is_as_wcag_has_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#1f4b7a", "#1f4b7a") == 1


@given(colours)
def test_every_text_has_enough_contrast_by_day_and_by_night(accent: str) -> None:
    found = Brand(name="Shop", accent=accent).colours
    pairs = [("on_accent", "accent"), ("link", "paper"), ("link_dark", "night")]
    pairs += [("on_link_dark", "link_dark"), ("ink", "paper")]
    assert [pair for pair in pairs if contrast(found[pair[0]], found[pair[1]]) < ENOUGH] == []


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable("#1f4b7a", PAPER) == "#1f4b7a"
    assert readable("#ffe000", PAPER) != "#ffe000"
    assert readable("#1f4b7a", NIGHT) != "#1f4b7a"
    assert text_on("#ffe000") != PAPER


def test_a_sellers_profile_gives_a_brand_and_an_svg_logo_is_left_out() -> None:
    address = Address(lines=("1 High Street",), city="London", postal_code="E1 1AA", country="GB")
    party = Party(name="Shop Ltd", trading_name="Shop", address=address, email="a@shop.example")
    svg = Branding.model_validate({"logo": "PHN2Zz48L3N2Zz4=", "accent": "#aa0000"})
    brand = Brand.of_seller(party, svg, "Europe/London")
    assert (brand.name, brand.address) == ("Shop", ("1 High Street", "E1 1AA London"))
    assert (brand.logo, brand.accent, brand.time_zone) == (None, "#aa0000", "Europe/London")


def test_a_logo_is_a_link_or_comes_along() -> None:
    hosted = Brand(name="Shop", logo_link="https://shop.example/logo.png", logo=PNG)
    sent = Brand(name="Shop", logo=PNG)
    pages = [render("receipt", sample("receipt"), "en", one) for one in (hosted, sent)]
    assert 'src="https://shop.example/logo.png"' in pages[0].html
    assert 'width="160" style="display:block;width:160px;' in pages[0].html
    assert pages[0].logo is None
    assert 'src="cid:logo"' in pages[1].html
    assert pages[1].logo == PNG


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("logo", b"<svg></svg>"),
        ("accent", "red"),
        ("logo_link", "http://shop.example/logo.png"),
    ],
)
def test_a_brand_that_cant_be_shown_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        Brand.model_validate({"name": "Shop", field: value})
