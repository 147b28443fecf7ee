"""The seller's profile: who sells, how it is paid, and how its documents look and are written.

A merchant saves it as a version; every document keeps which one it was made with, so that it can
be made again. Without one, what the settings say of the merchant stands.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt

from kassa.billing.documents.draft import Rounding
from kassa.billing.typeset.branding import Branding
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.core.model import Instant, Model
from kassa.customers.parties import Address, BankAccount, Party

TERMS_DAYS = 14
_ADDRESS_LINES = 3
_RECEIPTS_DUE = frozenset({"TH"})  # Revenue Code s. 105: of each payment, whether asked for or not
_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
_Tolerated = Annotated[StrictInt, Field(ge=0, le=10**6)]


class ProfileName(StrEnum):
    """The profiles of electronic invoices that a seller may choose (einvoice/profiles.py)."""

    EN16931 = "en16931"
    PEPPOL = "peppol"
    XRECHNUNG = "xrechnung"
    JP_PINT = "jp-pint"
    FINVOICE = "finvoice"


class SellerDraft(Model):
    """What the documents of a merchant have in common, as it is written and sent to be saved."""

    party: Party
    bank_accounts: Annotated[tuple[BankAccount, ...], Field(max_length=3)] = ()
    branding: Branding = Branding()
    rounding: Rounding = Rounding.HALF_UP
    profile: ProfileName | None = None  # of electronic invoices; none: by the seller's country
    payment_terms_days: Annotated[StrictInt, Field(ge=0, le=365)] = TERMS_DAYS
    underpayment_tolerance_minor: Annotated[dict[_Currency, _Tolerated], Field(max_length=50)] = {}
    payment_terms: Annotated[str, Field(min_length=1, max_length=500)] | None = None  # in words
    note: Annotated[str, Field(min_length=1, max_length=1000)] | None = None  # on each invoice
    receipts_unasked: bool | None = None  # of invoices paid later; none: by the seller's country

    @property
    def profile_name(self) -> ProfileName:
        """Return the profile of its electronic invoices: as chosen, or its country's."""
        by_country = ProfileName.JP_PINT if self.party.address.country == "JP" else None
        return self.profile or by_country or ProfileName.EN16931

    @property
    def issues_receipts(self) -> bool:
        """Whether a payment of an invoice that was issued before gets its receipt unasked."""
        by_country = self.party.address.country in _RECEIPTS_DUE
        return by_country if self.receipts_unasked is None else self.receipts_unasked

    def tolerated_minor(self, currency: str) -> int:
        """Return how much less than an invoice may be paid, in minor units of its currency."""
        return self.underpayment_tolerance_minor.get(currency, 0)


class SellerProfile(SellerDraft):
    """A draft as it was saved."""

    version: int = 0  # 0: nobody saved one, the settings stand for it
    saved_at: Instant | None = None


def seller_by_settings(merchant: Merchant) -> SellerProfile:
    """Return the profile of a merchant who saved none: what the settings say.

    Raises InvalidRequest where they don't say from which country it sells.
    """
    if not merchant.country:
        raise InvalidRequest(
            "seller: say who sells, by PUT /seller or `kassa seller save FILE`, or set the stack's"
            " MerchantCountry"
        )
    return SellerProfile(
        party=Party(
            name=merchant.name or merchant.merchant_id,
            address=Address(lines=merchant.address[:_ADDRESS_LINES], country=merchant.country),
            tax_id=merchant.tax_id.upper() or None,
        )
    )


def named_by(merchant: Merchant, profile: SellerProfile | None) -> Merchant:
    """Return a merchant as its saved profile names it; calendar and language are the settings'."""
    if profile is None:
        return merchant
    party, address = profile.party, profile.party.address
    place = " ".join(filter(None, (address.postal_code, address.city)))
    named = {
        "name": party.trading_name or party.name,
        "address": tuple(filter(None, (*address.lines, place, address.subdivision))),
        "tax_id": party.tax_id or "",
        "country": address.country,
    }
    return merchant.model_copy(update=named)
