"""Sellers, buyers and their accounts: names are made up, numbers have right check digits."""

from typing import Any

from kassa.customers.parties import BankAccount, Party


def _party(name: str, country: str, city: str, code: str, tax_id: str | None, **more: Any) -> Party:
    address = {
        "lines": ("Street 1", "Floor 2"),
        "city": city,
        "postal_code": code,
        "country": country,
    }
    known = {"contact": "Accounts", "phone": "+000 123 4567", "email": "accounts@shop.example"}
    return Party.model_validate(known | {"name": name, "address": address, "tax_id": tax_id} | more)


def without_tax_id(party: Party) -> Party:
    """Return a party that isn't registered for tax."""
    return party.model_copy(update={"tax_id": None})


def endpoint(scheme: str, value: str) -> dict[str, str]:
    """Return an electronic address."""
    return {"scheme": scheme, "value": value}


SELLERS = {
    "FI": _party(
        "Lamppu Oy",
        "FI",
        "Helsinki",
        "00100",
        "FI01120389",
        registration_id="0112038-9",
        registration_scheme="0212",
        endpoint=endpoint("0216", "003701120389"),
        trading_name="Lamppu",
    ),
    "DE": _party(
        "Lampe GmbH",
        "DE",
        "Berlin",
        "10115",
        "DE136695976",
        registration_id="HRB 12345",
        endpoint=endpoint("9930", "DE136695976"),
    ),
    "FR": _party(
        "Lampe SARL",
        "FR",
        "Paris",
        "75001",
        "FR40303265045",
        registration_id="303265045",
        registration_scheme="0002",
        endpoint=endpoint("0009", "73282932000074"),
    ),
    "JP": _party(
        "電球株式会社",
        "JP",
        "千代田区",
        "100-0001",
        "T5835678256246",
        registration_id="5835678256246",
        registration_scheme="0188",
        endpoint=endpoint("0188", "5835678256246"),
    ),
    "TH": _party(
        "Lamp Co., Ltd.", "TH", "Bangkok", "10110", "0105556000001", registration_id="0105556000001"
    ),
    "RU": _party(
        "ООО «Лампа»", "RU", "Москва", "101000", "7707083893", registration_id="1027700132195"
    ),
    "HK": _party("燈泡有限公司", "HK", "Central", "999077", "12345678", registration_id="12345678"),
}
BUYERS = {
    "FI": _party(
        "Ostaja Oyj",
        "FI",
        "Espoo",
        "02100",
        "FI20774740",
        registration_id="2077474-0",
        endpoint=endpoint("0216", "003720774740"),
    ),
    "DE": _party(
        "Käufer AG",
        "DE",
        "München",
        "80331",
        "DE811191002",
        registration_id="HRB 9",
        endpoint=endpoint("9930", "DE811191002"),
    ),
    "FR": _party(
        "Acheteur SA",
        "FR",
        "Lyon",
        "69001",
        "FR83404833048",
        endpoint=endpoint("0002", "404833048"),
    ),
    "JP": _party(
        "買主株式会社", "JP", "大阪市", "530-0001", None, endpoint=endpoint("0188", "7000012050002")
    ),
}
ACCOUNTS = {
    "FI": BankAccount(account="FI21 1234 5600 0007 85", name="Lamppu Oy", bic="NDEAFIHH"),
    "DE": BankAccount(account="DE89 3704 0044 0532 0130 00", name="Lampe GmbH", bic="COBADEFF"),
    "FR": BankAccount(account="FR14 2004 1010 0505 0001 3M02 606", name="Lampe SARL"),
}
