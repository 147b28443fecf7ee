"""What `kassa up --gateway all` says in the end: every gateway, every order, and the ledger."""

from rich.console import Console

from infra.local.tour.outcome import TourOutcome


def show(outcome: TourOutcome, problems: list[str], screen: Console) -> None:
    """Print the whole summary."""
    for problem in problems:
        screen.print(f"  [red]✗[/red] {problem}", soft_wrap=True)
