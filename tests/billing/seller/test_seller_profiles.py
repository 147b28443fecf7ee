"""A seller's profile is kept in versions, audited, and found again as it was."""

from datetime import date
from typing import Any

import pytest

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.documents.draft import Rounding
from kassa.billing.seller.profile import SellerProfile, seller_by_settings
from kassa.billing.seller.store import Sellers, seller_of, seller_with
from kassa.core.errors import EinvoiceRefused, InvalidRequest
from kassa.core.merchant import Merchant
from kassa.customers.parties import BankAccount, Party
from tests.conformance.einvoices.people import SELLERS
from tests.support.aws_stack import NOW, Stack
from tests.support.sellers import LOGO, save


def merchant(**fields: str) -> Merchant:
    known = {"merchant_id": "main", "name": "Kauppa Oy", "address": "Katu 1|00100 Helsinki"}
    more = {"tax_id": "fi01120389", "time_zone": "UTC", "language": "en"}
    return Merchant.model_validate(known | more | fields)


def changed(country: str, **fields: Any) -> Party:
    return Party.model_validate(SELLERS[country].model_dump() | fields)


def test_what_was_saved_last_stands_and_each_version_is_found_as_it_was(stack: Stack) -> None:
    first = save("FI").profile
    second = save("FI", payment_terms_days=30).profile

    assert (first.version, second.version, first.branding.logo) == (1, 2, LOGO)
    assert Sellers("main").newest() == seller_of(merchant()) == second
    assert seller_with(merchant(), 1) == first


def test_what_is_saved_again_is_the_same_version(stack: Stack) -> None:
    first, again = save("FI"), save("FI")

    assert (first.is_new, again.is_new) == (True, False)
    assert again.profile == first.profile


def test_of_two_who_save_at_once_each_gets_a_version(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = audit_trail.transact

    def second_is_first(writes: list[dict[str, Any]], act: Act) -> None:
        monkeypatch.setattr(audit_trail, "transact", real)
        save("DE")
        real(writes, act)

    monkeypatch.setattr(audit_trail, "transact", second_is_first)
    saved = save("FI")

    assert saved.profile.version == 2
    assert Sellers("main").version(1).party == SELLERS["DE"]
    assert Sellers("main").newest() == saved.profile


def test_saving_is_noted_in_the_audit_trail_without_what_was_said(stack: Stack) -> None:
    save("FI")
    (act,) = (one.content for one in audit_trail.items(date(NOW.year, NOW.month, NOW.day)))

    assert '"operation":"seller.save"' in act
    assert '"after":"1"' in act
    assert "Lamppu" not in act


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"party": changed("FI", tax_id="FI01120388")}, "party.tax_id: .* \\[KASSA-VAT\\]"),
        (
            {"party": changed("FI", registration_id="0112038-8")},
            "party.registration_id: .* \\[KASSA-ID\\]",
        ),
        (
            {"bank_accounts": (BankAccount(account="FI2112345600000786"),)},
            "bank_accounts.0.account: .* \\[KASSA-IBAN\\]",
        ),
    ],
)
def test_a_mistyped_number_is_refused_by_its_field(
    stack: Stack, fields: dict[str, Any], named: str
) -> None:
    with pytest.raises(EinvoiceRefused, match=named):
        save("FI", **fields)

    assert Sellers("main").newest() is None


@pytest.mark.parametrize(
    ("country", "fields", "lacks"),
    [
        ("FI", {}, []),
        ("FI", {"profile": "peppol"}, []),
        (
            "FI",
            {"profile": "peppol", "party": changed("FI", endpoint=None)},
            [("PEPPOL-EN16931-R020", "party.endpoint")],
        ),
        (
            "DE",
            {"profile": "xrechnung", "party": changed("DE", phone=None)},
            [("BR-DE-6", "party.phone")],
        ),
        ("JP", {}, []),
        (
            "JP",
            {"party": changed("JP", tax_id=None, endpoint=None)},
            [
                ("ibr-081", "party.endpoint"),
                ("aligned-ibr-jp-04", "party.tax_id"),
            ],
        ),
        ("JP", {"rounding": Rounding.DOWN}, [("aligned-ibrp-051-jp", "rounding")]),
        (
            "FI",
            {"profile": "finvoice", "bank_accounts": ()},
            [("Finvoice EpiAccountID", "bank_accounts")],
        ),
    ],
)
def test_what_its_electronic_invoices_will_lack_is_said_when_it_is_saved(
    stack: Stack, country: str, fields: dict[str, Any], lacks: list[tuple[str, str]]
) -> None:
    saved = save(country, **fields)

    found = {(one.rule, one.field) for one in saved.warnings}
    assert set(lacks) <= found
    assert bool(lacks) == bool(found)
    assert saved.is_new


def test_a_merchant_who_saved_none_is_who_the_settings_say(stack: Stack) -> None:
    found = seller_of(merchant(country="FI"))

    assert found == seller_with(merchant(country="FI"), None)
    assert found == seller_by_settings(merchant(country="FI"))
    assert (found.version, found.party.tax_id) == (0, "FI01120389")
    assert found.tolerated_minor("EUR") == 0


def test_a_profile_of_a_newer_release_is_read_as_far_as_it_is_known(stack: Stack) -> None:
    save("FI")
    item = next(one for one in stack.items() if one["PK"]["S"] == "SELLER#main")
    later = item["document"]["S"].replace('{"party"', '{"slogan":"new","party"', 1)
    profile = SellerProfile.model_validate_json(later, extra="allow")

    assert profile.party == SELLERS["FI"]


def test_a_merchant_of_no_known_country_is_told_what_to_say(stack: Stack) -> None:
    with pytest.raises(InvalidRequest, match="kassa seller save"):
        seller_of(merchant())
