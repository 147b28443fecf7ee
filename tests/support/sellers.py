"""Sellers' profiles, saved as a person saves them."""

from typing import Any

from kassa.audit.trail import Actor
from kassa.billing.seller.profile import SellerDraft
from kassa.billing.seller.save_seller import SavedSeller, save_seller
from kassa.billing.typeset.branding import Branding
from tests.conformance.einvoices.people import ACCOUNTS, SELLERS

LOGO = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
LOGO += b"<path fill='#c30' d='M0 0h9v9z'/></svg>"
BRANDING = Branding(footer="Footer of the seller").model_copy(update={"logo": LOGO})


def save(country: str, **fields: Any) -> SavedSeller:
    """Save a seller of a country, with an account and a logo, or as the fields say."""
    known: dict[str, Any] = {"party": SELLERS[country], "branding": BRANDING}
    known |= {"bank_accounts": (ACCOUNTS[country],) if country in ACCOUNTS else ()}
    draft = SellerDraft(**known | fields)
    return save_seller(draft, "main", Actor(key_id="key-1"), lambda: 20.0)
