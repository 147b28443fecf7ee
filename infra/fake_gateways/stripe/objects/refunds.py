"""Refunds: Stripe's own limits, and their lifecycle until a bank has the money or sends it back."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, in_execution
from infra.fake_gateways.stripe.api.parameters import Params, metadata, one_of, positive, text
from infra.fake_gateways.stripe.money import check_fraction, written
from infra.fake_gateways.stripe.objects import shapes
from infra.fake_gateways.stripe.objects.balance import move
from infra.fake_gateways.stripe.objects.disputes import withdrawn

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
REFUND_EVENTS_SINCE = "2024-10-28"
_FOLLOWS = {
    "pending": ("succeeded", "failed", "canceled", "requires_action"),
    "requires_action": ("pending", "succeeded", "failed", "canceled"),
    "succeeded": ("failed",),
}


def create(account: Account, unused: str, params: Params) -> Body:
    """Give back a charge, whole or in part."""
    amount = positive(params, "amount")
    fields = {"reason": one_of(params, "reason", REASONS), "metadata": metadata(params)}
    charge = _charge(account, params)
    if amount:
        check_fraction(amount, charge["currency"])
    return give_back(account, charge, _allowed(account, charge, amount), fields)


def _charge(account: Account, params: Params) -> Body:
    """Return the charge to refund, named itself or by its payment intent."""
    charge_id, intent_id = text(params, "charge"), text(params, "payment_intent")
    if bool(charge_id) == bool(intent_id):
        message = "One of the following params should be provided: payment_intent or charge."
        raise Refusal(message, "parameter_missing", "charge")
    if charge_id:
        charge = account.find("charge", charge_id, "charge")
    else:
        intent = account.find("payment_intent", intent_id or "", "payment_intent")
        charge = account.objects.get(intent["latest_charge"] or "", {})
    if not charge.get("captured") or charge["status"] == "failed":
        named = f"PaymentIntent ({intent_id})" if intent_id else f"charge ({charge_id})"
        message = f"This {named} does not have a successful charge to refund."
        raise in_execution(message, "charge_not_refundable")
    return charge


def _allowed(account: Account, charge: Body, amount: int | None) -> int:
    """Return how much is refunded, or refuse; either limit can be lifted."""
    switches = account.switches
    if withdrawn(account, charge) >= charge["amount_captured"] and not switches.lifts_dispute_limit:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise in_execution(message, "charge_disputed")
    left = refundable(account, charge)
    if switches.lifts_refund_limit:
        return amount or max(left, 0) or int(charge["amount_captured"])
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise in_execution(message, "charge_already_refunded")
    if amount and amount > left:
        requested, rest = (written(one, charge["currency"]) for one in (amount, left))
        message = (
            f"Refund amount ({requested}) is greater than unrefunded amount on charge ({rest})"
        )
        raise in_execution(message, param="amount")
    return amount or left


def refundable(account: Account, charge: Body) -> int:
    """Return what may still be refunded: captured, less refunded, less withdrawn by disputes."""
    let_go = charge["amount"] - charge["amount_captured"]
    refunded = charge["amount_refunded"] - let_go
    withheld = 0 if account.switches.lifts_dispute_limit else withdrawn(account, charge)
    return int(charge["amount_captured"] - refunded - withheld)


def give_back(account: Account, charge: Body, amount: int, fields: Body) -> Body:
    """Make a refund; most leave at once, some wait, some come back."""
    refund = account.add(shapes.refund(account, charge, amount, fields))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
    card = account.cards.get(charge["payment_method"])
    behaviour = card.refunds if card else "succeeded"
    begins = account.switches.refunds_begin or behaviour
    if begins != "pending":
        _leave(account, refund)
    if _notifies_all(account):
        account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    _plan(account, refund, behaviour)
    return refund


def _plan(account: Account, refund: Body, behaviour: str) -> None:
    """Let time do the rest, where the account's switches say so."""
    refund_id, delay_s = refund["id"], account.switches.settle_after_s
    outcome = "failed" if behaviour == "fails" else "succeeded"
    if delay_s is not None and refund["status"] != outcome:
        account.schedule.later(delay_s, lambda: _settle_if_open(account, refund_id, outcome))
    if refund["status"] == "succeeded":
        _plan_trace(account, refund_id)


def _plan_trace(account: Account, refund_id: str) -> None:
    delay_s = account.switches.trace_after_s
    if delay_s is not None:
        account.schedule.later(delay_s, lambda: trace(account, refund_id))


def _settle_if_open(account: Account, refund_id: str, status: str) -> None:
    """Settle what nobody settled meanwhile."""
    if status in _FOLLOWS.get(account.objects[refund_id]["status"], ()):
        settle(account, refund_id, status)


def _leave(account: Account, refund: Body) -> None:
    moved = move(account, "refund", -refund["amount"], refund)
    refund |= {"status": "succeeded", "balance_transaction": moved["id"]}


def settle(account: Account, refund_id: str, status: str, reason: str = "") -> Body:
    """A refund leaves, is called off, comes back, or asks its customer for something."""
    refund = account.find("refund", refund_id)
    if status not in _FOLLOWS.get(refund["status"], ()):
        raise in_execution(f"A refund that is {refund['status']} can't become {status}.")
    if status in ("succeeded", "failed") and refund["balance_transaction"] is None:
        _leave(account, refund)
    refund["status"] = status
    if status == "failed":
        moved = move(account, "refund_failure", refund["amount"], refund)
        refund["failure_balance_transaction"] = moved["id"]
        refund["failure_reason"] = reason or "expired_or_canceled_card"
    if status == "requires_action":
        refund["next_action"] = {"type": "display_details"}
    if status in ("failed", "canceled"):
        charge = account.objects[refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
    _notify(account, refund)
    if status == "succeeded":
        _plan_trace(account, refund_id)
    return refund


def _notifies_all(account: Account) -> bool:
    """Return whether refunds of charges have events of their own: since 2024-10-28."""
    return account.switches.api_version >= REFUND_EVENTS_SINCE


def _notify(account: Account, refund: Body) -> None:
    if _notifies_all(account) and refund["status"] == "failed":
        account.emit("refund.failed", refund)
    if _notifies_all(account):
        account.emit("refund.updated", refund)
    account.emit("charge.refund.updated", refund)


def trace(account: Account, refund_id: str) -> Body:
    """The bank's reference of a refund (ARN) has become known."""
    refund = account.find("refund", refund_id)
    where = refund["destination_details"]
    if where["type"] != "card" or refund["status"] != "succeeded":
        return refund
    number = f"7{account.source.randrange(10**22):022d}"
    card = {**where["card"], "reference": number, "reference_status": "available"}
    refund["destination_details"] = {"type": "card", "card": card}
    _notify(account, refund)
    return refund


def update(account: Account, refund_id: str, params: Params) -> Body:
    """Change a refund's metadata, which is all that can change."""
    refund = account.find("refund", refund_id)
    refund["metadata"] = metadata(params, refund["metadata"])
    _notify(account, refund)
    return refund


def cancel(account: Account, refund_id: str, params: Params) -> Body:
    """Call off a refund that still waits for its customer."""
    refund = account.find("refund", refund_id)
    if refund["status"] != "requires_action":
        message = f"The refund {refund_id} cannot be canceled: its status is {refund['status']}."
        raise in_execution(message)
    return settle(account, refund_id, "canceled")
