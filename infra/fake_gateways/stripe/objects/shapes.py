"""Stripe's objects as they begin, in the newest API version's shape."""

from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.objects.cards import Card, outcome

_STORED_FIELDS = (
    *("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"),
    *("transfer_group", "setup_future_usage"),
)


def payment_intent(account: Account, amount: int, currency: str, fields: Body) -> Body:
    """A payment intent that nothing was paid on yet."""
    intent_id = account.new_id("pi")
    intent = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{intent_id}_secret_{account.source.getrandbits(64):016x}",
        "confirmation_method": "automatic",
        "created": account.now_s(),
        "currency": currency,
        "customer": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": account.switches.livemode,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "review": None,
        "shipping": None,
        "source": None,
        "status": "requires_payment_method",
        "transfer_data": None,
    }
    return intent | dict.fromkeys(_STORED_FIELDS) | fields


_NEVER_IN_CHARGES = (
    *(
        "application",
        "application_fee",
        "application_fee_amount",
        "calculated_statement_descriptor",
    ),
    *("failure_balance_transaction", "on_behalf_of", "receipt_number", "receipt_url", "review"),
    *("source", "source_transfer", "transfer_data"),
)
_OF_THE_INTENT = (
    *("amount", "currency", "customer", "description", "metadata", "receipt_email", "shipping"),
    *("statement_descriptor", "statement_descriptor_suffix", "transfer_group"),
)


def charge(account: Account, intent: Body, method: Body, card: Card | None) -> Body:
    """One attempt to collect a payment, neither paid nor failed."""
    body = {
        "id": account.new_id("ch"),
        "object": "charge",
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": False,
        "created": account.now_s(),
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": account.switches.livemode,
        "outcome": outcome(card or Card("")),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, intent["amount"]),
        "refunded": False,
        "status": "pending",
    }
    taken = {name: intent[name] for name in _OF_THE_INTENT}
    return body | taken | dict.fromkeys(_NEVER_IN_CHARGES)


def _details(method: Body, amount: int) -> Body:
    """How a charge was paid."""
    kind = method["type"]
    if kind != "card":
        return {"type": kind, kind: {}}
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    fields: dict[str, Any] = {name: method["card"][name] for name in (*kept, "last4", "wallet")}
    fields |= {"amount_authorized": amount, "installments": None, "mandate": None}
    fields |= {"network": method["card"]["brand"], "three_d_secure": None}
    return {"type": kind, kind: fields}


def refund(account: Account, charge_body: Body, amount: int, fields: Body) -> Body:
    """A refund that hasn't left yet."""
    return {
        "id": account.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge_body["id"],
        "created": account.now_s(),
        "currency": charge_body["currency"],
        "destination_details": _destination(charge_body["payment_method_details"]["type"]),
        "metadata": {},
        "payment_intent": charge_body["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    } | fields


def _destination(kind: str) -> Body:
    """Where a refund goes; for a card the bank's reference isn't known yet."""
    if kind != "card":
        return {"type": kind, kind: {}}
    fields = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
    return {"type": "card", "card": {**fields, "type": "refund"}}


def payout(account: Account, amount: int, currency: str, fields: Body) -> Body:
    """A payout on its way."""
    return {
        "id": account.new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": account.now_s() + 86_400,
        "automatic": False,
        "balance_transaction": None,
        "created": account.now_s(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_fake",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": account.switches.livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "type": "bank_account",
    } | fields
