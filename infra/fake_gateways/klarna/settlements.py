"""Settlements: what every sale, return, fee and reversal moved, and what was paid out of it.

Amounts are positive, and their type says which way they went. A transaction belongs to no payout
until there is one.
"""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.klarna.account import Account
from infra.fake_gateways.klarna.errors import bad_value, no_such

_ADDED = ("SALE", "CREDIT", "FEE_REFUND", "RELEASE")
_TOTALS = {
    "SALE": "sale_amount",
    "RETURN": "return_amount",
    "REVERSAL": "reversal_amount",
    "FEE": "fee_amount",
    "CHARGE": "charge_amount",
    "CREDIT": "credit_amount",
    "FEE_REFUND": "fee_refund_amount",
}
_ZERO = (
    *("commission_amount", "repay_amount", "holdback_amount", "release_amount", "tax_amount"),
    *("tax_refund_amount", "fee_correction_amount"),
)
SIZE_MAX = 500


def sold(account: Account, order: Body, capture: Body) -> None:
    """Note a sale and what Klarna keeps of it: a share, rounded half up, and a fixed part."""
    minor, named = capture["captured_amount"], {"capture_id": capture["capture_id"]}
    named["merchant_capture_reference"] = capture["reference"] or ""
    _note(account, order, ("SALE", "PURCHASE"), minor, named)
    share = (minor * account.switches.fee_permille + 500) // 1000
    _note(account, order, ("FEE", "PURCHASE_FEE_PERCENTAGE"), share, named)
    _note(account, order, ("FEE", "PURCHASE_FEE_FIXED"), account.switches.fee_fixed, named)


def returned(account: Account, order: Body, refund: Body) -> None:
    """Note a refund."""
    named = {"refund_id": refund["refund_id"]}
    named["merchant_refund_reference"] = refund["reference"] or ""
    _note(account, order, ("RETURN", "PURCHASE_RETURN"), refund["refunded_amount"], named)


def reversed_by(account: Account, order: Body, dispute: Body) -> None:
    """Note that a dispute withholds its amount, and that Klarna charges for it."""
    named = {"reversal_reference": _settled_name(dispute)}
    minor = dispute["dispute_details"]["dispute_amount"]
    _note(account, order, ("REVERSAL", "REVERSAL"), minor, named)
    _note(account, order, ("CHARGE", "DISPUTE_FEE"), account.switches.dispute_fee, named)


def given_back(account: Account, order: Body, dispute: Body, minor: int) -> None:
    """Note what comes back of a dispute's amount; the fee doesn't."""
    named = {"reversal_reference": _settled_name(dispute)}
    _note(account, order, ("CREDIT", "CORRECTION_DISPUTE"), minor, named)


def reversed_alone(account: Account, order: Body, minor: int) -> None:
    """Note a reversal that names no dispute: the schema's `reversal_reference` may be missing."""
    _note(account, order, ("REVERSAL", "REVERSAL"), minor, {})


def _settled_name(dispute: Body) -> str:
    """Write a dispute's name as settlements do, unlike its webhooks: the number is the same."""
    number = dispute["payment_dispute_id"].rpartition(":")[2]
    return f"krn:klarna:eu1:dispute:goods_not_received:{number}"


def _note(account: Account, order: Body, types: tuple[str, str], minor: int, named: Body) -> None:
    if not minor:
        return
    account.transactions.append(
        {
            "type": types[0],
            "detailed_type": types[1],
            "amount": minor,
            "currency_code": order["purchase_currency"],
            "purchase_country": order["purchase_country"],
            "order_id": order["order_id"],
            "short_order_id": order["klarna_reference"],
            "merchant_reference1": order.get("merchant_reference1", ""),
            "merchant_reference2": order.get("merchant_reference2", ""),
            "capture_id": "",
            "sale_date": order["created_at"],
            "capture_date": account.at(),
            **named,
        }
    )


