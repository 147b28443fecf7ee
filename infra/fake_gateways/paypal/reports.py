"""What moved the balance, as PayPal's transaction reports list it, some hours later."""

from typing import NamedTuple

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal.account import DAY_S, Account, link
from infra.fake_gateways.paypal.clocks import seconds, written
from infra.fake_gateways.paypal.errors import malformed, not_reported
from infra.fake_gateways.paypal.money import amount, minor

RANGE_MAX_S = 31 * DAY_S


class Row(NamedTuple):
    """One movement; a fee is negative, as PayPal writes what it takes."""

    code: str
    gross: int
    currency: str
    transaction_id: str
    fee: int = 0
    about: str | None = None  # the transaction that it came of


def add(account: Account, row: Row, **fields: str | None) -> None:
    """Book a movement of the balance."""
    transaction: Body = {
        "transaction_id": row.transaction_id,
        "transaction_event_code": row.code,
        "transaction_initiation_date": account.time(),
        "transaction_updated_date": account.time(),
        "transaction_amount": amount(row.gross, row.currency),
        "transaction_status": "S",
        "protection_eligibility": "01",
    }
    if row.fee:
        transaction["fee_amount"] = amount(row.fee, row.currency)
    if row.about:
        transaction |= {"paypal_reference_id": row.about, "paypal_reference_id_type": "TXN"}
    transaction |= {name: value for name, value in fields.items() if value}
    account.rows.append(transaction)


def moves(row: Body) -> bool:
    """Tell whether a row moved the balance: not one that was denied."""
    return bool(row["transaction_status"] != "D")


def net(row: Body) -> int:
    """Return by how much a row moved the balance."""
    taken = minor(row["fee_amount"]) if "fee_amount" in row else 0
    return minor(row["transaction_amount"]) + taken


def balances(account: Account) -> dict[str, int]:
    """Return the balance in minor units, by currency."""
    found: dict[str, int] = {}
    for row in filter(moves, account.rows):
        currency = row["transaction_amount"]["currency_code"]
        found[currency] = found.get(currency, 0) + net(row)
    return found


def listed(account: Account, query: Body) -> Body:
    """Return a page of the movements of a time."""
    try:
        start, end = seconds(query["start_date"]), seconds(query["end_date"])
        size, page = int(query.get("page_size", 100)), int(query.get("page", 1))
    except (KeyError, ValueError) as error:
        raise malformed("INVALID_REQUEST", "start_date") from error
    if end - start > RANGE_MAX_S or end < start or not 1 <= size <= account.switches.page_max:
        raise malformed("INVALID_REQUEST", "end_date")
    refreshed = account.now() - account.switches.report_lag_s
    if start > min(refreshed, account.now() - account.switches.report_start_lag_s):
        raise not_reported()
    found = [
        row
        for row in account.rows
        if start <= seconds(row["transaction_initiation_date"]) <= min(end, refreshed)
        and (moves(row) or query.get("balance_affecting_records_only") == "N")
        and query.get("transaction_status") in (None, row["transaction_status"])
    ]
    shown = found[(page - 1) * size : page * size]
    return {
        "transaction_details": [{"transaction_info": dict(row)} for row in shown],
        "account_number": account.merchant_id,
        "start_date": written(start),
        "end_date": written(min(end, refreshed)),
        "last_refreshed_datetime": written(refreshed),
        "page": page,
        "total_items": len(found),
        "total_pages": -(-len(found) // size),
        "links": [link("self", "/v1/reporting/transactions")],
    }


def balance(account: Account, query: Body) -> Body:
    """Return the balances as they stand."""
    shown = [
        {
            "currency": currency,
            "primary": number == 0,
            "total_balance": amount(total, currency),
            "available_balance": amount(total, currency),
            "withheld_balance": amount(0, currency),
        }
        for number, (currency, total) in enumerate(sorted(balances(account).items()))
    ]
    return {
        "balances": shown,
        "account_id": account.merchant_id,
        "as_of_time": account.time(),
        "last_refresh_time": account.time(),
    }


def pay_out_all(account: Account) -> str | None:
    """Send what there is to the bank, currency by currency; PayPal notifies nobody."""
    payout_id = None
    for currency, total in sorted(balances(account).items()):
        if total > 0:
            payout_id = account.new_id()
            add(account, Row("T0400", -total, currency, payout_id))
    return payout_id


def return_payout(account: Account, payout_id: str) -> str:
    """Let a payout come back from the bank."""
    for row in account.rows:
        if row["transaction_id"] == payout_id and row["transaction_event_code"] == "T0400":
            paid_out = row["transaction_amount"]
            back = Row(
                "T1101", -minor(paid_out), paid_out["currency_code"], account.new_id(), 0, payout_id
            )
            add(account, back)
            return back.transaction_id
    raise ValueError(f"no payout is called {payout_id}")
