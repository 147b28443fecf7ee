"""Captures: the money of an order, taken, waiting or declined."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import Account, link
from infra.fake_gateways.paypal.errors import unprocessable
from infra.fake_gateways.paypal.money import amount, fee, minor

_EVENTS = {
    "COMPLETED": "PAYMENT.CAPTURE.COMPLETED",
    "PENDING": "PAYMENT.CAPTURE.PENDING",
    "DECLINED": "PAYMENT.CAPTURE.DECLINED",
}


def take(account: Account, unit: Body, order_id: str) -> Body:
    """Capture a purchase unit; a pending one waits to be settled."""
    capture_id, begins = account.new_id(), account.switches.captures_begin
    capture: Body = {
        "id": capture_id,
        "status": "PENDING",
        "amount": {name: unit["amount"][name] for name in ("currency_code", "value")},
        "final_capture": True,
        "disbursement_mode": "INSTANT",
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        "supplementary_data": {"related_ids": {"order_id": order_id}},
        "payee": dict(unit["payee"]),
        "create_time": account.time(),
        "update_time": account.time(),
        "links": [
            link("self", f"/v2/payments/captures/{capture_id}"),
            link("refund", f"/v2/payments/captures/{capture_id}/refund", "POST"),
            link("up", f"/v2/checkout/orders/{order_id}"),
        ],
    }
    capture |= {name: unit[name] for name in ("custom_id", "invoice_id") if name in unit}
    account.captures[capture_id] = capture
    if begins == "COMPLETED":
        _complete(account, capture)
    else:
        capture["status_details"] = {"reason": "PENDING_REVIEW"}
        account.settle_later(capture, lambda: settle(account, capture_id, "COMPLETED"))
    return capture


def take_part(account: Account, unit: Body) -> Body:
    """Capture a part of an authorization, which leads to no order that PayPal lists."""
    payee = {"email_address": "seller@example.com", "merchant_id": account.merchant_id}
    capture = take(account, unit | {"payee": payee}, account.new_id())
    authorization_id = account.new_id()
    capture["final_capture"] = False
    capture["supplementary_data"] = {"related_ids": {"authorization_id": authorization_id}}
    capture["links"][-1] = link("up", f"/v2/payments/authorizations/{authorization_id}")
    notify(account, capture)
    return capture


def settle(account: Account, capture_id: str, status: str) -> Body:
    """A capture that waited is completed or declined."""
    capture = account.find("captures", capture_id)
    if capture["status"] != "PENDING" or status not in ("COMPLETED", "DECLINED"):
        raise unprocessable("PENDING_CAPTURE")
    capture.pop("status_details", None)
    if status == "COMPLETED":
        _complete(account, capture)
    else:
        _deny(account, capture)
    capture |= {"status": status, "update_time": account.time()}
    notify(account, capture)
    return capture


def _deny(account: Account, capture: Body) -> None:
    """A payment that was denied stands in the reports, and moves nothing."""
    value, currency = capture["amount"], capture["amount"]["currency_code"]
    row = reports.Row("T0006", minor(value), currency, capture["id"])
    reports.add(account, row, custom_field=capture.get("custom_id"), transaction_status="D")


def notify(account: Account, capture: Body) -> None:
    """Send an event of how a capture stands."""
    account.emit(_EVENTS[capture["status"]], "capture", capture)


def _complete(account: Account, capture: Body) -> None:
    gross, currency = minor(capture["amount"]), capture["amount"]["currency_code"]
    taken = fee(gross, account.switches.fee_permille, account.switches.fee_fixed)
    capture["status"] = "COMPLETED"
    capture["seller_receivable_breakdown"] = {
        "gross_amount": amount(gross, currency),
        "paypal_fee": amount(taken, currency),
        "net_amount": amount(gross - taken, currency),
    }
    fields = {"custom_field": capture.get("custom_id"), "invoice_id": capture.get("invoice_id")}
    reports.add(account, reports.Row("T0006", gross, currency, capture["id"], -taken), **fields)
