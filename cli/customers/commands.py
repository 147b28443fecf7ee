"""`kassa customers`: who a customer is as far as Kassa knows; export, erase, their account."""

from collections.abc import Iterator

import typer
from rich.markup import escape

from cli.connection import connect_as_merchant
from cli.customers import erasing, exporting
from cli.customers.ids import CustomerId
from cli.output import AsJson, in_one_line, print_json, say
from cli.receivables import statements
from kassa.core.errors import InvalidRequest
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True,
    help="Customers: show who one is, state their account, export and erase them.",
)


app.add_typer(statements.commands)
app.add_typer(exporting.commands)
app.add_typer(erasing.commands)


@app.command("show")
@in_one_line
def show(customer_id: CustomerId, as_json: AsJson = False) -> None:
    """Show who a customer is, as each of their orders said, the newest first."""
    connect_as_merchant()
    known = Customers(settings().merchant_id).buyers(customer_id)
    if not known:
        raise InvalidRequest(f"customer {customer_id}: unknown, or forgotten by an erasure")
    orders_by_buyer: dict[Buyer, list[str]] = {}
    for one in known:
        orders_by_buyer.setdefault(one.buyer, []).append(one.order_id)
    if as_json:
        print_json(
            [
                {"orders": orders, "buyer": buyer.model_dump(mode="json", exclude_none=True)}
                for buyer, orders in orders_by_buyer.items()
            ]
        )
        return
    for buyer, orders in orders_by_buyer.items():
        for line in (*_lines(buyer), f"Orders: {', '.join(orders)}"):
            say(escape(line))


def _lines(buyer: Buyer) -> Iterator[str]:
    """Yield who a buyer is, as one reads it."""
    address = buyer.address
    place = " ".join(filter(None, (address.postal_code, address.city)))
    parts = (buyer.name, *address.lines, place, address.country, buyer.tax_id, buyer.email)
    yield from filter(None, parts)
