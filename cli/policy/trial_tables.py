"""How a backtest is shown: what would change, what that moves, and what people had decided."""

from pathlib import Path

from rich.table import Table

from cli.listing import Listing
from cli.output import amount, console, table
from cli.policy.tables import OUTCOMES
from kassa.core.money import Money
from kassa.refunds.backtest.replay import new_row
from kassa.refunds.backtest.result import Backtest, Line
from kassa.refunds.policy.model import Outcome

_DID = {"approve": "approved", "escalate": "escalated", "reject": "rejected"}


def print_run(run: Backtest, name: str) -> None:
    """Print a backtest from the whole to the single case."""
    screen = console()
    screen.print(
        f"[bold]{name} on the past[/bold]  {run.first_day} to {run.last_day},"
        f" {run.requests:,} refund request{'s' if run.requests != 1 else ''}; nothing was changed"
    )
    if run.unreadable:
        screen.print(
            f"{run.unreadable:,} of them can't be read by this version and were left out",
            style="yellow",
        )
    if run.requests == run.unreadable:
        screen.print("There is nothing to replay.")
        return
    screen.print()
    screen.print(_decisions(run))
    if run.moved:
        screen.print(_moved(run))
    if run.flips:
        screen.print(_rows(run))
    if run.people:
        screen.print(_people(run))
    _print_agreement(run)
    if run.largest:
        _largest(run).print(screen)


def print_kept(flips: int, path: Path) -> None:
    """Say where all flipped cases stand."""
    console().print(
        f"Every case that would change, {flips:,} in all, is in {path}.", soft_wrap=True
    )


def _decisions(run: Backtest) -> Table:
    counts = {(line.before, line.after): line.count for line in run.decisions}
    shown = table("Decisions", ["", *(f"now {outcome}>" for outcome in Outcome), "in all>"])
    for before in Outcome:
        row = [counts.get((before, after), 0) for after in Outcome]
        cells = [
            f"[dim]{n:,}[/dim]" if after is before or not n else f"[bold]{n:,}[/bold]"
            for after, n in zip(Outcome, row, strict=True)
        ]
        shown.add_row(f"was {OUTCOMES[before]}", *cells, f"{sum(row):,}")
    return shown


def _moved(run: Backtest) -> Table:
    shown = table(
        "Paid without a person", ["", "requests>", "was>", "requests>", "now>", "change>"]
    )
    for each in run.moved:
        was, now, change = (
            amount(Money(amount_minor=minor, currency=each.currency)).removesuffix(
                f" {each.currency}"
            )
            for minor in (each.before_minor, each.after_minor, each.delta_minor)
        )
        sign = "+" if each.delta_minor > 0 else ""
        counts = f"{each.before_count:,}", f"{each.after_count:,}"
        shown.add_row(each.currency, counts[0], was, counts[1], now, f"[bold]{sign}{change}[/bold]")
    return shown


def _rows(run: Backtest) -> Table:
    share = 100 * run.flips / (run.requests - run.unreadable)
    requests = "request" if run.flips == 1 else "requests"
    title = f"What would change: {run.flips:,} {requests} ({share:.1f} %)"
    shown = table(title, ["was", "by", "now", "by", "requests>", "amounts>"])
    for line in run.rows:
        shown.add_row(
            OUTCOMES[line.before],
            line.before_row,
            OUTCOMES[line.after],
            line.after_row,
            f"{line.count:,}",
            _amounts(line),
        )
    return shown


def _people(run: Backtest) -> Table:
    counts = {(line.people, line.after): line.count for line in run.people}
    columns = ["people had", *(f"now {outcome}>" for outcome in Outcome)]
    shown = table("Escalated requests that people decided", columns)
    for people in (Outcome.APPROVE, Outcome.REJECT):
        row = [counts.get((people, after), 0) for after in Outcome]
        shown.add_row(_DID[people], *(f"{n:,}" for n in row))
    return shown


def _print_agreement(run: Backtest) -> None:
    """Say in sentences where the policy and people part; that is what money is lost by."""
    screen = console()
    decided = [line for line in run.people if line.after is not Outcome.ESCALATE]
    agreed = sum(line.count for line in decided if line.people is line.after)
    count = sum(line.count for line in decided)
    if count:
        screen.print(
            f"Where it would now decide, people had decided alike: {agreed:,} of {count:,}."
        )
    parted = [line for line in decided if line.people is not line.after]
    for line in sorted(parted, key=lambda one: one.after):
        screen.print(
            f"It would {OUTCOMES[line.after]} {line.count:,} that people had {_DID[line.people]}:"
            f" {_amounts(line, ', ')}."
        )
    if run.held_back:
        screen.print(f"Limits in code hand {run.held_back:,} to a person that it would approve.")
    if run.undecided:
        screen.print(f"No person has decided {run.undecided:,} of the escalated yet.")
    screen.print()


def _largest(run: Backtest) -> Listing:
    columns = ["request", "amount>", "was", "now", "by", "people had"]
    shown = Listing("The largest of them", columns, whole={"request"})
    for flip in run.largest:
        shown.add_row(
            flip.refund_request_id,
            amount(flip.amount),
            OUTCOMES[flip.before.decision],
            OUTCOMES[flip.after.decision],
            new_row(flip.after),
            _DID[flip.people] if flip.people else "–",
        )
    return shown


def _amounts(line: Line, between: str = "\n") -> str:
    return between.join(map(amount, line.amounts))
