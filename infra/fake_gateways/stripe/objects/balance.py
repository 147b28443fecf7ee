"""What moves the account's balance: each movement a balance transaction, in whole minor units."""

from collections.abc import Iterator
from fractions import Fraction

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import DAY_S, Account
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.api.listing import page
from infra.fake_gateways.stripe.api.parameters import Params, text
from infra.fake_gateways.stripe.money import digits, exchanged

_CATEGORY = {
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "charge_failure",
}
_AVAILABLE_AFTER_S = {"charge": 2 * DAY_S, "payment": 2 * DAY_S}


def move(account: Account, kind: str, amount: int, source: Body, fee: int = 0) -> Body:
    """Book a movement, converted to the account's currency at its rate."""
    into, currency = account.switches.currency, source["currency"]
    rate = None if currency == into else account.switches.rates.get(currency, Fraction(1))
    gross = amount if rate is None else exchanged(amount, rate, currency, into)
    if kind == "charge":
        fee = _charged(account, gross)
    now_s = account.now_s()
    return account.add(
        {
            "id": account.new_id("txn"),
            "object": "balance_transaction",
            "amount": gross,
            "available_on": now_s + _AVAILABLE_AFTER_S.get(kind, 0),
            "balance_type": "payments",
            "created": now_s,
            "currency": into,
            "description": source.get("description"),
            "exchange_rate": None if rate is None else float(rate),
            "fee": fee,
            "fee_details": [_fee_detail(fee, into, source)] if fee else [],
            "net": gross - fee,
            "reporting_category": _category(kind, amount),
            "source": source["id"],
            "status": "pending",
            "type": kind,
        }
    )


def _charged(account: Account, gross: int) -> int:
    """Return the fee of a charge: a share, rounded, and a fixed part; never above the charge."""
    share = (gross * account.switches.fee_permille + 500) // 1000
    fixed = account.switches.fee_fixed if digits(account.switches.currency) else 0
    return min(gross, share + fixed)


def _fee_detail(fee: int, currency: str, source: Body) -> Body:
    spoken = "Dispute fee" if source["object"] == "dispute" else "Stripe processing fees"
    fields = {"amount": fee, "currency": currency, "type": "stripe_fee"}
    return fields | {"application": None, "description": spoken}


def _category(kind: str, amount: int) -> str:
    """Group a movement for reports; Stripe's adjustments here come from disputes alone."""
    if kind == "adjustment":
        return "dispute" if amount < 0 else "dispute_reversal"
    return _CATEGORY.get(kind, kind)


def retrieve(account: Account, unused: str, params: Params) -> Body:
    """Return the balance: what may be paid out, and what may be soon."""
    totals = {"available": 0, "pending": 0}
    for row in account.kinds["balance_transaction"].values():
        state = "available" if row["available_on"] <= account.now_s() else "pending"
        totals[state] += row["net"]
    parts = {
        state: [{"amount": total, "currency": account.switches.currency, "source_types": {}}]
        for state, total in totals.items()
    }
    return {"object": "balance", "livemode": account.switches.livemode, **parts}


def listed(account: Account, unused: str, params: Params) -> Body:
    """Return a page of movements, of a source, a type, or those that a payout paid."""
    values = {name: text(params, name) for name in ("type", "source", "currency")}
    criteria = {name: value for name, value in values.items() if value}
    payout_id = text(params, "payout")

    def rows() -> Iterator[Body]:
        for row in reversed(account.kinds["balance_transaction"].values()):
            is_paid = not payout_id or account.paid_out.get(row["id"]) == payout_id
            if is_paid and all(row[name] == criteria[name] for name in criteria):
                yield row

    return page(account, "balance_transaction", rows(), params)


def total(account: Account) -> dict[str, int]:
    """Return what Stripe holds of ours, available or not yet."""
    rows = account.kinds["balance_transaction"].values()
    return {account.switches.currency.upper(): sum(row["net"] for row in rows)}


def check_funds(account: Account, amount: int) -> None:
    """Refuse to pay out more than there is."""
    if sum(total(account).values()) < amount:
        message = "You have insufficient funds in your Stripe account."
        raise Refusal(message, "balance_insufficient", "amount")
