"""What `kassa up` says in the end, for people: what came in, what became of it, where it lies."""

from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.output import amount, table
from cli.up.refund_summary import refunds_table
from infra.local.expected_books import explained
from infra.local.outcome import Outcome
from infra.local.place import Player
from infra.stack import Stack
from kassa.core.money import Money
from kassa.core.postings import Account, balances

Paths = tuple[Path, ...]
BECAME = {
    "PaymentCaptured": "captured",
    "PaymentFailed": "declined",
    "RefundSucceeded": "partly refunded",
    "RefundFailed": "refund came back",
    "DisputeFundsWithdrawn": "charged back",
}


def show(outcome: Outcome, stack: Stack, problems: list[str], screen: Console) -> None:
    """Print the whole summary."""
    screen.print(_orders(outcome))
    screen.print(_traffic(outcome))
    if outcome.refunds:
        screen.print(refunds_table(outcome, outcome.refunds))
    screen.print(_ledger(outcome))
    if outcome.refunds:
        for line in explained(outcome.sales):
            screen.print(f"  {line}", style="dim", soft_wrap=True)
        screen.print()
    show_documents(outcome.invoices, outcome.report, screen)
    if problems:
        show_problems(problems, screen)
    else:
        _fine(outcome, screen)


def show_problems(problems: list[str], screen: Console) -> None:
    """Print what isn't as it must be."""
    screen.print("[bold red]Not as expected[/bold red]")
    for problem in problems:
        screen.print(f"  [red]✗[/red] {problem}", soft_wrap=True)


def _fine(outcome: Outcome, screen: Console) -> None:
    """Say what was judged, and found as it must be."""
    screen.print("[green]✓[/green] every payment is booked once, every currency sums to zero,")
    screen.print("  every captured payment has its invoice, no dead letters")
    if outcome.refunds:
        held = outcome.refunds.truth.balance_minor.items()
        holds = ", ".join(amount(Money(amount_minor=n, currency=c)) for c, n in held)
        screen.print("[green]✓[/green] no refund is paid twice, none beyond what was paid,")
        screen.print(f"  the gateway holds what the books say: {holds}")


def show_addresses(stack: Stack, screen: Console) -> None:
    """Print what stays reachable and what to try next."""
    screen.print("\n[bold]Up until Ctrl-C[/bold]")
    addresses = {f"webhook ({gateway})": url for gateway, url in stack.webhooks.items()}
    addresses["API"] = stack.base_url
    addresses |= {f"gateway ({gateway})": url for gateway, url in stack.gateway_urls.items()}
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
        "trigger stripe charge.dispute.created",
        "keys create --system my-shop",
        "doctor",
    ):
        screen.print(f"  .venv/bin/kassa {command}")


def _orders(outcome: Outcome) -> Table:
    """Show what became of each order, as the books have it."""
    told = {(each.metadata.subject_id, each.data.fact) for each in outcome.books.facts}
    shown = table("Orders", ["order", "amount>", "booked as", "payment"])
    for sale in outcome.sales:
        money = Money(amount_minor=sale.order.amount_minor, currency=sale.order.currency)
        became = [word for fact, word in BECAME.items() if (sale.payment_id, fact) in told]
        shown.add_row(sale.order.order_id, amount(money), (became or [""])[-1], sale.payment_id)
    return shown


def _traffic(outcome: Outcome) -> Table:
    books = outcome.books
    shown = table("Traffic", ["what", "how many>"])
    pulled = sum(event.gateway_type.startswith("kassa.") for event in books.events)
    shown.add_row("events received by webhook", str(len(books.events) - pulled))
    shown.add_row("events pulled from the gateway", str(pulled))
    shown.add_row("  booked", str(len(books.events) - len(books.ignored)))
    shown.add_row("  ignored (kept, nothing to do)", str(len(books.ignored)))
    shown.add_row("facts told", str(len(books.facts)))
    shown.add_row("invoices issued", str(len(outcome.invoices)))
    return shown


def _ledger(outcome: Outcome) -> Table:
    """Set accounts against currencies; every column sums to zero."""
    sums = balances(outcome.books.postings)
    currencies = sorted({currency for _, currency in sums})
    shown = table("Ledger", ["account", *(f"{currency}>" for currency in currencies)])
    totals: defaultdict[str, int] = defaultdict(int)
    for account in Account:
        held = {currency: sums.get((account, currency), 0) for currency in currencies}
        for currency, minor in held.items():
            totals[currency] += minor
        if any(held.values()):
            shown.add_row(account, *(_cell(minor, currency) for currency, minor in held.items()))
    shown.add_section()
    shown.add_row("sum", *(_cell(totals[currency], currency) or "0" for currency in currencies))
    return shown


def _cell(minor: int, currency: str) -> str:
    money = Money(amount_minor=minor, currency=currency)
    return amount(money).removesuffix(f" {currency}") if minor else ""


def show_documents(invoices: Paths, report: Paths, screen: Console) -> None:
    """Print where the documents lie."""
    screen.print("[bold]Documents[/bold]")
    for path in (*invoices[:1], *report):
        more = len(invoices) - 1 if path in invoices else 0
        beside = f" [dim]and {more} more beside it[/dim]" if more else ""
        screen.print(f"  {_nearby(path)}{beside}", soft_wrap=True)
    screen.print()


def _nearby(path: Path) -> Path:
    """Return a path as one would type it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
