"""Sales of the first generation, which subscriptions still make: other fields for the same money.

Source: the webhook simulator's samples of PAYMENT.SALE.COMPLETED and PAYMENT.SALE.REVERSED.
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import Account, link
from infra.fake_gateways.paypal.money import amount, fee


def sell(account: Account, order_id: str, minor: int, currency: str) -> Body:
    """A subscription is paid."""
    sale_id, parent = account.new_id(), f"PAY-{account.new_id(24)}"
    taken = fee(minor, account.switches.fee_permille, account.switches.fee_fixed)
    sale: Body = {
        "id": sale_id,
        "state": "completed",
        "amount": _total(minor, currency),
        "payment_mode": "INSTANT_TRANSFER",
        "parent_payment": parent,
        "custom": order_id,
        "transaction_fee": {"value": amount(taken, currency)["value"], "currency": currency},
        "create_time": account.time(),
        "update_time": account.time(),
        "links": [
            link("self", f"/v1/payments/sale/{sale_id}"),
            link("refund", f"/v1/payments/sale/{sale_id}/refund", "POST"),
            link("parent_payment", f"/v1/payments/payment/{parent}"),
        ],
    }
    account.sales[sale_id] = sale
    row = reports.Row("T0002", minor, currency, sale_id, -taken)
    reports.add(account, row, custom_field=order_id)
    account.emit("PAYMENT.SALE.COMPLETED", "sale", sale)
    return sale


def reverse(account: Account, sale_id: str, minor: int) -> Body:
    """PayPal takes a part of a sale back; the webhook doesn't say of which sale."""
    sale = account.find("sales", sale_id)
    currency, refund_id = sale["amount"]["currency"], account.new_id()
    reversal: Body = {
        "id": refund_id,
        "state": "completed",
        "amount": _total(-minor, currency),
        "create_time": account.time(),
        "links": [link("self", f"/v1/payments/refund/{refund_id}")],
    }
    account.reversals[refund_id] = reversal | {"sale_id": sale_id, "_capture": sale_id}
    reports.add(account, reports.Row("T1106", -minor, currency, refund_id, 0, sale_id))
    account.emit("PAYMENT.SALE.REVERSED", "sale", reversal)
    return reversal


def _total(minor: int, currency: str) -> Body:
    return {"total": amount(minor, currency)["value"], "currency": currency}
