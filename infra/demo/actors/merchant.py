"""The merchant: who sells, and how it writes to its customers."""

from infra.unlogged import unlogged
from kassa.audit.trail import Actor
from kassa.billing.seller.profile import SellerDraft
from kassa.billing.seller.save_seller import save_seller
from kassa.messages.settings.message_settings import MessageSettingsDraft
from kassa.messages.settings.save_settings import save_settings

SELLER = SellerDraft.model_validate(
    {
        "party": {
            "name": "Kassa Example Shop Oy",
            "address": {
                "lines": ["Example Street 1"],
                "city": "Helsinki",
                "postal_code": "00100",
                "country": "FI",
            },
            "tax_id": "FI01120389",
        },
        "bank_accounts": [{"account": "FI21 1234 5600 0007 85", "bic": "NDEAFIHH"}],
    }
)
MESSAGES = MessageSettingsDraft.model_validate(
    {
        "sender": {"address": "shop@example.com", "name": "Kassa Example Shop"},
        "staff": {"dispute_opened": ["finance@example.com"]},
    }
)
SAVING_S = 30.0


def save_merchant(merchant_id: str, by: Actor) -> None:
    """Save who sells and who sends mails, as an operator does first of all."""
    with unlogged():
        save_seller(SELLER, merchant_id, by, lambda: SAVING_S)
        save_settings(MESSAGES, merchant_id, by, lambda: SAVING_S)
