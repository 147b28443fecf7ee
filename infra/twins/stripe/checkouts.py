"""Hosted payment pages, as far as their events tell of them."""

from infra.twins.answers import Body
from infra.twins.stripe.account import Account


def finish(account: Account, payment_id: str, status: str) -> Body:
    """A hosted page was finished (`complete`) or closed (`expired`)."""
    intent = account.find("payment_intent", payment_id)
    is_complete = status == "complete"
    session: Body = {
        "id": account.new_id("cs"),
        "object": "checkout.session",
        "amount_subtotal": intent["amount"],
        "amount_total": intent["amount"],
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": "https://shop.example/cancelled",
        "client_reference_id": intent["metadata"].get("order_id"),
        "created": intent["created"],
        "currency": intent["currency"],
        "custom_fields": [],
        "customer": intent["customer"],
        "expires_at": intent["created"] + 86_400,
        "livemode": intent["livemode"],
        "metadata": {},
        "mode": "payment",
        "payment_intent": payment_id if is_complete else None,
        "payment_method_types": ["card"],
        "payment_status": "paid" if is_complete else "unpaid",
        "shipping_options": [],
        "status": status,
        "success_url": "https://shop.example/thanks",
    }
    account.add(session)
    account.emit(f"checkout.session.{'completed' if is_complete else status}", session)
    return session
