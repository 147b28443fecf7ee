"""What `kassa up` says in the end, for people: what came in, what became of it, where it lies."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from cli.output import amount
from cli.up.refund_tables import refunds_table
from cli.up.tables import (
    gateways_table,
    ledger_table,
    methods_table,
    orders_table,
    traffic_table,
)
from infra.demo.checks.expected import explained
from infra.demo.checks.figures import booked
from infra.demo.checks.gateways import differing
from infra.demo.result import Result
from infra.local.place import Player
from infra.stack import Stack
from kassa.core.money import Money

Paths = tuple[Path, ...]
CONSOLE_AGAIN = "(once, within ten minutes; a new link: .venv/bin/kassa console open)"
OK = "[green]✓[/green]"


def show(result: Result, problems: list[str], screen: Console) -> None:
    """Print the whole summary."""
    screen.print(orders_table(result))
    screen.print(traffic_table(result))
    screen.print(methods_table(result))
    if result.scenario.policy:
        screen.print(refunds_table(result))
    screen.print(gateways_table(result, differing(result)))
    screen.print(ledger_table(result))
    for line in explained(result.scenario):
        screen.print(f"  {line}", style="dim", soft_wrap=True)
    screen.print()
    certificates = tuple(one.path for one in result.certificates)
    issued = (result.invoices, result.credit_notes, result.einvoices, result.mails)
    show_documents(issued, (*certificates, *result.report), screen)
    if problems:
        show_problems(problems, screen)
    for line in () if problems else fine(result):
        screen.print(line, soft_wrap=True)


def show_problems(problems: list[str], screen: Console) -> None:
    """Print what isn't as it must be."""
    screen.print("[bold red]Not as expected[/bold red]")
    for problem in problems:
        screen.print(f"  [red]✗[/red] {problem}", soft_wrap=True)


def fine(result: Result) -> Iterator[str]:
    """Say what was checked, and found as it must be."""
    at, events = len(result.scenario.gateways), len(result.books.events)
    gateways = f"{at} gateways" if at > 1 else "one gateway"
    yield f"{OK} {events:,} events of {gateways} are booked, nothing twice"
    if result.scenario.webhook_habits:
        yield "  though webhooks came twice and out of order;"
    yield "  every currency sums to zero, no message is left, no dead letters"
    if result.scenario.policy:
        yield f"{OK} no refund is paid twice, none beyond what was paid"
    if result.truths:
        yield f"{OK} every gateway's own books say the same, payment by payment: {_held(result)}"
    yield f"{OK} every payment has its invoice, and today's report has the same totals"
    if result.received:
        facts = len(result.received.facts)
        yield f"{OK} {facts:,} facts were told by webhooks, signed, whatever came twice the same"
    if later := [one.invoice for one in result.orders if one.invoice]:
        numbers = ", ".join(one.number for one in later)
        yield f"{OK} what was invoiced to be paid later is settled by hand: {numbers}"
    if result.certificates:
        yield f"{OK} every number is certified: no gap, no repeat, each document as it was issued"
    if again := sum(one.order.is_repeated for one in result.orders):
        yield f"{OK} {again} orders were sent twice: one page each; changed: refused (409)"


def show_addresses(stack: Stack, console_link: str, screen: Console) -> None:
    """Print what stays reachable and what to try next."""
    screen.print("\n[bold]Up until Ctrl-C[/bold]")
    addresses = {f"webhook ({gateway})": url for gateway, url in stack.webhooks.items()}
    addresses["API"] = stack.base_url
    addresses |= {f"gateway ({gateway})": url for gateway, url in stack.gateway_urls.items()}
    if stack.receiver_url:
        addresses["told by webhooks"] = stack.receiver_url
    addresses["console"] = f"{console_link}\n  {CONSOLE_AGAIN}"
    width = max(map(len, addresses))
    for name, url in addresses.items():
        screen.print(f"  {name:{width}}  {url}", soft_wrap=True)
    screen.print("\n[bold]Try in another terminal[/bold]")
    everywhere = ("gateways", "orders show order-2001", "routes show")
    for command in (
        "status",
        "events list",
        *(everywhere if stack.gateway == Player.ALL else ()),
        "refunds list",
        "policy show",
        "invoices list",
        "messages open",
        "webhooks list",
        "trigger stripe charge.dispute.created",
        "keys create --system my-shop",
        "doctor",
    ):
        screen.print(f"  .venv/bin/kassa {command}")


def _held(result: Result) -> str:
    """Say what the gateways hold of ours, by currency."""
    sums: dict[str, int] = {}
    for (gateway, currency), figures in booked(result.books).items():
        if gateway not in result.scenario.gateways:
            continue
        sums[currency] = sums.get(currency, 0) + figures.held
    held = {currency: minor for currency, minor in sums.items() if minor}
    named = (amount(Money(amount_minor=n, currency=c)) for c, n in sorted(held.items()))
    return ", ".join(named) + " held" if held else "all is paid out"


def show_documents(many: tuple[Paths, ...], report: Paths, screen: Console) -> None:
    """Print where the documents lie; of each kind that there are many of the first."""
    screen.print("[bold]Documents[/bold]")
    more_of = {paths[0]: len(paths) - 1 for paths in many if paths}
    for path in (*more_of, *report):
        more = more_of.get(path, 0)
        beside = f" [dim]and {more} more beside it[/dim]" if more else ""
        screen.print(f"  {_nearby(path)}{beside}", soft_wrap=True)
    screen.print()


def _nearby(path: Path) -> Path:
    """Return a path as one would type it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
