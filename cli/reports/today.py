"""`kassa report today`: the day's figures so far, once or again and again."""

from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table

from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, instant, print_json, table
from cli.reports.tables import Figures, figures_tables, money, whole_numbers
from kassa.platform import clock
from kassa.reports.reading.store import read_today
from kassa.reports.reading.today import Today, TodayAtGateway, TodayInCurrency
from kassa.reports.summary.summary import FIGURES

EVERY_S = 15.0

IsWatched = Annotated[bool, typer.Option("--watch", help="Show it anew until Ctrl-C.")]


@in_one_line
def today(is_watched: IsWatched = False, as_json: AsJson = False) -> None:
    """Show today's figures so far, a minute behind the bookings at most."""
    if is_watched and as_json:
        raise typer.BadParameter("--watch shows tables: leave --json out")
    connect_as_merchant()
    shown = read_today(clock.now())
    if as_json:
        print_json(shown)
    elif is_watched:
        _watch(shown)
    else:
        console().print(_page(shown))


def _watch(shown: Today) -> None:
    """Show the figures in one place, read again every quarter of a minute."""
    with Live(_page(shown), console=console(), auto_refresh=False) as screen:
        while True:
            clock.sleep(EVERY_S)
            screen.update(_page(read_today(clock.now())), refresh=True)


def _page(shown: Today) -> RenderableType:
    head = f"[bold]Today so far, {shown.day}[/bold]  {shown.time_zone}"
    if not shown.currencies:
        return Group(head, "Nothing moved yet today.", _as_of(shown))
    figures = figures_tables(map(_figures, shown.currencies))
    return Group(head, figures, _gateways(shown), _methods(shown), _as_of(shown))


def _as_of(shown: Today) -> str:
    line = f"as of {instant(shown.as_of)} UTC"
    if shown.newest_booking_at is not None:
        line += f", newest booking {instant(shown.newest_booking_at)}"
        line += f"\ncounted {shown.lag_s:.0f} s after it was booked"
    return f"[dim]{line}[/dim]"


def _figures(one: TodayInCurrency) -> Figures:
    figures = {name: getattr(one, f"{name}_minor") for name in FIGURES}
    counts = (one.captured_payments, one.failed_attempts, one.success_rate)
    return Figures(one.currency, figures, *counts)


def _gateways(shown: Today) -> Table:
    made = table("By gateway", ["gateway", "currency", "gross>", "net>", "payments>", "failed>"])
    for one in _of_gateways(shown):
        amounts = (money(one.gross_minor, one.currency), money(one.net_minor, one.currency))
        counts = (f"{one.captured_payments:,}", f"{one.failed_attempts:,}")
        made.add_row(one.gateway, one.currency, *amounts, *counts)
    return whole_numbers(made)


def _methods(shown: Today) -> Table:
    columns = ["method", "gateway", "currency", "captured>", "captures>", "failed>"]
    made = table("By method", columns)
    for gateway in _of_gateways(shown):
        for one in gateway.methods:
            captured = money(one.amount_minor, gateway.currency)
            counts = (f"{one.captures:,}", f"{one.failed_attempts:,}")
            made.add_row(one.method, gateway.gateway, gateway.currency, captured, *counts)
    return whole_numbers(made)


def _of_gateways(shown: Today) -> list[TodayAtGateway]:
    return [one for each in shown.currencies for one in each.gateways]
