"""What `kassa up --gateway all` says in the end: every gateway, every order, and the ledger."""

from rich.console import Console

from cli.up.summary import show_documents, show_problems
from cli.up.tour_tables import gateways_table, ledger_table, methods_table, orders_table
from infra.local.tour.figures import booked
from infra.local.tour.judge import differing
from infra.local.tour.outcome import TourOutcome
from infra.local.tour.story import ORDERS
from infra.local.tour.terms import DISPUTE_FEE, FEE_FIXED, FEE_PERMILLE, TERMS


def show(outcome: TourOutcome, problems: list[str], screen: Console) -> None:
    """Print the whole summary."""
    screen.print(orders_table(outcome))
    screen.print(methods_table(outcome))
    screen.print(gateways_table(outcome, differing(outcome)))
    screen.print(ledger_table(outcome))
    for line in explained():
        screen.print(f"  {line}", style="dim", soft_wrap=True)
    screen.print()
    show_documents(outcome.invoices, outcome.report, screen)
    if problems:
        show_problems(problems, screen)
    else:
        _fine(outcome, screen)


def explained() -> list[str]:
    """Say what the gateways keep, and why one of them pays nothing out."""
    share, fixed, disputed = FEE_PERMILLE / 10, FEE_FIXED / 100, DISPUTE_FEE / 100
    keeping = ", ".join(name for name, terms in TERMS.items() if not terms.pays_out)
    return [
        f"fees: {share:g} % and {fixed:.2f} a payment, {disputed:.2f} a lost dispute",
        f"clearing: {keeping} keeps and pays out nothing, the coins are the shop's own",
    ]


def _fine(outcome: TourOutcome, screen: Console) -> None:
    """Say what was judged, and found as it must be."""
    gateways, events = len({name for name, _ in booked(outcome.books)}), len(outcome.books.events)
    again = sum(order.is_repeated for order in ORDERS)
    screen.print(
        f"[green]✓[/green] {events:,} events of {gateways} gateways are booked, nothing twice"
    )
    screen.print("  though webhooks came twice and out of order;")
    screen.print("  every currency sums to zero, no message is left, no dead letters")
    screen.print("[green]✓[/green] every gateway's own books say the same, payment by payment,")
    screen.print("  every payment has its invoice, and today's report has the same totals")
    screen.print(
        f"[green]✓[/green] {again} orders were sent twice: one page each; changed: refused (409)"
    )
