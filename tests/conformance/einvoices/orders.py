"""Invoices of orders as a shop sends them, and their notes, in the profile of each seller."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kassa.billing.credit_notes.credit import Credited, Refunded, credited_draft
from kassa.billing.documents.draft import Draft, Preceding
from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.profiles import EN16931, JP_PINT, PROFILES
from kassa.billing.invoices.sale import sale_of
from kassa.billing.seller.profile import SellerProfile
from kassa.customers.parties import Buyer
from kassa.gateways.submissions import OrderLine
from tests.conformance.einvoices.cases import Case
from tests.conformance.einvoices.people import ACCOUNTS, BUYERS, SELLERS
from tests.support import facts
from tests.support.orders import order

REFERENCES = {"reference": "991-1234512345-06", "purchase_order": "PO-7"}
RATES = {"FI": ("25.5", "13.5"), "DE": ("19", "7"), "FR": ("20", "5.5"), "JP": ("10", "8")}
NOTED_ON = date(2026, 12, 1)


class Sale(NamedTuple):
    """An order, who sells it in which profile, and who buys."""

    country: str
    profile: str
    buyer: dict[str, Any] = REFERENCES
    discount_minor: int = 0
    reverse_charged: bool = False


SALES = (
    *(Sale(country, "en16931") for country in ("FI", "DE", "FR")),
    *(Sale(country, "peppol") for country in ("FI", "DE", "FR")),
    Sale("FI", "peppol", {"reference": "Cost centre 7"}),
    Sale("FI", "peppol", {}),  # the shop's own order id is all there is
    Sale("FI", "peppol", discount_minor=1_37),
    Sale("FI", "peppol", reverse_charged=True),
    Sale("DE", "xrechnung"),
    Sale("DE", "xrechnung", discount_minor=99),
    Sale("FI", "finvoice"),
    Sale("FI", "finvoice", {}, discount_minor=1_37),
    Sale("JP", "jp-pint", {}),
    Sale("JP", "jp-pint", discount_minor=137),
)


def order_cases() -> Iterator[Case]:
    """Yield each sale's invoice, the note of a part of it, and the note of the rest."""
    for at, sale in enumerate(SALES):
        seller = seller_of(sale)
        document = sold(sale, seller)
        asked = PROFILES[seller.profile_name]
        profiles = (asked,) if asked in (EN16931, JP_PINT) else (asked, EN16931)
        yield Case(f"order {at}", document.draft, profiles)
        for number, note in enumerate(notes(document)):
            yield Case(f"order {at} note {number}", note, profiles)


def seller_of(sale: Sale) -> SellerProfile:
    """Return the seller of a sale, who says all that its profile asks."""
    account = (ACCOUNTS[sale.country],) if sale.country in ACCOUNTS else ()
    party = SELLERS[sale.country]
    known = {"party": party, "bank_accounts": account, "profile": sale.profile, "note": "Thanks"}
    return SellerProfile.model_validate(known)


def sold(sale: Sale, seller: SellerProfile) -> Document:
    """Return the invoice of an order with two rates."""
    known = BUYERS[sale.country].model_dump(exclude_none=True)
    buyer = Buyer.model_validate(known | sale.buyer)
    currency = "JPY" if sale.country == "JP" else "EUR"
    sent = order(currency=currency, lines=lines(sale), amount_minor=100_01)
    made = facts.invoice()
    return sale_of(sent, made, seller, buyer, "en")


def lines(sale: Sale) -> list[OrderLine]:
    """Return what is sold: a price that doesn't divide, two rates, a unit and a discount."""
    high, low = RATES[sale.country]
    reduced = "AA" if sale.country == "JP" else "S"
    taxes: list[dict[str, Any]] = [
        {"category": "S", "rate": high},
        {"category": reduced, "rate": low},
    ]
    if sale.reverse_charged:
        taxes = [{"category": "AE"}] * 2
    found = [
        {"name": "Lamp", "quantity": 3, "amount_minor": 60_00, "sku": "L-1"},
        {"name": "Hours", "quantity": 7, "amount_minor": 40_01, "unit": "HUR"},
    ]
    found[0] |= {"discount_minor": sale.discount_minor} if sale.discount_minor else {}
    return [
        OrderLine.model_validate(line | {"tax": tax})
        for line, tax in zip(found, taxes, strict=True)
    ]


def notes(invoice: Document) -> Iterator[Draft]:
    """Yield the credit note of one lamp, and that of all the rest."""
    preceding = Preceding(number="2026-000123", issued_on=invoice.draft.issued_on)
    before: Credited | None = None
    for minor, units in ((20_00, {0: Decimal(1)}), (80_01, {})):
        refund = Refunded(minor, NOTED_ON, units)
        note, before = credited_draft(invoice, preceding, before, refund)
        yield note
