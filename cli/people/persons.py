"""`kassa persons`: who works here. API keys belong to them; their names are kept nowhere else."""

from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect
from cli.listing import Listing
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.people import lookup
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import is_alive
from kassa.people.create_person import create_person
from kassa.people.give_address import give_address
from kassa.people.persons import Person, Role, may_approve, scopes_of
from kassa.people.store import Persons
from kassa.platform import clock

app = typer.Typer(
    no_args_is_help=True,
    help="Persons: create, list, show, change roles, give an address, disable.",
)

PersonId = Annotated[
    str, typer.Argument(metavar="PERSON", help="The person's id, or how it begins.")
]
Roles = Annotated[list[Role], typer.Option("--role", help="What they work as; may be repeated.")]
Sole = Annotated[
    bool,
    typer.Option(
        "--sole",
        help="The only person there is: nothing waits for a second, and 'kassa doctor' says so.",
    ),
]


@app.command("create")
@in_one_line
def create(
    name: Annotated[str, typer.Option(help="Their name, for people to read.")],
    roles: Roles,
    sole: Sole = False,
    email: Annotated[
        str | None, typer.Option(help="By which they first sign in to the console at the issuer.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person, and print the id that keys are made for."""
    connect()
    person = create_person(name, roles, operator(), sole, email)
    if as_json:
        print_json(person)
        return
    screen = console()
    screen.print(f"[bold]{person.person_id}[/bold]  {escape(person.name)}, {_roles(person)}")
    if person.is_sole:
        screen.print(
            "Sole: they approve alone, whatever the amount, also what they asked for themselves.",
            style="yellow",
        )
    screen.print(f"Make a key: kassa keys create --person {person.person_id}", style="dim")


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the first hundred persons, oldest first."""
    connect()
    found = Persons().listed()
    if as_json:
        print_json(found)
        return
    if not found:
        say("There are no persons yet: 'kassa persons create --name NAME --role approver'.")
        return
    columns = ["Person", "Name", "Roles", "Created (UTC)", "State"]
    shown = Listing("Persons", columns, {"Person", "Created (UTC)"})
    for one in found:
        created = instant(one.created_at)
        shown.add_row(one.person_id, escape(one.name), _roles(one), created, _state(one))
    shown.print()


@app.command("show")
@in_one_line
def show(person_id: PersonId, as_json: AsJson = False) -> None:
    """Show a person, what their keys may do together, and their keys."""
    connect()
    person = lookup.person(person_id)
    keys = [key for key in ApiKeys().listed() if key.person_id == person.person_id]
    if as_json:
        fields = [key.model_dump(mode="json", exclude={"secret_sha256"}) for key in keys]
        print_json(person.model_dump(mode="json") | {"keys": fields})
        return
    screen = console()
    screen.print(f"[bold]{person.person_id}[/bold]  {escape(person.name)}  {_state(person)}")
    screen.print(
        f"Roles    {_roles(person)}\nMay do   {', '.join(sorted(scopes_of(person.roles)))}"
    )
    if person.email:
        say(f"Address  {escape(person.email)}")
    for key in keys:
        ends = f"until {instant(key.expires_at)} UTC" if is_alive(key, clock.now()) else "closed"
        say(f"Key      {key.key_id}  {ends}")


@app.command("roles")
@in_one_line
def change_roles(
    person_id: PersonId,
    roles: Roles,
    leave_no_approver: Annotated[
        bool, typer.Option("--leave-no-approver", help="Also where nobody else approves refunds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a person work as these roles alone, from the next request of their keys on."""
    connect()
    before = lookup.person(person_id)
    given = frozenset(roles)
    after = Persons().change_roles(before.person_id, given, operator(), leave_no_approver)
    if as_json:
        print_json(after)
        return
    say(f"{after.person_id} works as {_roles(after)}; it was {_roles(before)}.")
    if may_approve(before) and not may_approve(after):
        say("What they approved and no gateway was asked for goes back to people.")
    if scopes_of(after.roles) - scopes_of(before.roles):
        say(f"Keys open no more than they did: kassa keys create --person {after.person_id}")


@app.command("address")
@in_one_line
def give(
    person_id: PersonId,
    email: Annotated[str, typer.Argument(help="Their mail address at the issuer.")],
    as_json: AsJson = False,
) -> None:
    """Give a person the address by which they first sign in; again, to let another account in."""
    connect()
    person = give_address(lookup.person(person_id).person_id, email, operator())
    if as_json:
        print_json(person)
        return
    say(f"{person.person_id} signs in next by {escape(str(person.email))}, and who did no more.")


@app.command("disable")
@in_one_line
def disable(person_id: PersonId, as_json: AsJson = False) -> None:
    """Close all keys of a person for good, from the next request on."""
    connect()
    person = Persons().disable(lookup.person(person_id).person_id, clock.now(), operator())
    if as_json:
        print_json(person)
        return
    say(f"{person.person_id} is disabled; none of their keys opens anything any more.")


def _roles(person: Person) -> str:
    return ", ".join(sorted(person.roles))


def _state(person: Person) -> str:
    if not person.is_active:
        return "[red]disabled[/red]"
    return "[yellow]sole[/yellow]" if person.is_sole else "[green]active[/green]"
