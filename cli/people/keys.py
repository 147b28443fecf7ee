"""`kassa keys`: the API keys of persons and machines that use Kassa's API."""

from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect
from cli.listing import Listing
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.people import lookup
from cli.stack import give_up
from cli.whole_numbers import between
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import ApiKey, Scope, is_alive
from kassa.people.create_api_key import create_key_for_person, create_key_for_system
from kassa.people.store import Persons
from kassa.platform import clock

app = typer.Typer(no_args_is_help=True, help="API keys: create, list, revoke.")

HIDDEN = {"secret_sha256"}


@app.command("create")
@in_one_line
def create(
    person: Annotated[str | None, typer.Option(help="Whose key it is, by their id.")] = None,
    system: Annotated[
        str | None, typer.Option(help="Or which machine's: it can neither decide nor save.")
    ] = None,
    scopes: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scopes",
            help="What it may do; may be repeated. If not said: all that the person may, or all"
            " reading.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(**between(1, 3650), help="How long it lives.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a key of a person or a system and print it, this once: only its hash is kept."""
    if (person is None) == (system is None):
        give_up("whose key is it? --person ID ('kassa persons list'), or --system NAME")
    connect()
    if person is not None:
        spelled, key = create_key_for_person(lookup.person(person), operator(), scopes, days)
    else:
        spelled, key = create_key_for_system(str(system), operator(), scopes, days)
    if as_json:
        print_json({"api_key": spelled} | key.model_dump(mode="json", exclude=HIDDEN))
        return
    screen = console()
    screen.print(f"[bold]{spelled}[/bold]", soft_wrap=True)
    screen.print(
        f"\nThe key of {escape(_owner(key))}, until {instant(key.expires_at)} UTC,"
        f" for {', '.join(sorted(key.scopes))}."
        "\nIt is shown only now. Send it as 'Authorization: Bearer KEY'.",
        style="dim",
        soft_wrap=True,
    )


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the keys, oldest first; none of them shows its secret."""
    connect()
    found = ApiKeys().listed()
    if as_json:
        print_json([key.model_dump(mode="json", exclude=HIDDEN) for key in found])
        return
    if not found:
        say("There are no API keys yet: 'kassa keys create --system NAME'.")
        return
    columns = ["Key", "Whose", "Scopes", "Created (UTC)", "Ends (UTC)", "State"]
    shown = Listing("API keys", columns, {"Key", "Whose"})
    names = {one.person_id: one.name for one in Persons().listed()}
    for key in found:
        scopes = "\n".join(sorted(key.scopes))
        times = (instant(at).replace(" ", "\n") for at in (key.created_at, key.expires_at))
        whose = names.get(key.person_id or "", "")
        named = f"{escape(whose)}\n[dim]{key.person_id}[/dim]" if whose else escape(_owner(key))
        shown.add_row(key.key_id, named, scopes, *times, _state(key))
    shown.print()


@app.command("revoke")
@in_one_line
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, or how it begins.")],
    as_json: AsJson = False,
) -> None:
    """Close a key at once and for good."""
    connect()
    key = ApiKeys().revoke(lookup.key_id(key_id), clock.now(), operator())
    if as_json:
        print_json(key.model_dump(mode="json", exclude=HIDDEN))
        return
    say(f"{key.key_id} ({escape(_owner(key))}) is revoked.")


def _owner(key: ApiKey) -> str:
    return key.person_id or key.name


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return "[red]revoked[/red]"
    return "[green]valid[/green]" if is_alive(key, clock.now()) else "[yellow]ended[/yellow]"
