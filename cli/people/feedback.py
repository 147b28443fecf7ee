"""`kassa feedback`: what people who work here said of the console's pages."""

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, instant, print_json, say
from kassa.console.help import feedback_store


@in_one_line
def command(as_json: AsJson = False) -> None:
    """List the newest fifty, newest first; each is kept for half a year."""
    connect_as_merchant()
    found = feedback_store.newest()
    if as_json:
        print_json(found)
        return
    if not found:
        say("Nobody has said anything yet.")
    for one in found:
        of_page = f"  {one.page}" if one.page else ""
        say(f"{instant(one.given_at)}  {one.person_id}{of_page}", style="bold")
        typer.echo(one.text)
