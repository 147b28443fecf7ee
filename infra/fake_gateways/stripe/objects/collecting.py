"""Money that comes in: attempts to collect a payment, captures, and funds let go.

Every act first changes how all objects stand, then sends its events, in Stripe's order.
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, declined
from infra.fake_gateways.stripe.api.rendering import shown
from infra.fake_gateways.stripe.objects import shapes
from infra.fake_gateways.stripe.objects.balance import move
from infra.fake_gateways.stripe.objects.disputes import open_dispute

_BETWEEN_ATTEMPTS = ("requires_payment_method", "requires_confirmation", "requires_action")


def attempt(account: Account, intent: Body, method: Body) -> Body:
    """Try once to collect: declined (raised once all is sent), authorized, or captured."""
    card = account.cards.get(method["id"])
    charge = account.add(shapes.charge(account, intent, method, card))
    intent |= {"latest_charge": charge["id"], "payment_method": method["id"], "next_action": None}
    if card and card.decline:
        raise _declined(account, intent, charge, declined(card.decline, card.code))
    charge |= {"status": "succeeded", "paid": True}
    intent["last_payment_error"] = None
    if intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": charge["amount"]}
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
        return intent
    _collect_at_once(account, intent, charge)
    if card and card.disputed:
        open_dispute(account, charge["id"], charge["amount"], card.disputed)
    return intent


def _collect_at_once(account: Account, intent: Body, charge: Body) -> None:
    """Capture right away; asynchronously, the balance follows a moment later."""
    is_async = intent["capture_method"] == "automatic_async"
    _captured(intent, charge, charge["amount"])
    if not is_async:
        charge["balance_transaction"] = move(account, "charge", charge["amount"], charge)["id"]
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    if is_async:
        charge["balance_transaction"] = move(account, "charge", charge["amount"], charge)["id"]
        account.emit("charge.updated", charge)


def _declined(account: Account, intent: Body, charge: Body, refusal: Refusal) -> Refusal:
    fields = refusal.error
    charge |= {"status": "failed", "failure_message": fields["message"]}
    charge["failure_code"] = fields["code"]
    method = account.objects[charge["payment_method"]]
    error = fields | {"charge": charge["id"], "payment_method": dict(method)}
    intent |= {"status": "requires_payment_method", "payment_method": None}
    intent["last_payment_error"] = error
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    picture = shown(account, intent, account.version)
    return refusal.with_fields(**error, payment_intent=picture)


def _captured(intent: Body, charge: Body, amount: int) -> None:
    charge |= {"captured": True, "amount_captured": charge["amount_captured"] + amount}
    intent |= {"status": "succeeded", "amount_capturable": 0}
    intent["amount_received"] = charge["amount_captured"]


def capture(account: Account, charge: Body, amount: int, is_final: bool = True) -> None:
    """Take what was authorized, or a part; what the last capture leaves is let go."""
    intent = account.objects[charge["payment_intent"]]
    _captured(intent, charge, amount)
    charge["balance_transaction"] = move(account, "charge", amount, charge)["id"]
    rest = charge["amount"] - charge["amount_captured"]
    if rest and is_final:
        _let_go(account, charge, rest)
    elif rest:
        intent |= {"status": "requires_capture", "amount_capturable": rest}
    account.emit("charge.captured", charge)
    change = "amount_capturable_updated" if rest and not is_final else "succeeded"
    account.emit(f"payment_intent.{change}", intent)


def _let_go(account: Account, charge: Body, amount: int) -> None:
    """Release authorized funds; Stripe lists that as a refund that never touched the balance."""
    fields = {"status": "succeeded", "balance_transaction": None}
    account.add(shapes.refund(account, charge, amount, fields))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def release(account: Account, intent: Body, reason: str | None, event_type: str) -> None:
    """Cancel a payment intent, letting go what it had authorized."""
    charge = account.objects.get(intent["latest_charge"] or "")
    intent |= {"canceled_at": account.now_s(), "cancellation_reason": reason}
    was_authorized = intent["status"] == "requires_capture"
    intent |= {"status": "canceled", "amount_capturable": 0, "next_action": None}
    if charge and was_authorized:
        _let_go(account, charge, charge["amount"] - charge["amount_captured"])
        account.emit(event_type, charge)
    account.emit("payment_intent.canceled", intent)


def return_debit(account: Account, intent: Body, code: str) -> None:
    """A bank takes a debit back that had succeeded; what Stripe charged for it stays charged.

    Cards don't come back so. Stripe reports it as an attempt that failed, and moves the balance by
    a transaction of its own (docs.stripe.com/api/charges/object, `failure_balance_transaction`).
    """
    charge = account.objects[intent["latest_charge"] or ""]
    moved = move(account, "payment_failure_refund", -charge["amount_captured"], charge)
    charge |= {"status": "failed", "paid": False, "failure_code": code}
    charge |= {"failure_balance_transaction": moved["id"], "failure_message": "The debit failed."}
    error = {"type": "invalid_request_error", "code": code, "charge": charge["id"]}
    intent |= {"status": "requires_payment_method", "amount_received": 0, "payment_method": None}
    intent["last_payment_error"] = error | {"message": "The debit failed."}
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)


def is_between_attempts(intent: Body) -> bool:
    """Return whether an attempt may be made now."""
    return intent["status"] in _BETWEEN_ATTEMPTS
