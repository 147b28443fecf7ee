"""What a seller's profile lacks for the electronic invoices it is to make, and what is mistyped.

The rules are those of invoices themselves, held to a sale of nothing much to a buyer who says all:
what they then find is the seller's.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.checks import Problem, problems
from kassa.billing.einvoice.profiles import PROFILES
from kassa.billing.seller.profile import SellerDraft
from kassa.core.model import Model
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Address, Endpoint, Party

MISTYPED = {  # nobody means it so: it is refused, not warned of
    *("KASSA-VAT", "KASSA-ID", "KASSA-IBAN", "KASSA-XML", "PEPPOL-EN16931-R008"),
    *("BR-CL-11", "BR-CL-14", "BR-CL-25", "aligned-ibr-jp-01"),
}
_RATES = {"JP": 10}
_RATE = 25  # a price of ten minor units with such a tax shows whether its rounding can be said
_DAY = date(2026, 1, 1)
_OWN = {"seller": "party", "bank_accounts": "bank_accounts", "rounding": "rounding"}


class SellerWarning(Model):
    """What electronic invoices of a seller will lack: the rule, the field, and what to do."""

    rule: str
    field: str
    advice: str


def seller_problems(seller: SellerDraft) -> list[Problem]:
    """Return every rule of its electronic invoices that a seller breaks, by its own fields."""
    found = problems(worked_out(_sample(seller)), PROFILES[seller.profile_name])
    return list(_of_seller(found))


def _of_seller(found: list[Problem]) -> Iterator[Problem]:
    for one in found:
        first, dot, rest = one.field.partition(".")
        if first in _OWN:
            yield one._replace(field=f"{_OWN[first]}{dot}{rest}")


def _sample(seller: SellerDraft) -> Draft:
    country = seller.party.address.country
    address = Address(lines=("Street 1",), city="City", postal_code="10000", country=country)
    endpoint = Endpoint(scheme="0088", value="7300010000001")
    buyer = Party(name="Buyer", address=address, endpoint=endpoint)
    rate = _RATES.get(country, _RATE)
    tax = Tax.model_validate({"category": TaxCategory.STANDARD, "rate": rate})
    return Draft(
        currency="JPY" if country == "JP" else "EUR",
        prices_include_tax=True,
        rounding=seller.rounding,
        seller=seller.party,
        buyer=buyer,
        lines=(Line(name="Sample", unit_price_minor=10, tax=tax),),
        languages=("en",),
        issued_on=_DAY,
        due_on=_DAY + timedelta(days=seller.payment_terms_days),
        period=(_DAY, _DAY),
        buyer_reference="reference",
        bank_accounts=seller.bank_accounts,
        payment_terms=seller.payment_terms,
        note=seller.note,
    )
