"""`kassa routes`: which gateway accounts orders go to; show, try and save them."""

from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.output import AsJson, console, in_one_line, instant, print_json
from cli.routes import files, tables, trials

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
    saved = files.opened()
    newest = saved.newest()
    routes = files.read(file, newest.version + 1 if newest else 1)
    is_new = newest is None or newest.routes != routes.routes
    if is_new:
        saved.save(routes, operator())
    if as_json:
        print_json({"is_new": is_new, "routes": routes if is_new else newest})
    elif is_new:
        console().print(f"Version {routes.version} is saved and rules from now on.")
    else:
        console().print("The newest version says the same already; nothing was saved.")
