"""`kassa routes try`: where an order would go, at what cost, and why not elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import AsJson, in_one_line, print_json
from cli.routes import files, tables
from kassa.checkout.routing.route_order import route_input
from kassa.checkout.routing.routing import RoutingInput
from kassa.gateways.submissions import PaymentMethod
from kassa.refunds.policy.cells import money

commands = typer.Typer()


@commands.command("try")
@in_one_line
def try_routes(
    amount: Annotated[str, typer.Option(help="What is to be paid, such as 100.00.")],
    currency: Annotated[str, typer.Option(help="ISO 4217, such as EUR.")],
    country: Annotated[str | None, typer.Option(help="The customer's, such as FI.")] = None,
    method: Annotated[
        PaymentMethod | None, typer.Option(help="How they want to pay; else they choose.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Routes to try instead of the saved.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say where an order would be submitted, what that costs, and why not elsewhere."""
    requested = RoutingInput(
        money(f"{amount} {currency.upper()}", "--amount"), method, _country(country)
    )
    saved = files.opened()
    routes = files.read(file) if file else saved.ruling()
    routing = route_input(requested, routes.routes)
    if as_json:
        print_json(routing)
    else:
        tables.print_routing(routing, requested.amount)


def _country(code: str | None) -> str | None:
    """Return a country's code in capitals; a name would match no route in silence."""
    if code is None:
        return None
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise typer.BadParameter(f"{code!r} is no code of two letters, like FI")
    return code.upper()
