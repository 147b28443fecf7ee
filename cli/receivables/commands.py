"""`kassa receivables`: what customers owe as of any day, by age, or invoice by invoice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.listing import Cursor, Limit, Shown, Start, show_list
from cli.output import AsJson, in_one_line, print_json, say
from cli.receivables.tables import customers_listing, open_listing, sums_listing
from kassa.billing.receivables import lists as receivable_lists
from kassa.billing.receivables.ageing import Ageing, OpenItem, aged, together
from kassa.billing.receivables.lists import ReceivablesFilter, ReceivablesPage
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.index_pages import PAGE_MAX, PageRequest
from kassa.platform.settings import settings

app = typer.Typer(no_args_is_help=True, help="Receivables: by age as of any day, open invoices.")

AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="DAY", help="At its end, by the merchant's calendar; today."
    ),
]
CustomerId = Annotated[str | None, typer.Option("--customer", help="Only what this one owes.")]
Currency = Annotated[str | None, typer.Option(help="Only what is in this currency.")]


@app.command("ageing")
@in_one_line
def ageing(
    as_of: AsOf = None,
    currency: Currency = None,
    customer_id: CustomerId = None,
    has_customers: Annotated[
        bool, typer.Option("--customers", help="And what each customer owes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what was owed at the end of a day, by how long it was due, in each currency."""
    connect_as_merchant()
    merchant = _merchant()
    day = as_of.date() if as_of else merchant.day_of(clock.now())
    pages = [*_pages(merchant, ReceivablesFilter(day, customer_id, currency))]
    sums = together(one for page in pages for one in page.ageing)
    of_customers = _by_customer(pages) if has_customers else {}
    if as_json:
        customers = [{"customer_id": one, "ageing": of} for one, of in of_customers.items()]
        print_json({"as_of": str(day), "ageing": sums, "customers": customers})
        return
    if not sums:
        say(f"Nothing was owed on {day}.")
        return
    sums_listing(sums, f"Owed on {day}").print()
    for each in sums if has_customers else ():
        customers_listing(of_customers, each.currency).print()


@app.command("open")
@in_one_line
def open_invoices(
    as_of: AsOf = None,
    currency: Currency = None,
    customer_id: CustomerId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List invoices of which something was owed, first due first; an earlier day's by number."""
    connect_as_merchant()
    merchant = _merchant()
    day = as_of.date() if as_of else merchant.day_of(clock.now())

    def read(request: PageRequest) -> tuple[Sequence[OpenItem], str | None]:
        page = receivable_lists.listed(
            merchant, ReceivablesFilter(day, customer_id, currency), request
        )
        return page.open_items, page.next_cursor

    listing, nothing = partial(open_listing, f"Owed on {day}"), f"Nothing was owed on {day}."
    shown = Shown("open_items", listing, nothing, {"as_of": str(day)})
    show_list(read, Start(limit, cursor), shown, as_json)


def _merchant() -> Merchant:
    return Merchant.from_settings(settings().model_dump())


def standing() -> tuple[Ageing, ...]:
    """Return what is owed to the stack's merchant today, by currency and age."""
    connect_as_merchant()
    return together(one for page in _pages(_merchant(), ReceivablesFilter()) for one in page.ageing)


def _pages(merchant: Merchant, filters: ReceivablesFilter) -> Iterator[ReceivablesPage]:
    cursor = None
    while True:
        page = receivable_lists.listed(merchant, filters, PageRequest(cursor, PAGE_MAX))
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def _by_customer(pages: Sequence[ReceivablesPage]) -> dict[str | None, tuple[Ageing, ...]]:
    """Return the ageing of each customer; of what has no customer's id, together."""
    items, credits = defaultdict(list), defaultdict(list)
    for page in pages:
        for item in page.open_items:
            items[item.customer_id].append(item)
        for paid in page.credits:
            credits[paid.customer_id].append(paid)
    every = sorted({*items, *credits}, key=lambda one: one or "")
    return {one: aged(items[one], credits[one]) for one in every}
