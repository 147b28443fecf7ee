"""Refunds: PayPal's own limits, and their lifecycle until the buyer has the money or it comes
back.
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import DAY_S, Account, link
from infra.fake_gateways.paypal.clocks import seconds
from infra.fake_gateways.paypal.errors import unprocessable
from infra.fake_gateways.paypal.money import amount, minor

AGE_MAX_S = 180 * DAY_S
_GONE = ("PENDING", "COMPLETED")
_EVENTS = {
    "COMPLETED": "PAYMENT.CAPTURE.REFUNDED",
    "PENDING": "PAYMENT.REFUND.PENDING",
    "FAILED": "PAYMENT.REFUND.FAILED",
}


def create(account: Account, capture_id: str, params: Body) -> Body:
    """Give back a capture, whole or in part."""
    capture = account.find("captures", capture_id)
    currency = capture["amount"]["currency_code"]
    amount_minor = _allowed(account, capture, params.get("amount"))
    refund_id = account.new_id()
    refund: Body = {
        "id": refund_id,
        "status": account.switches.refunds_begin,
        "amount": amount(amount_minor, currency),
        "create_time": account.time(),
        "update_time": account.time(),
        "links": [
            link("self", f"/v2/payments/refunds/{refund_id}"),
            link("up", f"/v2/payments/captures/{capture_id}"),
        ],
        "_capture": capture_id,
    }
    named = {"custom_id": capture.get("custom_id"), "invoice_id": capture.get("invoice_id")}
    named |= {name: params[name] for name in ("custom_id", "note_to_payer") if name in params}
    refund |= {name: value for name, value in named.items() if value}
    account.refunds[refund_id] = refund
    refund["seller_payable_breakdown"] = _breakdown(account, capture, amount_minor)
    if refund["status"] == "COMPLETED":
        _leave(account, refund)
    else:
        refund["status_details"] = {"reason": "ECHECK"}
        account.settle_later(refund, lambda: settle(account, refund_id, "COMPLETED"))
    _notify(account, refund)
    return refund


def _allowed(account: Account, capture: Body, given: object) -> int:
    """Return how much is refunded, or refuse."""
    _refuse_by_state(account, capture)
    currency = capture["amount"]["currency_code"]
    left = minor(capture["amount"]) - refunded(account, capture["id"])
    if left <= 0:
        raise unprocessable("CAPTURE_FULLY_REFUNDED")
    if not isinstance(given, dict):
        return left
    amount_minor = minor(given)
    if given["currency_code"] != currency:
        raise unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH")
    if amount_minor <= 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    if amount_minor > left:
        raise unprocessable("REFUND_AMOUNT_EXCEEDED")
    return amount_minor


def _refuse_by_state(account: Account, capture: Body) -> None:
    if capture["status"] == "PENDING":
        raise unprocessable("PENDING_CAPTURE")
    if capture["status"] == "DECLINED":
        raise unprocessable("REFUND_NOT_ALLOWED")
    if account.now() - seconds(capture["create_time"]) > AGE_MAX_S:
        raise unprocessable("REFUND_TIME_LIMIT_EXCEEDED")
    if _is_disputed(account, capture["id"]):
        raise unprocessable("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK")


def refunded(account: Account, capture_id: str) -> int:
    """Return how much of a capture has been given back or is on its way."""
    mine = (one for one in account.refunds.values() if one["_capture"] == capture_id)
    return sum(minor(one["amount"]) for one in mine if one["status"] in _GONE)


def _is_disputed(account: Account, capture_id: str) -> bool:
    """Return whether a chargeback holds the money."""
    return any(
        one["disputed_transactions"][0]["seller_transaction_id"] == capture_id
        and one["dispute_life_cycle_stage"] != "INQUIRY"
        and one.get("dispute_outcome", {}).get("outcome_code") != "RESOLVED_SELLER_FAVOUR"
        for one in account.disputes.values()
    )


def _breakdown(account: Account, capture: Body, amount_minor: int) -> Body:
    currency, total = capture["amount"]["currency_code"], refunded(account, capture["id"])
    return {
        "gross_amount": amount(amount_minor, currency),
        "paypal_fee": amount(0, currency),
        "net_amount": amount(amount_minor, currency),
        "total_refunded_amount": amount(total, currency),
    }


def _leave(account: Account, refund: Body) -> None:
    refunded, about = refund["amount"], refund["_capture"]
    row = reports.Row("T1107", -minor(refunded), refunded["currency_code"], refund["id"], 0, about)
    reports.add(account, row, custom_field=refund.get("custom_id"))
    refund["status"] = "COMPLETED"
    _mark(account, about)


def _mark(account: Account, capture_id: str) -> None:
    """Let a capture say how far it was refunded."""
    capture, given = account.captures[capture_id], refunded(account, capture_id)
    whole = minor(capture["amount"])
    partly = "PARTIALLY_REFUNDED" if given else "COMPLETED"
    capture |= {"status": "REFUNDED" if given >= whole else partly, "update_time": account.time()}


def settle(account: Account, refund_id: str, status: str) -> Body:
    """A refund leaves, or comes back, also long after it left."""
    refund = account.find("refunds", refund_id)
    before = refund["status"]
    follows = {"PENDING": ("COMPLETED", "FAILED"), "COMPLETED": ("FAILED",)}
    if status not in follows.get(before, ()):
        raise ValueError(f"a refund that is {before} can't become {status}")
    if before == "PENDING":
        refund.pop("status_details", None)
        _leave(account, refund)
    if status == "FAILED":
        refunded = refund["amount"]
        currency = refunded["currency_code"]
        back = reports.Row("T1100", minor(refunded), currency, account.new_id(), 0, refund_id)
        reports.add(account, back)
        refund["status"] = "FAILED"
        _mark(account, refund["_capture"])
    refund["update_time"] = account.time()
    _notify(account, refund)
    return refund


def _notify(account: Account, refund: Body) -> None:
    account.emit(_EVENTS[refund["status"]], "refund", shown(refund))


def find(account: Account, refund_id: str) -> Body:
    """Return a refund, or a reversal, which PayPal shows among them."""
    if refund_id in account.reversals and "state" not in account.reversals[refund_id]:
        return account.reversals[refund_id]
    return account.find("refunds", refund_id)


def shown(refund: Body) -> Body:
    """Return a refund as PayPal shows it."""
    return {name: value for name, value in refund.items() if not name.startswith("_")}
