"""Hosted payment pages: opened through the API, finished by a customer, ended by time."""

from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import DAY_S, Account
from infra.fake_gateways.stripe.api import checkout_params
from infra.fake_gateways.stripe.api.errors import Refusal, in_execution
from infra.fake_gateways.stripe.api.parameters import Params, integer, mapping, metadata
from infra.fake_gateways.stripe.objects import payments
from infra.fake_gateways.stripe.objects.collecting import release

KNOWN = checkout_params.KNOWN
_SOONEST_S = 1800


def create(account: Account, unused: str, params: Params) -> Body:
    """Open a page; its payment intent comes with the customer's first attempt."""
    now_s = account.now_s()
    expires_at = integer(params, "expires_at") or now_s + DAY_S
    if not now_s + _SOONEST_S <= expires_at <= now_s + DAY_S:
        message = "expires_at must be between 30 minutes and 24 hours from now."
        raise Refusal(message, param="expires_at")
    fields = checkout_params.session(account, params)
    session_id = account.new_id("cs")
    url = f"{account.switches.pages}{session_id}"
    session = account.add(
        fields | {"id": session_id, "created": now_s, "expires_at": expires_at, "url": url}
    )
    account.paid_with[session_id] = metadata(mapping(params, "payment_intent_data"))
    account.schedule.later(expires_at - now_s, lambda: _end(account, session))
    return session


def expire(account: Account, session_id: str, params: Params) -> Body:
    """End a page that nobody finished."""
    session = account.find("checkout.session", session_id)
    if session["status"] != "open":
        message = "Only Checkout Sessions with a status in [open] can be expired."
        raise in_execution(message)
    _end(account, session)
    return session


def _end(account: Account, session: Body) -> None:
    if session["status"] != "open":
        return
    session |= {"status": "expired", "url": None}
    intent = account.objects.get(account.attempts.get(session["id"], ""))
    if intent and intent["status"] != "canceled":
        release(account, intent, "automatic", "charge.refunded")
    account.emit("checkout.session.expired", session)


def leave(account: Account, session_id: str, outcome: str) -> Body:
    """A customer leaves a page: it was paid, their attempt declined, or they gave up."""
    session = account.find("checkout.session", session_id)
    if session["status"] != "open":
        raise in_execution(f"A page that is {session['status']} takes nothing more.")
    if outcome not in ("paid", "declined", "expired"):
        raise in_execution(f"A page isn't left as {outcome}.")
    if outcome == "expired":
        _end(account, session)
        return session
    intent = _attempted(account, session)
    card = "pm_card_visa" if outcome == "paid" else "pm_card_chargeDeclined"
    try:
        payments.confirm(account, intent["id"], _paid_by(session, card))
    except Refusal:  # what was declined is reported by events; the page stays open
        return session
    paid = {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
    session |= paid | {"url": None, "customer": intent["customer"]}
    account.emit("checkout.session.completed", session)
    return session


def _paid_by(session: Body, card: str) -> dict[str, Any]:
    kind = session["payment_method_types"][0]
    if kind == "card" or card != "pm_card_visa":
        return {"payment_method": card}
    return {"payment_method_data": {"type": kind}}


def _attempted(account: Account, session: Body) -> Body:
    """Return the payment intent of a page's attempts, made by the first."""
    known = account.objects.get(account.attempts.get(session["id"], ""))
    if known:
        return known
    params: dict[str, Any] = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": account.paid_with[session["id"]],
        "payment_method_types": session["payment_method_types"],
    }
    if session["customer"]:
        params["customer"] = session["customer"]
    intent = payments.create(account, "", params)
    account.attempts[session["id"]] = intent["id"]
    return intent


def finish(account: Account, payment_id: str, status: str) -> Body:
    """A page that this account knows only by its payment was finished (`complete`) or closed."""
    intent = account.find("payment_intent", payment_id)
    is_complete = status == "complete"
    session = checkout_params.empty(account) | {
        "id": account.new_id("cs"),
        "amount_subtotal": intent["amount"],
        "amount_total": intent["amount"],
        "cancel_url": "https://shop.example/cancelled",
        "client_reference_id": intent["metadata"].get("order_id"),
        "created": intent["created"],
        "currency": intent["currency"],
        "customer": intent["customer"],
        "expires_at": intent["created"] + DAY_S,
        "payment_intent": payment_id if is_complete else None,
        "payment_status": "paid" if is_complete else "unpaid",
        "status": status,
        "success_url": "https://shop.example/thanks",
    }
    account.add(session)
    account.emit(f"checkout.session.{'completed' if is_complete else status}", session)
    return session
