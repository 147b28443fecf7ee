"""A statement of account as CSV: ids, days and amounts, no name and no address."""

import io
from collections.abc import Iterator

from kassa.billing.statements.account import AccountStatement, CurrencyAccount
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal

COLUMNS = (
    *("customer_id", "currency", "row", "date", "number", "due_on", "days_past_due"),
    *("debit_minor", "credit_minor", "balance_minor", "open_minor"),
    *("debit", "credit", "balance", "open"),
)
_AMOUNTS = ("debit", "credit", "balance", "open")


def as_csv(statement: AccountStatement) -> str:
    """Return a statement's rows: of each currency its balances and movements, then what is open.

    Each amount stands twice: in minor units, and as a decimal.
    """
    file = io.StringIO()
    write = csv_writer(file)
    write(COLUMNS)
    for account in statement.accounts:
        for row in _rows(statement, account):
            known = {"customer_id": statement.customer_id, "currency": account.currency} | row
            decimals = {name: _decimal(known, name) for name in _AMOUNTS}
            write((known | decimals).get(column) for column in COLUMNS)
    return file.getvalue()


def _rows(statement: AccountStatement, account: CurrencyAccount) -> Iterator[dict[str, Cell]]:
    first, last = str(statement.first_day), str(statement.until)
    yield {"row": "opening_balance", "date": first, "balance_minor": account.opening_minor}
    for one in account.movements:
        yield {
            "row": one.kind.value,
            "date": str(one.on),
            "number": one.number,
            "debit_minor": one.debit_minor,
            "credit_minor": one.credit_minor,
            "balance_minor": one.balance_minor,
        }
    yield {"row": "closing_balance", "date": last, "balance_minor": account.closing_minor}
    for item in account.open_items:
        yield {
            "row": "open_item",
            "date": str(item.issued_on),
            "number": item.number,
            "due_on": str(item.due_on),
            "days_past_due": item.days_past_due,
            "open_minor": item.open_minor,
        }
    for paid in account.credits:
        yield {"row": "credit_item", "number": paid.number, "open_minor": -paid.credit_minor}


def _decimal(row: dict[str, Cell], name: str) -> Cell:
    minor, currency = row.get(f"{name}_minor"), str(row["currency"])
    if not isinstance(minor, int):
        return None
    return f"{to_decimal(Money(amount_minor=minor, currency=currency)):f}"
