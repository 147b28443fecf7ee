"""`kassa import`: brings a gateway's past into the books, shows how far it came and what failed.

The command asks, and watches; the function `watch_gateways` walks the gateway's lists. A file is
read here and queued by the role that may send again what failed.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cli.acting import acting
from cli.connection import connect_as_merchant
from cli.history import failed, files, listing, progress
from cli.history.doors import Whose, not_connected
from cli.output import AsJson, in_one_line, print_json, say
from cli.stack import give_up
from infra.stack import Stack
from kassa.core.errors import UnknownGateway
from kassa.gateways import registry
from kassa.monitoring.submit_import import ImportRequest, submit_import
from kassa.platform.settings import settings

LIST = "list"  # no gateway is called so
Gateway = Annotated[
    str | None,
    typer.Argument(
        help="Whose past; without it, how far each came. 'list': each import, and what became of"
        " its rows. With --failed or --repeat also an import's id."
    ),
]
Again = Annotated[bool, typer.Option("--again", help="Read it anew from its beginning.")]
Leave = Annotated[bool, typer.Option("--leave", help="Don't watch; it goes on alone.")]
ValidRows = Annotated[
    bool, typer.Option("--valid-rows", help="Queue what can be read, though other rows can't.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read the file; queue nothing.")]
Failed = Annotated[bool, typer.Option("--failed", help="Rows that failed, and why.")]
Repeat = Annotated[bool, typer.Option("--repeat", help="Send failed rows in again.")]
Column = Annotated[
    list[str] | None,
    typer.Option(help="Which column fills a path of the mapping: data.id=Reference."),
]
Constant = Annotated[
    list[str] | None, typer.Option(help="What fills a path in every row: type=payment.paid.")
]


@in_one_line
def command(
    gateway: Gateway = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", help="Since when: 2024-01-01."),
    ] = None,
    account: Annotated[str, typer.Option(help="Your name for the account.")] = "main",
    again: Again = False,
    leave: Leave = False,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A CSV, where no API has it.")
    ] = None,
    column: Column = None,
    constant: Constant = None,
    valid_rows: ValidRows = False,
    dry_run: DryRun = False,
    shows_failed: Failed = False,
    repeat: Repeat = False,
    as_json: AsJson = False,
) -> None:
    """Import a gateway's past: payments, refunds, disputes, payouts, fees; nobody is told of it."""
    stack = connect_as_merchant()
    if shows_failed or repeat:
        (failed.repeat if repeat else failed.show)(stack, gateway, as_json)
        return
    if gateway is None or gateway == LIST:
        (progress.print_all if gateway is None else listing.print_runs)(stack, as_json)
        return
    if gateway not in registry.GATEWAYS:
        give_up(f"no gateway is called {gateway}; there are {', '.join(registry.GATEWAYS)}")
    if file is not None:
        whose = Whose(gateway, account, _midnight(since))
        what = file, column or [], constant or []
        files.import_file(stack, whose, what, (valid_rows, dry_run, as_json))
        return
    _import(stack, (gateway, account), (since, again), (leave, as_json))


def _import(
    stack: Stack, of: tuple[str, str], asked: tuple[datetime | None, bool], how: tuple[bool, bool]
) -> None:
    (gateway, account), (since, again), (leave, as_json) = of, asked, how
    request = ImportRequest(
        gateway=gateway, account=account, begins_at=_midnight(since), again=again
    )
    with acting(stack, "history.import", f"gateway/{gateway}/{account}"):
        try:
            found = submit_import(request)
        except UnknownGateway:
            raise not_connected(gateway, account) from None
    if leave:
        progress.walk_on(stack, found)
        say(f"{gateway}/{account} is imported by itself: 'kassa import' says how far it is.")
        return
    found = progress.watched(stack, found, is_shown=not as_json)
    if as_json:
        print_json(found)
    else:
        progress.print_one(found)
    if not progress.is_well(found):
        raise typer.Exit(1)


def _midnight(day: datetime | None) -> Any:
    """Return when a day of the merchant's began, in UTC."""
    zone = ZoneInfo(settings().merchant_time_zone)
    return day.replace(tzinfo=zone).astimezone(UTC) if day else None
