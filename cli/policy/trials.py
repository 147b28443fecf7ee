"""`kassa policy try`: what a policy would have decided about the refund requests of the past."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.acting import acting
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json
from cli.policy import files, trial_tables
from cli.policy.local_archive import LocalArchive
from cli.stack import current
from kassa.core.csv_rows import Cell, csv_writer
from kassa.platform import aws
from kassa.refunds.backtest.replay_requests import Keep, OnProgress, last_days, replay_requests
from kassa.refunds.backtest.result import Backtest, Flip
from kassa.refunds.policy.model import RefundPolicy

commands = typer.Typer()

FLIP_COLUMNS = (
    *("refund_request_id", "payment_id", "requested_at", "amount_minor", "currency", "reason"),
    *("before", "before_rule", "before_version", "before_why"),
    *("after", "after_rule", "after_why", "people"),
)
_SPAN, _WEEK = re.compile(r"([0-9]{1,4})([dw])"), 7


@commands.command("try")
@in_one_line
def try_policy(
    file: files.PolicyFile,
    last: Annotated[str, typer.Option(help="How far back: 90d, 12w.")] = "90d",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day; today, if not said."),
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="A folder with a copy of the bucket's facts/, instead of the bucket.",
        ),
    ] = None,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every flipped case to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay past refund requests through a policy: what would change? Nothing is done."""
    policy = files.check(file).without_errors()
    days = _days(last, until)
    if archive is None:
        connect_as_merchant()
    else:
        aws.install({"s3": LocalArchive(archive)})
    with _exporting(to_csv if archive is None else None):
        run = _replayed(policy, days, to_csv)
    if as_json:
        print_json(run)
        return
    trial_tables.print_run(run, file.name)
    if to_csv:
        trial_tables.print_kept(run.flips, to_csv)


def _exporting(to_csv: Path | None) -> AbstractContextManager[None]:
    """Note in the audit trail that refund requests leave the stack as a file."""
    if to_csv is None:
        return nullcontext()
    return acting(current(), "csv.export", "refund_requests/flips")


def _replayed(policy: RefundPolicy, days: list[date], to_csv: Path | None) -> Backtest:
    with _flips_kept(to_csv) as keep, _shown(len(days)) as show:
        return replay_requests(policy, days, keep, on_progress=show)


def _days(last: str, until: datetime | None) -> list[date]:
    found = _SPAN.fullmatch(last)
    count = int(found[1]) * (_WEEK if found[2] == "w" else 1) if found else 0
    if not count:
        raise typer.BadParameter(f"{last!r} isn't a number of days or weeks, like 90d or 12w")
    return last_days(count, until.date() if until else None)


@contextmanager
def _shown(days: int) -> Iterator[OnProgress]:
    """Show how far a run is, to whoever watches it on a terminal."""
    done: list[date] = []
    with Console(stderr=True).status("Replaying…") as status:

        def show(day: date, requests: int) -> None:
            done.append(day)
            status.update(f"Replayed {len(done)} of {days} days, {requests:,} requests")

        yield show


@contextmanager
def _flips_kept(path: Path | None) -> Iterator[Keep]:
    """Write flipped cases as they come, so that none needs to be remembered."""
    if path is None:
        yield lambda flip: None
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv_writer(file)
        write(FLIP_COLUMNS)
        yield lambda flip: write(_flip_cells(flip))


def _flip_cells(flip: Flip) -> tuple[Cell, ...]:
    before, after = flip.before, flip.after
    return (
        *(flip.refund_request_id, flip.payment_id, flip.requested_at.isoformat()),
        *(flip.amount.amount_minor, flip.amount.currency, flip.reason),
        *(before.decision, before.rule_id, before.policy_version, before.why),
        *(after.decision, after.rule_id, after.why, flip.people or ""),
    )
