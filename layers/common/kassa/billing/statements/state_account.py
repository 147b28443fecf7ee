"""State a customer's account: read what they were invoiced, and fold it over the asked days."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kassa.billing.receivables.store import Receivables
from kassa.billing.statements.account import AccountStatement, Invoiced, Period, accounts
from kassa.core.errors import CustomerNotFound, InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.index_pages import PAGE_MAX, PageRequest

INVOICES_MAX = 10_000  # of one customer; read in pages, before the API's time is over
MOVEMENTS_MAX = 2000  # of one statement, in all currencies


class StatementRequest(NamedTuple):
    """Whose account is stated, and over which days, both included."""

    customer_id: str
    first: date | None = None  # none: from their first invoice on
    until: date | None = None  # none: today, by the merchant's calendar
    currency: str | None = None


def state_account(merchant: Merchant, request: StatementRequest) -> AccountStatement:
    """Return a customer's account as of the end of the asked days.

    Raises CustomerNotFound where nothing was ever invoiced to them, and InvalidRequest for days in
    the wrong order or more than one statement holds.
    """
    until = request.until or merchant.day_of(clock.now())
    if request.first is not None and request.first > until:
        raise InvalidRequest(f"from: must be a day until {until}")
    invoices = [*_invoices(merchant, request.customer_id)]
    if not invoices:
        raise CustomerNotFound(f"nothing was invoiced to a customer {request.customer_id}")
    first = request.first or min(until, *(one.of.issued_on for one in invoices))
    stated = tuple(
        one
        for one in accounts(invoices, Period(first, until), merchant.day_of)
        if request.currency in (None, one.currency)
    )
    if sum(len(one.movements) for one in stated) > MOVEMENTS_MAX:
        raise InvalidRequest(f"from: a statement has {MOVEMENTS_MAX} rows at most: ask for less")
    return AccountStatement(
        merchant_id=merchant.merchant_id,
        customer_id=request.customer_id,
        first_day=first,
        until=until,
        accounts=stated,
    )


def _invoices(merchant: Merchant, customer_id: str) -> Iterator[Invoiced]:
    """Yield a customer's invoices, oldest first."""
    receivables, found, cursor = Receivables(merchant.merchant_id), list[Invoiced](), None
    while True:
        page, cursor = receivables.of_customer(customer_id, PageRequest(cursor, PAGE_MAX))
        found += (Invoiced(one.of, one.receivable) for one in page)
        if len(found) > INVOICES_MAX:
            raise InvalidRequest(
                f"customer_id: a statement reads {INVOICES_MAX} invoices at most: list them by"
                " GET /invoices?customer_id="
            )
        if cursor is None:
            return reversed(found)
