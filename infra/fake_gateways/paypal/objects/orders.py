"""Orders: what a buyer approves and the merchant then captures."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal.account import Account, copied, link
from infra.fake_gateways.paypal.errors import malformed, missing, unprocessable
from infra.fake_gateways.paypal.money import minor
from infra.fake_gateways.paypal.objects import captures, refunds

_KEPT = ("reference_id", "amount", "custom_id", "invoice_id", "description", "items")
_OPEN = ("CREATED", "PAYER_ACTION_REQUIRED")


def create(account: Account, params: Body) -> Body:
    """Open an order; nobody has paid anything yet."""
    units = params.get("purchase_units")
    if params.get("intent") != "CAPTURE":
        raise malformed("INVALID_PARAMETER_VALUE", "/intent")
    if not isinstance(units, list) or len(units) != 1:
        raise malformed("MISSING_REQUIRED_PARAMETER", "/purchase_units")
    if minor(units[0].get("amount")) <= 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    for name in ("custom_id", "invoice_id"):
        if len(str(units[0].get(name, ""))) > 127:
            raise malformed("INVALID_STRING_LENGTH", f"/purchase_units/@reference_id/{name}")
    _refuse_paid_invoice(account, units[0])
    order_id, source = account.new_id(), params.get("payment_source")
    unit = {name: units[0][name] for name in _KEPT if name in units[0]}
    payee = {"email_address": "seller@example.com", "merchant_id": account.merchant_id}
    path = f"/v2/checkout/orders/{order_id}"
    page = {
        "href": account.switches.pages + order_id,
        "rel": "payer-action" if source else "approve",
    }
    order: Body = {
        "id": order_id,
        "intent": "CAPTURE",
        "status": "PAYER_ACTION_REQUIRED" if source else "CREATED",
        "purchase_units": [{"reference_id": "default", **unit, "payee": payee}],
        "create_time": account.time(),
        "links": [link("self", path), page | {"method": "GET"}],
    }
    if source:
        order["payment_source"] = {name: {} for name in source}
        account.returns[order_id] = next(iter(source.values())).get("experience_context") or {}
    account.orders[order_id] = order
    account.schedule.later(
        account.switches.order_lifetime_s, lambda: _expire_if_open(account, order_id)
    )
    return order


def is_open(account: Account, order_id: str) -> bool:
    """Return whether a buyer can still approve an order."""
    return order_id not in account.expired and account.orders[order_id]["status"] in _OPEN


def _expire_if_open(account: Account, order_id: str) -> None:
    if account.orders[order_id]["status"] in _OPEN:
        account.expired.add(order_id)


def _refuse_paid_invoice(account: Account, unit: Body) -> None:
    """PayPal takes no duplicate payment for an invoice id, unless the merchant lets it."""
    if account.switches.refuses_duplicate_invoices and "invoice_id" in unit:
        paid = (one.get("invoice_id") for one in account.captures.values())
        if unit["invoice_id"] in paid:
            raise unprocessable("DUPLICATE_INVOICE_ID")


def find(account: Account, order_id: str) -> Body:
    """Return an order; one that its buyer let expire is gone."""
    if order_id in account.expired:
        raise missing()
    return account.find("orders", order_id)


def approve(account: Account, order_id: str, declines: bool = False) -> Body:
    """Let the buyer approve; whether their instrument holds shows at the capture."""
    order = find(account, order_id)
    if order["status"] not in (*_OPEN, "APPROVED"):
        raise unprocessable("ORDER_ALREADY_CAPTURED")
    (account.declining.add if declines else account.declining.discard)(order_id)
    source = next(iter(order.get("payment_source", {"paypal": {}})))
    wallet = {"account_id": "TWYN2PAYER234", "email_address": "buyer@example.com"}
    order |= {
        "status": "APPROVED",
        "payment_source": {source: wallet if source == "paypal" else {}},
        "payer": {"payer_id": "TWYN2PAYER234", "email_address": "buyer@example.com"},
        "update_time": account.time(),
        "links": [
            link("self", f"/v2/checkout/orders/{order_id}"),
            link("capture", f"/v2/checkout/orders/{order_id}/capture", "POST"),
        ],
    }
    account.emit("CHECKOUT.ORDER.APPROVED", "checkout-order", order)
    return order


def capture(account: Account, order_id: str) -> Body:
    """Take the money of an approved order."""
    order = find(account, order_id)
    if order["status"] == "COMPLETED":
        raise unprocessable("ORDER_ALREADY_CAPTURED")
    if order["status"] != "APPROVED":
        raise unprocessable("ORDER_NOT_APPROVED")
    if order_id in account.declining:
        raise unprocessable("INSTRUMENT_DECLINED")
    unit = order["purchase_units"][0]
    taken = captures.take(account, unit, order_id)
    unit["payments"] = {"captures": [taken]}
    order |= {
        "status": "COMPLETED",
        "update_time": account.time(),
        "links": [link("self", f"/v2/checkout/orders/{order_id}")],
    }
    captures.notify(account, taken)
    return order


def shown(account: Account, order: Body) -> Body:
    """Return an order with its captures and refunds as they stand now."""
    picture: Body = copied(order)
    payments = picture["purchase_units"][0].get("payments")
    if payments:
        ids = [one["id"] for one in payments["captures"]]
        payments["captures"] = [copied(account.captures[one]) for one in ids]
        of_them = [one for one in account.refunds.values() if one["_capture"] in ids]
        payments["refunds"] = [refunds.shown(copied(one)) for one in of_them]
        if not of_them:
            del payments["refunds"]
    return picture


def expire(account: Account, order_id: str) -> Body:
    """Let a buyer leave a page until PayPal forgets it."""
    order = find(account, order_id)
    if order["status"] not in _OPEN:
        raise unprocessable("ORDER_ALREADY_CAPTURED")
    account.expired.add(order_id)
    return order
