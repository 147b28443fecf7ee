"""Payments at Adyen: authorised, captured, cancelled, refunded; answered at once, decided later."""

from infra.fake_gateways.adyen import settlement
from infra.fake_gateways.adyen.account import Account
from infra.fake_gateways.kit.answers import Body


def authorise(
    account: Account, reference: str, amount: Body, link_id: str = "", succeeds: bool = True
) -> Body:
    """A customer's attempt to pay; with immediate capture the money is ours at once."""
    payment: Body = {
        "psp": account.new_reference(),
        "reference": reference,
        "currency": amount["currency"],
        "value": amount["value"],
        "captured": 0,
        "captures": {},
        "method": _method(account),
        "link_id": link_id,
        "state": "authorised" if succeeds else "refused",
    }
    account.payments[payment["psp"]] = payment
    if not succeeds:
        account.notify(
            "AUTHORISATION", payment, payment["value"], success="false", reason="Refused"
        )
        return payment
    account.notify("AUTHORISATION", payment, payment["value"], reason="063214:1111:03/2030")
    if account.captures_at_once(link_id):
        _take(account, payment, payment["value"], account.new_reference())
    return payment


def _method(account: Account) -> str:
    """Return what the next customer pays with."""
    every = account.switches.debits_every
    return "sepadirectdebit" if every and len(account.payments) % every == 0 else "visa"


def capture(account: Account, payment: Body, value: int) -> str:
    """Ask for a capture; what isn't taken of the authorisation stays with the customer."""
    own = account.new_reference()
    account.later(lambda: _decide_capture(account, payment, value, own))
    return own


def _decide_capture(account: Account, payment: Body, value: int, own: str) -> None:
    if payment["state"] != "authorised" or payment["captured"] + value > payment["value"]:
        account.notify("CAPTURE", payment, value, own=own, success="false", reason="Not allowed")
        return
    _take(account, payment, value, own)


def _take(account: Account, payment: Body, value: int, own: str) -> None:
    payment["captured"] += value
    payment["captures"][own] = value
    settlement.settled(account, payment, value, own)
    if not account.captures_at_once(payment["link_id"]) or account.switches.notifies_captures:
        account.notify("CAPTURE", payment, value, own=own)


def fail_capture(account: Account, psp_reference: str) -> None:
    """A scheme rejects a payment's last capture: it won't be settled, or is debited again."""
    payment = account.payment(psp_reference)
    if not payment["captures"]:
        raise ValueError("only what was captured can fail")
    own, value = payment["captures"].popitem()
    payment["captured"] -= value
    payment["failed"] = own, value
    settlement.capture_failed(account, payment, value, own)
    account.notify("CAPTURE_FAILED", payment, value, own=own, reason="Capture Failed")


def repair_capture(account: Account, psp_reference: str) -> None:
    """Adyen captures again what had failed: under the same name, and it is settled."""
    payment = account.payment(psp_reference)
    if not payment.get("failed"):
        raise ValueError("only what failed can be repaired")
    own, value = payment.pop("failed")
    payment["captured"] += value
    payment["captures"][own] = value
    settlement.settled(account, payment, value, own)
    account.notify("CAPTURE", payment, value, own=own)


def cancel(account: Account, payment: Body) -> str:
    """Ask to cancel; what was captured can't be."""
    own = account.new_reference()
    account.later(lambda: _decide_cancel(account, payment, own))
    return own


def _decide_cancel(account: Account, payment: Body, own: str) -> None:
    if payment["state"] != "authorised" or payment["captured"]:
        account.notify("CANCELLATION", payment, payment["value"], own=own, success="false")
        return
    payment["state"] = "cancelled"
    account.notify("CANCELLATION", payment, payment["value"], own=own)


def expire_authorisation(account: Account, psp_reference: str) -> None:
    """An authorisation was never captured, and its time is over."""
    payment = account.payment(psp_reference)
    if payment["state"] != "authorised" or payment["captured"]:
        raise ValueError("only what is authorised and not captured can expire")
    payment["state"] = "expired"
    account.notify("EXPIRE", payment, payment["value"])


def refund(account: Account, payment: Body, value: int, reference: str = "") -> str:
    """Ask for a refund; Adyen takes every well-formed one and says by webhook what came of it."""
    own = account.new_reference()
    account.refunds[own] = {
        "refund_id": own,
        "payment_id": payment["psp"],
        "value": value,
        "reference": reference,
        "state": "received",
    }
    account.later(lambda: decide_refund(account, own))
    return own


def decide_refund(account: Account, refund_id: str) -> Body:
    """Let a refund that was received be made, or be refused for want of what is left."""
    made = account.refunds[refund_id]
    if made["state"] != "received":
        return made
    payment = account.payments[made["payment_id"]]
    fields = {"own": refund_id, "merchantReference": made["reference"] or payment["reference"]}
    over = refunded(account, payment) + made["value"] > payment["captured"]
    if over and not account.switches.lifts_refund_limit:
        made["state"] = "refused"
        reason = "Insufficient balance on payment"
        fields |= {"success": "false", "reason": reason}
    else:
        made["state"] = "refunded"
        settlement.refunded(account, payment, made)
    account.notify("REFUND", payment, made["value"], **fields)
    return made


def fail_refund(account: Account, refund_id: str) -> Body:
    """A card scheme rejects a refund that was made; the money comes back."""
    made = account.refunds.get(refund_id)
    if made is None or made["state"] != "refunded":
        raise ValueError("only a refund that was made can fail")
    made["state"] = "failed"
    payment = account.payments[made["payment_id"]]
    settlement.refund_came_back(account, payment, made)
    fields = {"own": refund_id, "merchantReference": made["reference"] or payment["reference"]}
    account.notify("REFUND_FAILED", payment, made["value"], reason="Expired card", **fields)
    return made


def refunded(account: Account, payment: Body) -> int:
    """Return what was refunded of a payment and didn't come back."""
    made = account.refunds.values()
    return sum(
        one["value"]
        for one in made
        if one["payment_id"] == payment["psp"] and one["state"] == "refunded"
    )
