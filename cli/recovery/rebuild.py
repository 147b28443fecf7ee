"""`kassa rebuild`: book the raw archive again, into the table as it stands or a restored one."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, NoReturn

import typer

from cli.acting import acting
from cli.connection import connect, connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json
from cli.recovery.progress import Progress, progress_of
from cli.stack import give_up
from infra.stack import Stack
from infra.stack_clients import SERVICES
from kassa.core.errors import GatewayUnavailable
from kassa.ledger import raw_archive as archive
from kassa.platform import aws, secrets
from kassa.platform.telemetry import logger
from kassa.recovery.rebuild_books import Moment, Rebuilding, bring_invoices_back, moments
from kassa.recovery.restore_holds import RestoredHold, restore_holds

SHOWN_MAX = 20
Day = datetime | None
QUIET = "POWERTOOLS_METRICS_DISABLED"


@in_one_line
def command(
    begins: Annotated[
        Day,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Archived since."),
    ] = None,
    ends: Annotated[
        Day, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="And until.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="Into this table instead of the stack's own.")
    ] = None,
    calls_gateways: Annotated[
        bool,
        typer.Option("--look-up", help="Look it up at gateways where nothing kept their answer."),
    ] = False,
    publishes: Annotated[
        bool, typer.Option("--publish", help="Publish the facts again, as a redelivery does.")
    ] = False,
    is_agreed: Annotated[bool, typer.Option("--yes", help="Don't ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Book the raw archive again: what stands is left, what is missing is added, unpublished."""
    stack = connect_as_merchant()
    stack = connect(replace(stack, table=table)) if table else stack
    aws.install(_clients(stack, calls_gateways))
    secrets.forget()
    days = [day for day in archive.days() if _is_within(day, begins, ends)]
    found = [moment for day in days for moment in moments(day)]
    about = {"from": str(begins), "to": str(ends), "publishes": publishes, "calls": calls_gateways}
    progress = progress_of(stack, "rebuild", about)
    if not as_json:
        _say_what_is_there(found, days, progress)
    _confirm(stack.table, is_agreed)
    with _quietly(), acting(stack, "books.rebuild", f"table/{stack.table}"):
        _book(found, progress, publishes, is_shown=not as_json)
        invoices = list(bring_invoices_back())
        held = list(restore_holds())
    _report(progress, invoices, as_json, held)
    progress.finish()


def _clients(stack: Stack, calls_gateways: bool) -> dict[str, Any]:
    """Return the clients of the operator; without secrets, no gateway can be called."""
    clients = {service: stack.client(service) for service in SERVICES}
    secrets_manager = stack.client("secretsmanager") if calls_gateways else NoSecrets()
    return clients | {"secretsmanager": secrets_manager}


class NoSecrets:
    """Stands for Secrets Manager where no gateway shall be called."""

    def get_secret_value(self, **_: object) -> NoReturn:
        """Refuse: without its key a gateway can't be called."""
        raise GatewayUnavailable("its gateway isn't called: --look-up lets it be")


def _is_within(day: date, begins: Day, ends: Day) -> bool:
    return (not begins or begins.date() <= day) and (not ends or day <= ends.date())


def _say_what_is_there(found: list[Moment], days: list[date], progress: Progress) -> None:
    span = f" of {days[0]} to {days[-1]}" if days else ""
    console().print(f"{sum(map(len, found)):,} batches{span} are archived.")
    if progress.done:
        done = sum(map(len, found[: progress.done]))
        console().print(f"It goes on behind {done:,} of them, where it was stopped.")


def _confirm(into: str, is_agreed: bool) -> None:
    """Let a person type the name of the table that is written."""
    if is_agreed:
        return
    typed = typer.prompt(f"Type {into} to book them into that table", err=True)
    if typed.strip() != into:
        give_up("nothing was booked: that isn't the table's name")


def _book(found: list[Moment], progress: Progress, publishes: bool, is_shown: bool) -> None:
    rebuilding = Rebuilding(publishes)
    for moment in progress.left(found, "booking", is_shown):
        one = rebuilding.book(moment)
        progress.counts.update(booked=one.booked, repeated=one.repeated)
        progress.found += one.failed


def _report(
    progress: Progress, invoices: list[str], as_json: bool, held: list[RestoredHold]
) -> None:
    counts, failed = progress.counts, progress.found
    if as_json:
        counted = {name: counts[name] for name in ("booked", "repeated")}
        again = [one._asdict() for one in held]
        print_json(counted | {"failed": failed, "invoices": invoices, "held_again": again})
        return
    screen = console()
    for one in held:
        how = "is held again" if one.is_held else "[red]has no room any more: look at it[/red]"
        screen.print(f"{one.refund_request_id}: its amount {how}.", soft_wrap=True)
    screen.print(
        f"{counts['booked']:,} events were missing and are booked, {counts['repeated']:,}"
        f" deliveries stood already, {len(invoices):,} invoices were brought back."
    )
    unanswered = sum(line.endswith(GatewayUnavailable.__name__) for line in failed)
    if unanswered:
        screen.print(
            f"{unanswered:,} deliveries need their gateway's answer: run it again with --look-up."
        )
    if failed:
        screen.print(f"{len(failed):,} deliveries weren't booked:")
    for line in failed[:SHOWN_MAX]:
        screen.print(f"  {line}", soft_wrap=True)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what functions log and count out of what a person reads."""
    before, level = os.environ.get(QUIET), logger.log_level
    os.environ[QUIET] = "true"
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
        os.environ.pop(QUIET)
        os.environ |= {QUIET: before} if before else {}
