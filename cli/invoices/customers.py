"""`kassa customers`: who a customer is as far as Kassa knows, their account, forgetting them."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import acting
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.receivables import statements
from kassa.core.errors import InvalidRequest
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="Customers: show who one is, state their account, forget them."
)

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER_ID", help="The shop's; a guest's is order:ORDER_ID.")
]


app.add_typer(statements.commands)


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


@app.command("erase")
@in_one_line
def erase(
    customer_id: CustomerId,
    is_sure: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Forget who a customer is, for good; documents that were issued keep what they say."""
    stack = connect_as_merchant()
    if not is_sure:
        typer.confirm(f"Forget who {customer_id} is, for good?", abort=True)
    with acting(stack, "customer.erase", f"customer/{customer_id}"):
        Customers(settings().merchant_id).erase(customer_id)
    say(f"Forgotten who {escape(customer_id)} is. Documents that were issued stay as they are.")
