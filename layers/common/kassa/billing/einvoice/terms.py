"""Terms of EN 16931 that a document implies rather than says, the same in every syntax.

Tax numbers, payment means, reasons of exemption and prices of lines are decided here, once, so that
UBL and CII can't differ.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import Document, WorkedLine
from kassa.billing.einvoice.ids import has_vat_prefix, is_iban
from kassa.core.money import MINOR_DIGITS
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Address, BankAccount, Party

INVOICE, CREDIT_NOTE = "380", "381"  # BT-3, UNTDID 1001
TRANSFER, SEPA_TRANSFER, NOT_DEFINED = "30", "58", "1"  # BT-81, UNTDID 4461


class Amounts(NamedTuple):
    """Writes minor units of a currency as that currency is written."""

    digits: int

    def __call__(self, minor: int) -> str:
        """Return 1234 EUR as 12.34, 1234 JPY as 1234."""
        if not self.digits:
            return str(minor)
        whole, part = divmod(abs(minor), 10**self.digits)
        return f"{'-' if minor < 0 else ''}{whole}.{part:0{self.digits}}"


def amounts_of(document: Document) -> Amounts:
    """Return how a document's amounts are written."""
    return Amounts(MINOR_DIGITS.get(document.draft.currency, 2))


class Price(NamedTuple):
    """What a quantity of something costs without tax (BT-146, BT-149)."""

    minor: int
    quantity: Decimal


def price_of(document: Document, worked: WorkedLine) -> Price:
    """Return a line's price: as entered, or else of its whole quantity.

    What is net of an inclusive price is a share of its rate's, and a price of a part of a yen is
    rounded: there only the whole quantity's price gives the line's net amount exactly, which
    Peppol asks (PEPPOL-EN16931-R120).
    """
    line = worked.line
    exact = line.unit_price_minor * line.quantity / line.price_quantity
    if document.draft.prices_include_tax or exact != worked.price_minor:
        return Price(worked.price_minor, line.quantity)
    return Price(line.unit_price_minor, line.price_quantity)


def rate_of(tax: Tax, *, says_zero: bool = False) -> Decimal | None:
    """Return the rate to write; what is out of scope has none, unless a profile wants its zero."""
    if tax.category is TaxCategory.OUT_OF_SCOPE and not says_zero:
        return None
    return tax.rate


def taxes_and_exact(document: Document) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield the tax of each rate, and what the rate gives of its net amount, in whole units.

    They differ by rounding; by more than that where prices include tax and it is rounded down,
    since what is net is then what the rounded tax leaves.
    """
    unit = Decimal(1).scaleb(-amounts_of(document).digits)
    for total in document.taxes:
        yield total.tax_minor * unit, total.net_minor * unit * total.tax.rate / 100


class TaxNumbers(NamedTuple):
    """A party's number for VAT, and what else its tax office calls it (BT-31, BT-32, BT-48)."""

    vat: str | None
    other: str | None


def tax_numbers(party: Party) -> TaxNumbers:
    """Tell a VAT number, which begins with its country, from other numbers of a tax office."""
    if party.tax_id is None:
        return TaxNumbers(None, None)
    number = party.tax_id.replace(" ", "")
    return TaxNumbers(number, None) if has_vat_prefix(number) else TaxNumbers(None, number)


def delivery_address(document: Document) -> Address | None:
    """Return where goods went (BG-15): only told where a rule asks for the country."""
    buyer = document.draft.buyer
    goes_abroad = any(one.tax.category is TaxCategory.INTRA_COMMUNITY for one in document.taxes)
    return buyer.address if buyer and goes_abroad else None


def payment_means(document: Document) -> Iterator[tuple[str, BankAccount | None]]:
    """Yield how it can be paid: each account with its code (BT-81), or that nothing is said."""
    accounts = document.draft.bank_accounts
    if not accounts:
        yield NOT_DEFINED, None
    for account in accounts:
        sepa = document.draft.currency == "EUR" and is_iban(account.account)
        yield SEPA_TRANSFER if sepa else TRANSFER, account


def account_number(account: BankAccount) -> str:
    """Return a bank account without the spaces that people read it by."""
    number = account.account.replace(" ", "")
    return number.upper() if is_iban(number) else account.account


def note_of(draft: Draft) -> str | None:
    """Return what a document says in words (BT-22): why it gives back, and its note."""
    return "\n".join(filter(None, [draft.reason, draft.note])) or None
