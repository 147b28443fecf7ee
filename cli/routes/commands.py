"""`kassa routes`: which gateway accounts orders go to; show, try and save them."""

from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.output import AsJson, console, in_one_line, instant, print_json
from cli.routes import files, tables, trials
from infra.unlogged import unlogged
from kassa.checkout.routing.save_routes import save_routes
from kassa.platform.settings import settings

WAIT_S = 20.0  # for who else saves at the same time

app = typer.Typer(no_args_is_help=True, help="Routes of orders to gateways: show, try, save.")
app.add_typer(trials.commands)

RoutesFile = Annotated[Path, typer.Argument(metavar="FILE", help="The routes, YAML or JSON.")]


@app.command("show")
@in_one_line
def show(as_json: AsJson = False) -> None:
    """Show the routes that rule now."""
    routes = files.opened().ruling()
    if as_json:
        print_json(routes)
        return
    line = "No routes are saved: the gateway accounts are tried in their order."
    if routes.saved_at is not None:
        line = f"Version {routes.version}, saved {instant(routes.saved_at)} UTC."
    console().print(line, soft_wrap=True)
    console().print(tables.routes_table(routes))


@app.command("save")
@in_one_line
def save(file: RoutesFile, as_json: AsJson = False) -> None:
    """Save routes as the next version; they rule at once."""
    files.opened()
    document = files.read_document(file)
    with unlogged():
        saved = save_routes(document, settings().merchant_id, operator(), lambda: WAIT_S)
    if as_json:
        print_json(saved)
    elif saved.is_new:
        console().print(f"Version {saved.routes.version} is saved and rules from now on.")
    else:
        console().print("The newest version says the same already; nothing was saved.")
