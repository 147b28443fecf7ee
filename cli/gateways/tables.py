"""How the connected accounts are shown, at any width, and never a secret of theirs."""

import re
from collections.abc import Sequence
from datetime import datetime

from rich.markup import escape

from cli.gateways.accounts import Connected
from cli.output import console, instant, table
from kassa.platform import clock

_ABILITIES = {  # what a merchant has of an ability; the others serve these
    "open_checkout": "opens pages",
    "refund": "refunds",
    "look_up": "says how a payment stands",
    "list_events": "lists missed events",
    "payouts": "lists fees and payouts",
}
_LISTED = {"events": "list_events", "balance_transactions": "payouts"}  # and who has such a list
_DAY, _MINUTE = len("2026-11-22"), len("2026-11-22 09:00")


def print_accounts(found: Sequence[Connected]) -> None:
    """Print the accounts, what each gateway can, and where its webhooks go."""
    screen = console()
    if not found:
        screen.print("No gateway is connected yet: 'kassa gateways connect NAME'.")
        return
    columns = ["Account", "Webhooks", "API", "Spoke last", "Events to", "Balance to"]
    shown = table("Gateways: when they spoke last, and how far they were read (UTC)", columns)
    shown.collapse_padding = True
    for column in shown.columns:
        column.no_wrap = True
    for one in found:
        shown.add_row(
            escape(f"{one.gateway}/{one.account}"),
            _signed(one),
            _api_state(one),
            _at(one.last_spoke),
            *(_read(one, name) for name in _LISTED),
        )
    screen.print(shown)
    for one in found:
        can = ", ".join(says for name, says in _ABILITIES.items() if name in one.can)
        can = can or "only tells what happens"
        screen.print(f"[bold]{escape(one.gateway)}/{escape(one.account)}[/bold] {can}")
        screen.print(f"  {one.webhook_url}", style="dim", soft_wrap=True)
        if one.shop:
            screen.print(f"  takes events of {escape(one.shop)} alone", style="dim", soft_wrap=True)


def _signed(one: Connected) -> str:
    if not one.signing_secrets:
        return "[red]no secret[/red]"
    return "[green]signed[/green]" if one.signing_secrets == 1 else "[green]two live[/green]"


def _api_state(one: Connected) -> str:
    if not one.can:
        return "[dim]none[/dim]"
    if not one.has_api_key:
        return "[red]no key[/red]"
    return "[green]watched[/green]" if one.is_watched else "[yellow]idle[/yellow]"


def _at(read_until: str | None) -> str:
    """Show an instant of this year to the minute, an older one by its day, in UTC."""
    if not read_until:
        return "[dim]never[/dim]"
    at = datetime.fromisoformat(read_until)
    text = instant(at)
    is_old = at.year != clock.now().year
    return text[:_DAY] if is_old else text[len("2026-") : _MINUTE]


def _read(one: Connected, name: str) -> str:
    """Show how far a list was read: until when, or which report it was."""
    if _LISTED[name] not in one.can:
        return "[dim]–[/dim]"
    until = one.read_until.get(name)
    if until is None:
        return "[dim]never[/dim]"
    if until.isdecimal():
        return f"report {until}"
    try:
        return _at(re.split("[ #]", until, maxsplit=1)[0])  # the rest is for the next walk alone
    except ValueError:
        return "[yellow]unclear[/yellow]"
