"""`kassa customers`: who a customer is as far as Kassa knows, and forgetting them."""

from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import acting
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from kassa.core.errors import InvalidRequest
from kassa.customers.store import Customers
from kassa.platform.settings import settings

app = typer.Typer(no_args_is_help=True, help="Customers: show who one is, forget them.")

CustomerId = Annotated[
    str, typer.Argument(metavar="CUSTOMER_ID", help="The shop's; a guest's is order:ORDER_ID.")
]


@app.command("show")
@in_one_line
def show(customer_id: CustomerId, as_json: AsJson = False) -> None:
    """Show who a customer is, as their newest order said."""
    connect_as_merchant()
    party = Customers(settings().merchant_id).find(customer_id)
    if party is None:
        raise InvalidRequest(f"customer {customer_id}: nobody said who that is, or was forgotten")
    if as_json:
        print_json(party.model_dump(mode="json", exclude_none=True))
        return
    address = party.address
    place = " ".join(one for one in (address.postal_code, address.city) if one)
    for line in (party.name, *address.lines, place, address.country, party.tax_id, party.email):
        if line:
            say(escape(line))


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
