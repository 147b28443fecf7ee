"""A seller's profile is kept in versions, audited, and found again as it was."""

from datetime import date

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import Actor
from kassa.billing.seller.profile import SellerProfile, seller_by_settings
from kassa.billing.seller.store import Sellers, seller_of, seller_with
from kassa.billing.typeset.branding import Branding
from kassa.core.errors import InvalidRequest, StaleWrite
from kassa.core.merchant import Merchant
from tests.support.aws_stack import NOW, Stack
from tests.support.billing import SELLER

BY = Actor(key_id="key-1")
LOGO = b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>"
BRANDING = Branding().model_copy(update={"logo": LOGO})


def merchant(**fields: str) -> Merchant:
    known = {"merchant_id": "main", "name": "Kauppa Oy", "address": "Katu 1|00100 Helsinki"}
    more = {"tax_id": "fi01120389", "time_zone": "UTC", "language": "en"}
    return Merchant.model_validate(known | more | fields)


def profile(version: int, **fields: object) -> SellerProfile:
    known: dict[str, object] = {"version": version, "saved_at": NOW, "party": SELLER}
    return SellerProfile.model_validate(known | fields)


def test_what_was_saved_last_stands_and_each_version_is_found_as_it_was(stack: Stack) -> None:
    first = profile(1).model_copy(update={"branding": BRANDING})
    second = profile(2, payment_terms_days=30)
    for one in (first, second):
        Sellers("main").save(one, BY)

    assert Sellers("main").newest() == seller_of(merchant()) == second
    assert seller_with(merchant(), 1) == first


def test_a_version_is_taken_once(stack: Stack) -> None:
    Sellers("main").save(profile(1), BY)
    with pytest.raises(StaleWrite):
        Sellers("main").save(profile(1, payment_terms_days=7), BY)

    assert Sellers("main").version(1) == profile(1)


def test_saving_is_noted_in_the_audit_trail_without_what_was_said(stack: Stack) -> None:
    Sellers("main").save(profile(1), BY)
    (act,) = (one.content for one in audit_trail.items(date(NOW.year, NOW.month, NOW.day)))

    assert '"operation":"seller.save"' in act
    assert '"after":"1"' in act
    assert SELLER.name not in act


def test_a_merchant_who_saved_none_is_who_the_settings_say(stack: Stack) -> None:
    found = seller_of(merchant(country="FI"))

    assert found == seller_with(merchant(country="FI"), None)
    assert found == seller_by_settings(merchant(country="FI"))
    assert (found.version, found.party.tax_id) == (0, "FI01120389")
    assert found.tolerated_minor("EUR") == 0


def test_a_merchant_of_no_known_country_is_told_what_to_say(stack: Stack) -> None:
    with pytest.raises(InvalidRequest, match="kassa seller save"):
        seller_of(merchant())
