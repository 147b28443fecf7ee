"""How far imports are: watched while they go on, listed otherwise."""

import json
from datetime import datetime, timedelta

from rich.markup import escape
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cli.gateways.accounts import every
from cli.output import console, instant, print_json, say, table
from infra.stack import Stack
from kassa.core.periods import day_of
from kassa.ledger.lists import imports
from kassa.ledger.lists.imports import Import, ImportState
from kassa.platform import clock
from kassa.platform.settings import settings

LOOK_S = 2.0  # between two looks at how far it is
IDLE = timedelta(seconds=45)  # nobody seems to walk: the function is asked to go on
PATIENCE = timedelta(minutes=2)  # a longer wait for a gateway is left to the clock
WHOLE = 100
FILES = "Files are in the list of all imports: 'kassa import list'."


def walk_on(stack: Stack, found: Import) -> None:
    """Let the function go on with an import, without waiting for it."""
    stack.client("lambda").invoke(
        FunctionName=stack.functions["WatchGatewaysFunction"],
        InvocationType="Event",
        Payload=json.dumps({"import": f"{found.gateway}/{found.account}"}),
    )


def watched(stack: Stack, found: Import, is_shown: bool) -> Import:
    """Watch an import until it is over, refused, or its gateway asks for more than patience."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[shown]}"),
        TimeRemainingColumn(),
    )
    asked_at: datetime | None = None
    with Bar(*columns, console=console(), disable=not is_shown, transient=True) as bar:
        name = f"{found.gateway}/{found.account}"
        task = bar.add_task(name, total=WHOLE, shown="")
        while found.state is ImportState.RUNNING and not _waits_long(found):
            if _is_idle(found, asked_at):
                walk_on(stack, found)
                asked_at = clock.now()
            bar.update(task, completed=found.percent or 0, shown=_rows(found))
            clock.sleep(LOOK_S)
            found = imports.find(found.gateway, found.account) or found
    return found


def is_well(found: Import) -> bool:
    """Tell whether an import needs nobody."""
    return found.state is not ImportState.REFUSED


def print_one(found: Import) -> None:
    """Say how an import stands, in a line or two."""
    name = f"{found.gateway}/{found.account}"
    if found.state is ImportState.FINISHED:
        say(f"{name}: {found.rows:,} rows are queued, all from {day(found.begins_at)} on.")
        if found.rows:
            say("Those that can't be booked: 'kassa import --failed'.", style="dim")
        return
    say(f"{name}: {_rows(found)}; {escape(_why(found))}")


def print_all(stack: Stack, as_json: bool) -> None:
    """Print how far each account's import came."""
    named = (imports.find(*account) for account in every(stack))
    found = [one for one in named if one is not None]
    if as_json:
        print_json(found)
        return
    if not found:
        say("No past was imported yet: 'kassa import GATEWAY --from DAY'.")
        say(FILES, style="dim")
        return
    shown = table("Imported pasts", ["Account", "From", "Until", "Rows>", "Read>", "State"])
    for one in found:
        share = "?" if one.percent is None else f"{one.percent} %"
        state = one.state.value if one.reason is None else f"{one.state}: {escape(_why(one))}"
        shown.add_row(
            f"{escape(one.gateway)}/{escape(one.account)}",
            day(one.begins_at),
            day(one.ends_at),
            f"{one.rows:,}",
            share,
            state,
        )
    console().print(shown)
    say(FILES, style="dim")


def _is_idle(found: Import, asked_at: datetime | None) -> bool:
    """Tell whether nobody seems to go on: at first, and once nothing has moved for a while."""
    now = clock.now()
    since = max(filter(None, (found.advanced_at, asked_at)))
    return found.is_due(now) and (asked_at is None or now - since > IDLE)


def _waits_long(found: Import) -> bool:
    return found.again_at is not None and found.again_at - clock.now() > PATIENCE


def _rows(found: Import) -> str:
    share = "" if found.percent is None else f"{found.percent} %, "
    return f"{share}{found.rows:,} rows"


def _why(found: Import) -> str:
    """Say why an import stands, and what happens next."""
    if found.state is ImportState.REFUSED:
        return f"{found.reason}; mend that, and ask again"
    again = f", again at {instant(found.again_at)}" if found.again_at else ""
    return f"{found.reason or 'it goes on by itself'}{again}"


def day(at: datetime) -> str:
    """Return the merchant's day of an instant, as `--from` takes it."""
    return str(day_of(at, settings().merchant_time_zone))
