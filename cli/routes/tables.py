"""How routes and their choice look on a screen."""

from typing import Any

from rich.markup import escape

from cli.output import amount, console, table
from kassa.checkout.routing.routes import Route, Routes
from kassa.checkout.routing.routing import Routing
from kassa.core.money import Money


def routes_table(routes: Routes) -> Any:
    """Show routes in the order they were written."""
    shown = table("Routes", ["#>", "Account", "For", "Cost", "Priority>"])
    for number, route in enumerate(routes.routes, start=1):
        priority = str(route.priority or "")
        account = f"{route.gateway}/{route.account}"
        shown.add_row(str(number), account, escape(_serves(route)), _cost(route), priority)
    return shown


def print_routing(routing: Routing, paid: Money) -> None:
    """Say where an order would go, and why not elsewhere."""
    screen = console()
    if not routing.candidates:
        screen.print("No route can serve this order.", style="red")
    else:
        shown = table(f"For {amount(paid)}", ["#>", "Account", "Cost>"])
        for number, one in enumerate(routing.candidates, start=1):
            cost = _money(one.cost_minor, paid.currency)
            shown.add_row(str(number), f"{one.gateway}/{one.account}", cost)
        screen.print(shown)
    if routing.left_out:
        left = table("Left out", ["Account", "Why"])
        for out in routing.left_out:
            left.add_row(f"{out.gateway}/{out.account}", escape(out.why))
        screen.print(left)


def _serves(route: Route) -> str:
    """Say which orders a route is for."""
    parts = [
        ", ".join(route.methods) or "every method",
        ", ".join(route.currencies) or "every currency",
    ]
    if route.countries.allow:
        parts.append(f"only {', '.join(route.countries.allow)}")
    if route.countries.deny:
        parts.append(f"not {', '.join(route.countries.deny)}")
    return "; ".join(parts)


def _cost(route: Route) -> str:
    if route.cost is None:
        return "[dim]not said[/dim]"
    fixed = [_money(minor, currency) for currency, minor in route.cost.fixed_minor.items()]
    share = f"{route.cost.permille} ‰"
    return " + ".join([share, " or ".join(fixed)]) if fixed else share


def _money(minor: int | None, currency: str) -> str:
    return "not said" if minor is None else amount(Money(amount_minor=minor, currency=currency))
