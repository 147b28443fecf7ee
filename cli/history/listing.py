"""The list of imports: each walk of an API and each file, and what became of its rows."""

from rich.markup import escape

from cli.history.progress import day
from cli.listing import Listing
from cli.output import instant, print_json, say
from infra.stack import Stack
from kassa.ledger.lists import import_runs
from kassa.ledger.lists.import_runs import ImportRun, RunState
from kassa.platform.index_pages import PageRequest

SHOWN_MAX = 100
COLUMNS = ["Import", "Of", "Started", "From", "Until", "Rows>", "Booked>", "Known>"]
COLUMNS += ["Ignored>", "Failed>", "Unreadable>", "State"]


def print_runs(_: Stack, as_json: bool) -> None:
    """Print the newest imports; how many of their rows were read, booked, known before, failed."""
    found = import_runs.listed(PageRequest(limit=SHOWN_MAX))
    if as_json:
        print_json(found.imports)
        return
    if not found.imports:
        say("No past was imported yet: 'kassa import GATEWAY --from DAY'.")
        return
    shown = Listing("Imports", COLUMNS, {"Import", "Of"})
    for run in found.imports:
        shown.add_row(*_cells(run))
    shown.print()
    if any(run.failed for run in found.imports):
        say("Why rows failed: 'kassa import IMPORT --failed'; again: '--repeat'.", style="dim")


def _cells(run: ImportRun) -> tuple[str, ...]:
    where = escape(run.file_name or "API")
    counts = (run.rows, run.booked, run.known, run.ignored, run.failed)
    return (
        escape(run.import_id),
        f"{escape(run.gateway)}/{escape(run.account)}, {where}",
        instant(run.started_at),
        day(run.begins_at) if run.begins_at else "",
        day(run.ends_at),
        *(f"{count:,}" for count in counts),
        f"{run.unreadable:,}" if run.file_name else "",
        _state(run),
    )


def _state(run: ImportRun) -> str:
    if run.state is RunState.RUNNING and run.percent is not None:
        return f"running, {run.percent} %"
    return run.state if run.reason is None else f"{run.state}: {escape(run.reason)}"
