"""Payment intents through the API: made, confirmed, captured, canceled."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, in_execution
from infra.fake_gateways.stripe.api.parameters import (
    Params,
    boolean,
    listed,
    mapping,
    metadata,
    one_of,
    positive,
    required,
    text,
)
from infra.fake_gateways.stripe.api.rendering import ASYNC_CAPTURE_SINCE
from infra.fake_gateways.stripe.money import check_charged, known_currency
from infra.fake_gateways.stripe.objects import collecting, customers, shapes

_TEXTS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix")
_REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")
_CAPTURES = ("automatic", "automatic_async", "manual")


def create(account: Account, unused: str, params: Params) -> Body:
    """Begin to collect a payment, and confirm it at once where requested."""
    required(params, "amount")
    amount = positive(params, "amount") or 0
    currency = known_currency(str(required(params, "currency")))
    check_charged(amount, currency)
    fields: Body = {name: text(params, name) for name in (*_TEXTS, "transfer_group")}
    fields |= {"metadata": metadata(params), "capture_method": _capture_method(account, params)}
    fields |= {
        "shipping": mapping(params, "shipping") or None,
        "customer": text(params, "customer"),
    }
    if fields["customer"]:
        account.find("customer", fields["customer"], "customer")
    if boolean(mapping(params, "automatic_payment_methods"), "enabled"):
        fields["automatic_payment_methods"] = {"enabled": True}
    fields["payment_method_types"] = listed(params, "payment_method_types") or ["card"]
    method = _method(account, params)
    if method:
        fields |= {"payment_method": method["id"], "status": "requires_confirmation"}
    intent = account.add(shapes.payment_intent(account, amount, currency, fields))
    account.emit("payment_intent.created", intent)
    if boolean(params, "confirm"):
        return confirm(account, intent["id"], {})
    return intent


def _capture_method(account: Account, params: Params) -> str:
    newest = "automatic_async" if account.version >= ASYNC_CAPTURE_SINCE else "automatic"
    return one_of(params, "capture_method", _CAPTURES) or newest


def _method(account: Account, params: Params) -> Body | None:
    """Return the payment method that a request names or describes."""
    given = mapping(params, "payment_method_data")
    if given:
        return customers.create_method(account, "", given)
    method_id = text(params, "payment_method")
    return customers.method_of(account, method_id) if method_id else None


def update(account: Account, intent_id: str, params: Params) -> Body:
    """Change a payment intent that wasn't paid yet; metadata may change later too."""
    intent = account.find("payment_intent", intent_id)
    amount = positive(params, "amount")
    if amount and not collecting.is_between_attempts(intent):
        raise _unexpected(intent, "updated")
    if amount:
        check_charged(amount, intent["currency"])
        intent["amount"] = amount
    intent |= {name: text(params, name) for name in _TEXTS if name in params}
    intent["metadata"] = metadata(params, intent["metadata"])
    return intent


def confirm(account: Account, intent_id: str, params: Params) -> Body:
    """Try to collect; a card may ask its holder first."""
    intent = account.find("payment_intent", intent_id)
    if not collecting.is_between_attempts(intent):
        raise _unexpected(intent, "confirmed")
    method = _method(account, params) or account.objects.get(intent["payment_method"] or "")
    if method is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise in_execution(message, "payment_intent_unexpected_state")
    card = account.cards.get(method["id"])
    if card and card.requires_action:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        intent |= {"status": "requires_action", "next_action": action}
        intent["payment_method"] = method["id"]
        account.emit("payment_intent.requires_action", intent)
        return intent
    return collecting.attempt(account, intent, method)


def capture(account: Account, intent_id: str, params: Params) -> Body:
    """Take what was authorized, or a part of it."""
    intent = account.find("payment_intent", intent_id)
    amount = positive(params, "amount_to_capture")
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured")
    amount = amount or intent["amount_capturable"]
    if amount > intent["amount_capturable"]:
        message = "The amount_to_capture is greater than the capturable amount."
        raise in_execution(message, "amount_too_large", "amount_to_capture")
    charge = account.objects[intent["latest_charge"]]
    collecting.capture(account, charge, amount, boolean(params, "final_capture", True))
    return intent


def cancel(account: Account, intent_id: str, params: Params) -> Body:
    """Give up a payment that wasn't captured."""
    intent = account.find("payment_intent", intent_id)
    reason = one_of(params, "cancellation_reason", _REASONS)
    if intent["status"] in ("succeeded", "canceled"):
        raise _unexpected(intent, "canceled")
    collecting.release(account, intent, reason, "charge.refunded")
    return intent


def _unexpected(intent: Body, verb: str) -> Refusal:
    message = f"This PaymentIntent could not be {verb} because it has a status of "
    return in_execution(message + intent["status"] + ".", "payment_intent_unexpected_state")
