"""`kassa replay`: fold a window of events anew beside the books, and show what differs.

First it counts, then it folds in memory, and only on a word it acts: events that today's readers
read otherwise are sent in again, and their corrected reading is appended. Nothing is ever edited.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.connection import connect
from cli.events.resending import send_again
from cli.output import AsJson, console, in_one_line, keep_whole, print_json, table
from cli.recovery.progress import Progress, progress_of
from cli.stack import give_up
from infra.stack import Stack
from kassa.ledger.lists.events import EventLists
from kassa.platform import clock
from kassa.recovery.refolding import Difference, DifferenceKind
from kassa.recovery.replay_events import Shadow, Touched, Window, touched

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
SHOWN_MAX, CUT = 20, 120
Instant = "YYYY-MM-DD[Thh:mm:ss]"


@in_one_line
def command(
    begins: Annotated[
        datetime,
        typer.Option("--from", formats=FORMATS, metavar=Instant, help="Booked since, UTC."),
    ],
    ends: Annotated[
        datetime | None,
        typer.Option(
            "--to", formats=FORMATS, metavar=Instant, help="And before; now, if not said."
        ),
    ] = None,
    gateway: Annotated[str | None, typer.Option(help="Only this gateway's.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Then append corrected readings, on a typed word.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fold a window of booked events anew in a shadow, and show how the books differ from it."""
    stack = connect()
    window = _window(begins, ends, gateway)
    progress = progress_of(
        stack, "replay", window.model_dump(mode="json", exclude=set() if ends else {"ends_at"})
    )
    found = touched(window)
    if not as_json:
        _say_what_is_touched(found, progress)
    differences = _folded(found, progress, is_shown=not as_json)
    if as_json:
        print_json(_fields(window, found, progress, differences))
    else:
        _show(differences, progress)
    if apply:
        _apply(stack, [one for one in differences if one.kind is DifferenceKind.READING])
    progress.finish()


def _window(begins: datetime, ends: datetime | None, gateway: str | None) -> Window:
    begins_at = begins.replace(tzinfo=UTC)
    ends_at = ends.replace(tzinfo=UTC) if ends else clock.now()
    if ends_at <= begins_at:
        give_up("the window is empty: --to must be after --from")
    return Window(begins_at=begins_at, ends_at=ends_at, gateway=gateway)


def _say_what_is_touched(found: Touched, progress: Progress) -> None:
    events = ", ".join(f"{name} {number:,}" for name, number in sorted(found.events.items()))
    console().print(
        f"{found.events.total():,} events of {len(found.subjects):,} payments and other subjects"
        f" were booked in it{f' ({events})' if events else ''}."
    )
    if progress.done:
        console().print(f"It goes on behind {progress.done:,} of them, where it was stopped.")


def _folded(found: Touched, progress: Progress, is_shown: bool) -> list[Difference]:
    """Fold every touched subject in the shadow, and return how the books differ from it."""
    shadow = Shadow()
    for subject in progress.left(found.subjects, "folding", is_shown):
        one = shadow.refolded(subject)
        progress.counts += Counter(folded=one.events, unread=one.unread)
        progress.found += [difference.model_dump(mode="json") for difference in one.differences]
    return [Difference.model_validate(one) for one in progress.found]


def _fields(
    window: Window, found: Touched, progress: Progress, differences: list[Difference]
) -> dict[str, Any]:
    counts = {name: progress.counts[name] for name in ("folded", "unread")}
    touched_by = {"events": dict(found.events), "subjects": len(found.subjects)}
    return {"window": window, **touched_by, **counts, "differences": differences}


def _show(differences: list[Difference], progress: Progress) -> None:
    counts, screen = progress.counts, console()
    screen.print(f"{counts['folded']:,} events were folded anew, {len(differences):,} differences.")
    if counts["unread"]:
        screen.print(
            f"{counts['unread']:,} of them were taken as they were read when they were booked:"
            " their bytes aren't archived any more, or only their gateway could prove them."
        )
    if not differences:
        return
    shown = table("Differences", ["Of", "Booked", "Folded anew"])
    for one in differences[:SHOWN_MAX]:
        of = f"{escape(one.concerns)}\n[dim]{one.kind}, {escape(one.subject.subject_id)}[/dim]"
        shown.add_row(of, escape(one.booked[:CUT]), escape(one.folded[:CUT]))
    screen.print(keep_whole(shown, "Of"))
    if len(differences) > SHOWN_MAX:
        screen.print(f"{len(differences) - SHOWN_MAX:,} more: --json prints all of them, whole.")
    by_hand = sum(one.kind is not DifferenceKind.READING for one in differences)
    if by_hand:
        screen.print(
            f"{by_hand:,} are of facts or of how something stands. Where a reading differs too they"
            " follow from it; else an item was changed, or a rule: docs/runbook.md, Replay."
        )


def _apply(stack: Stack, readings: list[Difference]) -> None:
    """Send in again what is read otherwise today, once a person has typed how many that are."""
    if not readings:
        console().print("No event is read otherwise: there is nothing to apply.")
        return
    typed = typer.prompt(
        f"Type {len(readings)} to append the corrected readings of {len(readings)} events", err=True
    )
    if typed.strip() != str(len(readings)):
        give_up("nothing was sent: that isn't the number")
    booked = {
        subject: EventLists().everything(subject) for subject in {one.subject for one in readings}
    }
    for one in readings:
        [event] = [each for each in booked[one.subject].events if each.event_id == one.concerns]
        send_again(stack, event, reread=True)
    typer.echo(f"{len(readings)} events are on their way again.", err=True)
