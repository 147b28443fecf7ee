"""`kassa console`: a link that lets one person into the console, once and within ten minutes."""

import webbrowser
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import in_one_line, say
from cli.people import lookup
from cli.stack import chosen, give_up
from infra.stack import Stack
from kassa.console.sign_in.issue_link import issue_link
from kassa.console.sign_in.link import OPEN
from kassa.core.errors import InvalidRequest
from kassa.people.persons import Person
from kassa.people.store import Persons

app = typer.Typer(no_args_is_help=True, help="The console in a browser: open.")


@app.callback()
def commands() -> None:
    """Keep `open` a command of its own, though it is the only one."""


@app.command("open")
@in_one_line
def open_console(
    person: Annotated[
        str | None,
        typer.Option(help="Whose console, by id or how it begins; needed where there are several."),
    ] = None,
    is_printed: Annotated[
        bool, typer.Option("--print", help="Print the link, and open no browser.")
    ] = False,
) -> None:
    """Make a link into the console for one person, and open it."""
    if chosen():
        give_up("the console is for the stack that runs here: no deployed one lets anybody in yet")
    stack = connect_as_merchant()
    link = link_for(stack, lookup.person(person) if person else _the_only_one())
    say(link)
    if not is_printed:
        webbrowser.open(link)


def link_for(stack: Stack, person: Person) -> str:
    """Return the address of a new link into a stack's console."""
    return f"{stack.base_url}{OPEN}{issue_link(person, operator(stack))}"


def _the_only_one() -> Person:
    active = [one for one in Persons().listed() if one.is_active]
    if len(active) == 1:
        return active[0]
    if not active:
        raise InvalidRequest(
            "nobody works here yet: 'kassa persons create --name NAME --role approver'"
        )
    raise InvalidRequest("several people work here: name one with --person ('kassa persons list')")
