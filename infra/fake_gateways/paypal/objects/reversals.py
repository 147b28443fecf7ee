"""Reversals: PayPal takes money of a payment back, with a dispute or without one.

Told as a refund that nobody gave, and listed by the reports under the same id. Source: the sample
of PAYMENT.CAPTURE.REVERSED in PayPal's webhook simulator, and T1106 of "Transaction event codes".
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import Account, link
from infra.fake_gateways.paypal.errors import unprocessable
from infra.fake_gateways.paypal.money import amount, minor

REVERSED = "T1106"  # by PayPal; a chargeback has a code of its own


def reverse(account: Account, capture_id: str, amount_minor: int, code: str = REVERSED) -> Body:
    """Take an amount of a capture back; the event is reported by whoever let it happen."""
    capture = account.find("captures", capture_id)
    currency, whole = capture["amount"]["currency_code"], minor(capture["amount"])
    if not 0 < amount_minor <= whole - taken(account, capture_id):
        raise unprocessable("REFUND_AMOUNT_EXCEEDED")
    reversal_id = account.new_id()
    reports.add(account, reports.Row(code, -amount_minor, currency, reversal_id, 0, capture_id))
    account.reversals[reversal_id] = {
        "id": reversal_id,
        "status": "COMPLETED",
        "amount": amount(amount_minor, currency),
        "note_to_payer": "Payment reversed",
        "create_time": account.time(),
        "update_time": account.time(),
        "links": [
            link("self", f"/v2/payments/refunds/{reversal_id}"),
            link("up", f"/v2/payments/captures/{capture_id}"),
        ],
        "_capture": capture_id,
    }
    return account.reversals[reversal_id]


def taken(account: Account, capture_id: str) -> int:
    """Return how much of a capture was reversed."""
    mine = (one for one in account.reversals.values() if one["_capture"] == capture_id)
    return sum(minor(one["amount"]) for one in mine)


def notify(account: Account, reversal: Body) -> None:
    """Send a notification of a reversal."""
    shown = {name: value for name, value in reversal.items() if not name.startswith("_")}
    account.emit("PAYMENT.CAPTURE.REVERSED", "refund", shown)
