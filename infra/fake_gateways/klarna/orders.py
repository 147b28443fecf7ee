"""Orders: placed, captured, refunded, cancelled; Klarna's own limits hold."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.klarna import settlements
from infra.fake_gateways.klarna.account import Account, amount, short_text
from infra.fake_gateways.klarna.errors import bad_value, not_allowed

_SESSION_FIELDS = (
    *("purchase_country", "purchase_currency", "locale", "order_lines"),
    *("merchant_reference1", "merchant_reference2", "merchant_data"),
)
_GONE = ("CANCELLED", "EXPIRED", "CLOSED")


def place(account: Account, session: Body) -> Body:
    """Place the order of a payment session."""
    order_id, minor = account.new_id(), session["order_amount"]
    order = {name: session[name] for name in _SESSION_FIELDS if session.get(name) is not None}
    order |= {
        "order_id": order_id,
        "klarna_reference": order_id[:8].upper(),
        "status": "AUTHORIZED",
        "fraud_status": "PENDING" if account.switches.checks_fraud else "ACCEPTED",
        "order_amount": minor,
        "original_order_amount": minor,
        "captured_amount": 0,
        "refunded_amount": 0,
        "remaining_authorized_amount": minor,
        "captures": [],
        "refunds": [],
        "created_at": account.at(),
        "expires_at": account.at(account.switches.authorized_for_s),
        "initial_payment_method": {"type": "INVOICE", "description": "Pay later"},
    }
    account.orders[order_id] = order
    account.schedule.later(account.switches.authorized_for_s, lambda: _expire(order))
    return order


def capture(account: Account, order_id: str, params: Body) -> Body:
    """Take an amount of what is authorized; a sale, with its fee, in the next settlement."""
    order, minor = account.order(order_id), amount(params, "captured_amount")
    if order["status"] in _GONE or order["fraud_status"] != "ACCEPTED":
        raise not_allowed("CAPTURE_NOT_ALLOWED", f"The order is {order['status']}.")
    if minor > order["remaining_authorized_amount"]:
        raise not_allowed("CAPTURE_NOT_ALLOWED", "Capture amount is more than what is authorized.")
    made = {
        "capture_id": account.new_id(),
        "klarna_reference": f"{order['klarna_reference']}-{len(order['captures']) + 1}",
        "captured_amount": minor,
        "captured_at": account.at(),
        "refunded_amount": 0,
        "reference": short_text(params, "reference"),
        "description": short_text(params, "description"),
    }
    order["captures"].append(made)
    order["captured_amount"] += minor
    order["remaining_authorized_amount"] -= minor
    is_whole = not order["remaining_authorized_amount"]
    order["status"] = "CAPTURED" if is_whole else "PART_CAPTURED"
    settlements.sold(account, order, made)
    return made


def refund(account: Account, order_id: str, params: Body) -> Body:
    """Give an amount back, at once and for good: Klarna's refunds have no state."""
    order, minor = account.order(order_id), amount(params, "refunded_amount", least=0)
    left = order["captured_amount"] - order["refunded_amount"]
    if minor > left or not order["captures"]:
        raise not_allowed("REFUND_NOT_ALLOWED", f"Refund amount is larger than {left}.")
    made = {
        "refund_id": account.new_id(),
        "refunded_amount": minor,
        "refunded_at": account.at(),
        "reference": short_text(params, "reference"),
        "description": short_text(params, "description"),
        "credit_invoice": False,
        "order_lines": [],
    }
    order["refunds"].append(made)
    order["refunded_amount"] += minor
    settlements.returned(account, order, made)
    return made


def acknowledge(account: Account, order_id: str, params: Body) -> None:
    """Note that the merchant knows of an order."""
    if account.order(order_id)["status"] == "CANCELLED":
        raise not_allowed("NOT_ALLOWED", "The order is cancelled.")
    account.acknowledged.add(order_id)


def cancel(account: Account, order_id: str, params: Body) -> None:
    """Let an order go of which nothing was captured."""
    order = account.order(order_id)
    if order["captures"] or order["status"] in _GONE:
        raise not_allowed("CANCEL_NOT_ALLOWED", f"The order is {order['status']}.")
    order |= {"status": "CANCELLED", "remaining_authorized_amount": 0}


def release(account: Account, order_id: str, params: Body) -> None:
    """Let go what is authorized and not captured."""
    order = account.order(order_id)
    if not order["captures"] or order["status"] == "CANCELLED":
        raise not_allowed("NOT_ALLOWED", "Nothing was captured of the order.")
    order |= {"status": "CLOSED", "remaining_authorized_amount": 0}


def read(account: Account, order_id: str, params: Body) -> Body:
    """Return an order as it stands."""
    return account.order(order_id)


def decide_fraud(account: Account, order_id: str, fraud_status: str) -> Body:
    """Decide on a pending order, as Klarna's people do within a day."""
    if fraud_status not in ("ACCEPTED", "REJECTED"):
        raise bad_value("fraud_status", "ACCEPTED or REJECTED")
    order = account.order(order_id)
    order["fraud_status"] = fraud_status
    if fraud_status == "REJECTED" and not order["captures"]:
        order |= {"status": "CANCELLED", "remaining_authorized_amount": 0}
    return order


def _expire(order: Body) -> None:
    if order["status"] == "AUTHORIZED":
        order |= {"status": "EXPIRED", "remaining_authorized_amount": 0}
