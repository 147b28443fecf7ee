"""`kassa report due`: build what is due now, as the schedule does by itself."""

from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.reports.building import build_due


@in_one_line
def due(as_json: AsJson = False) -> None:
    """Build what is due, as the schedule does: reports that aren't closed, days of a past.

    A run takes a few reports and a hundred days; run it again until nothing is due.
    """
    done = build_due(connect_as_merchant())
    if as_json:
        print_json(done)
        return
    for report in done.built:
        say(f"{report.period} report of {report.day} closed")
    if done.rolled_up:
        say(f"{done.rolled_up:,} days of an imported past rolled up")
    if done.built or done.rolled_up:
        say("There may be more: run it again.", style="dim")
    else:
        say("Nothing is due.")
