"""Payouts: the balance on its way to the bank account."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, in_execution
from infra.fake_gateways.stripe.api.parameters import Params, metadata, positive, required, text
from infra.fake_gateways.stripe.money import known_currency
from infra.fake_gateways.stripe.objects import shapes
from infra.fake_gateways.stripe.objects.balance import check_funds, move

_ON_THE_WAY = ("pending", "in_transit")


def create(account: Account, unused: str, params: Params) -> Body:
    """Send a part of the balance, as the merchant asks."""
    required(params, "amount")
    amount = positive(params, "amount") or 0
    currency = known_currency(str(required(params, "currency")))
    if currency != account.switches.currency:
        raise Refusal(f"There is no external account in {currency}.", param="currency")
    check_funds(account, amount)
    fields: Body = {"metadata": metadata(params)}
    if description := text(params, "description"):
        fields["description"] = description
    return send(account, amount, fields)


def send(account: Account, amount: int, fields: Body) -> Body:
    """Send money to the bank, whatever the balance."""
    currency = account.switches.currency
    payout = account.add(shapes.payout(account, amount, currency, fields))
    payout["balance_transaction"] = move(account, "payout", -amount, payout)["id"]
    account.emit("payout.created", payout)
    if (delay_s := account.switches.pay_out_after_s) is not None:
        account.schedule.later(delay_s, lambda: _arrive(account, payout))
    return payout


def _arrive(account: Account, payout: Body) -> None:
    """Arrive at the bank, unless somebody decided otherwise meanwhile."""
    if payout["status"] in _ON_THE_WAY:
        settle(account, payout["id"], "paid")


def send_all(account: Account) -> Body | None:
    """Send what wasn't paid out yet, as Stripe does by itself; the payout lists what it pays."""
    rows = account.kinds["balance_transaction"].values()
    paid = [row for row in rows if row["id"] not in account.paid_out and row["type"] != "payout"]
    total = sum(row["net"] for row in paid)
    if total <= 0:
        return None
    payout = send(account, total, {"automatic": True, "reconciliation_status": "completed"})
    for row in paid:
        account.paid_out[row["id"]] = payout["id"]
    account.paid_out[payout["balance_transaction"]] = payout["id"]
    return payout


def settle(account: Account, payout_id: str, status: str) -> Body:
    """A payout arrived, or came back; even a paid one may still fail."""
    payout = account.find("payout", payout_id)
    before = (*_ON_THE_WAY, "paid") if status == "failed" else _ON_THE_WAY
    if payout["status"] not in before or status not in ("paid", "failed", "in_transit", "canceled"):
        raise in_execution(f"A payout that is {payout['status']} can't become {status}.")
    payout["status"] = status
    if status in ("failed", "canceled"):
        kind = "payout_failure" if status == "failed" else "payout_cancel"
        moved = move(account, kind, payout["amount"], payout)
        payout["failure_balance_transaction"] = moved["id"]
    if status == "failed":
        payout |= {"failure_code": "account_closed", "failure_message": "The account is closed."}
    account.emit("payout.updated" if status == "in_transit" else f"payout.{status}", payout)
    return payout


def cancel(account: Account, payout_id: str, params: Params) -> Body:
    """Call off a payout that hasn't left."""
    account.find("payout", payout_id)
    return settle(account, payout_id, "canceled")
