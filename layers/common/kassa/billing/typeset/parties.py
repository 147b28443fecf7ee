"""How a seller, a buyer and a bank account stand on a document."""

import re
from collections.abc import Iterable
from typing import Any

from kassa.billing.typeset.payment_qr import is_iban
from kassa.billing.typeset.texts import Phrase, Wording
from kassa.customers.parties import Address, BankAccount, Party

_CITY_FIRST = frozenset({"JP", "TW", "CN", "KR", "RU"})  # the largest comes first
_STREET_FIRST_CODE_LAST = frozenset({"GB", "US", "CA", "AU", "TH", "IN", "SG", "HK"})
Fact = tuple[Phrase, str | Phrase]


def address_lines(address: Address, seller_country: str, wording: Wording) -> list[str]:
    """Return an address as its country writes it; the country itself only when it is abroad."""
    city, code, region = address.city or "", address.postal_code or "", address.subdivision or ""
    is_abroad = address.country != seller_country
    abroad = [wording.locale.country(address.country)] if is_abroad else []
    if address.country in _CITY_FIRST and address.country != "RU":
        head = f"〒{code}" if code and address.country == "JP" else code
        street, *building = address.lines or ("",)
        return _some([head, _joined("", region, city, street), *building, *abroad])
    if address.country == "RU":
        return _some([_joined(", ", code, region, city), *address.lines, *abroad])
    if address.country in _STREET_FIRST_CODE_LAST:
        return _some([*address.lines, _joined(" ", _joined(", ", city, region), code), *abroad])
    return _some([*address.lines, _joined(" ", code, city), region, *abroad])


def seller_fields(party: Party, wording: Wording) -> dict[str, Any]:
    """Return the seller, with all that the law wants it to say of itself."""
    return {
        "name": party.trading_name or party.name,
        "legal_name": party.name if party.trading_name else "",
        "address": address_lines(party.address, party.address.country, wording),
        "facts": [*_ids(party, wording), *_contacts(party, wording)],
    }


def buyer_fields(party: Party | None, seller: Party, wording: Wording) -> dict[str, Any] | None:
    """Return the buyer, or none where nobody said who it is."""
    if party is None:
        return None
    return {
        "name": party.name,
        "legal_name": party.trading_name or "",
        "contact": party.contact or "",
        "address": address_lines(party.address, seller.address.country, wording),
        "facts": _ids(party, wording),
    }


def bank_facts(account: BankAccount, wording: Wording) -> list[Fact]:
    """Return where a transfer goes; an IBAN in groups of four, as people compare it."""
    has_iban = is_iban(account.account)
    number = _in_fours(account.account) if has_iban else account.account
    label = ["IBAN"] if has_iban else wording.label("account")
    facts = [
        (wording.label("account_holder"), account.name),
        (wording.label("bank"), account.bank),
        (wording.label("bank_code"), account.bank_code),
        (label, number),
        (wording.label("correspondent_account"), account.correspondent_account),
        (["BIC"] if has_iban else wording.label("bic"), account.bic),
        (wording.label("proxy"), account.proxy),
    ]
    return [(label, value) for label, value in facts if value]


def payment_fields(
    accounts: Iterable[BankAccount], facts: list[Fact], wording: Wording
) -> dict[str, Any]:
    """Return where to pay, and what to write on the transfer."""
    return {"accounts": [bank_facts(account, wording) for account in accounts], "facts": facts}


def payment_facts(remittance: str, wording: Wording) -> list[Fact]:
    """Return what a payer writes on a transfer; a creditor's reference (RF…) in groups of four."""
    is_creditors = bool(re.match(r"^RF[0-9]{2}[A-Z0-9 ]+$", remittance))
    shown = _in_fours(remittance) if is_creditors else remittance
    return [(wording.label("reference"), shown)]


def _in_fours(text: str) -> str:
    plain = text.replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _ids(party: Party, wording: Wording) -> list[Fact]:
    country = party.address.country
    facts: list[Fact] = []
    if party.registration_id:
        facts.append((wording.phrase("registration_ids", country), party.registration_id))
    if party.tax_id:
        is_vat = party.tax_id[:2].isalpha() and country not in ("JP", "TH", "RU")
        table_key = "vat" if is_vat else country
        facts.append((wording.phrase("tax_ids", table_key), party.tax_id))
    return facts


def _contacts(party: Party, wording: Wording) -> list[Fact]:
    facts = [
        (wording.label("contact"), party.contact),
        (wording.label("phone"), party.phone),
        (wording.label("email"), party.email),
    ]
    return [(label, value) for label, value in facts if value]


def _joined(separator: str, *parts: str) -> str:
    return separator.join(part for part in parts if part)


def _some(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line]