def pay_out_all(account: Account) -> Body:
    """Pay out what no payout has paid yet, currency by currency; a debt is carried on."""
    waiting = [one for one in account.transactions if "payment_reference" not in one]
    currencies = sorted({one["currency_code"] for one in waiting})
    made = [_pay_out(account, currency, waiting) for currency in currencies]
    return {"payout_id": made[0] if made else None, "payout_ids": made}


def _pay_out(account: Account, currency: str, waiting: list[Body]) -> str:
    reference = account.new_reference()
    paid = [one for one in waiting if one["currency_code"] == currency]
    for one in paid:
        one |= {"payment_reference": reference, "payout": f"/payouts/{reference}"}
    before = _debt(account, currency)
    balance = sum(signed(one) for one in paid) - before
    totals = dict.fromkeys((*_TOTALS.values(), *_ZERO), 0)
    for one in paid:
        totals[_TOTALS[one["type"]]] += one["amount"]
    after = max(0, -balance)
    totals |= {"settlement_amount": max(0, balance), "deposit_amount": max(0, after - before)}
    totals |= {"opening_debt_balance_amount": before, "closing_debt_balance_amount": after}
    account.payouts[reference] = {
        "payment_reference": reference,
        "payout_date": account.at(),
        "currency_code": currency,
        "currency_code_of_registration_country": currency,
        "merchant_settlement_type": "NET",
        "merchant_id": account.switches.merchant_id,
        "transactions": f"/transactions?payment_reference={reference}",
        "totals": totals,
    }
    return reference


def _debt(account: Account, currency: str) -> int:
    """Return what the last payout left us owing."""
    mine = [one for one in account.payouts.values() if one["currency_code"] == currency]
    return int(mine[-1]["totals"]["closing_debt_balance_amount"]) if mine else 0


def signed(transaction: Body) -> int:
    """Return what a transaction did to the balance."""
    minor: int = transaction["amount"]
    return minor if transaction["type"] in _ADDED else -minor


def balances(account: Account) -> dict[str, int]:
    """Return what Klarna holds of ours, by currency."""
    held: dict[str, int] = {}
    for one in account.transactions:
        held[one["currency_code"]] = held.get(one["currency_code"], 0) + signed(one)
    for payout in account.payouts.values():
        held[payout["currency_code"]] -= payout["totals"]["settlement_amount"]
    return held


def list_payouts(account: Account, unused: str, params: Body) -> Body:
    """Return a page of payouts of a time."""
    rows = [
        one
        for one in account.payouts.values()
        if params.get("start_date", "") <= one["payout_date"] <= params.get("end_date", "9")
        and params.get("currency_code") in (None, one["currency_code"])
    ]
    return _page("payouts", rows, params)


def read_payout(account: Account, reference: str, params: Body) -> Body:
    """Return one payout."""
    if reference not in account.payouts:
        raise no_such("payout", reference)
    return account.payouts[reference]


def list_transactions(account: Account, unused: str, params: Body) -> Body:
    """Return a page of transactions, of a payout or of an order."""
    criteria = {name: params[name] for name in ("payment_reference", "order_id") if name in params}
    rows = [
        one
        for one in account.transactions
        if all(one.get(name) == value for name, value in criteria.items())
    ]
    return _page("transactions", rows, params)


def _page(name: str, rows: list[Body], params: Body) -> Body:
    try:
        size, offset = int(params.get("size", 20)), int(params.get("offset", 0))
    except ValueError as error:
        raise bad_value("size", "not an integer") from error
    if not 0 < size <= SIZE_MAX or offset < 0:
        raise bad_value("size", f"must be between 1 and {SIZE_MAX}")
    shown = rows[offset : offset + size]
    pagination = {"count": len(shown), "total": len(rows), "offset": offset}
    if offset + size < len(rows):
        pagination["next"] = f"/{name}?offset={offset + size}&size={size}"  # type: ignore[assignment]
    return {name: shown, "pagination": pagination}
