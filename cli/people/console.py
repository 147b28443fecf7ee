"""`kassa console`: the way into the console; here a link for one person, once and soon."""

import webbrowser
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import in_one_line, say
from cli.people import lookup
from cli.stack import chosen, current, give_up
from infra.stack import Stack
from kassa.console.requests import BY_ISSUER
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
    """Open the console: by a new link for one person, or where a deployed stack has its door."""
    if chosen():
        link = _deployed(current(), person)
    else:
        stack = connect_as_merchant()
        link = link_for(stack, lookup.person(person) if person else _the_only_one())
    say(link)
    if not is_printed:
        webbrowser.open(link)


def link_for(stack: Stack, person: Person) -> str:
    """Return the address of a new link into a stack's console."""
    return f"{stack.base_url}{OPEN}{issue_link(person, operator(stack))}"


def _deployed(stack: Stack, person: str | None) -> str:
    """Return where a deployed stack's console stands; people sign in there themselves."""
    if person:
        give_up("--person: people sign in themselves where a stack is deployed")
    known = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["ServeConsoleFunction"]
    )["Environment"]["Variables"]
    if known.get("CONSOLE_SIGN_IN") not in BY_ISSUER:
        give_up("nobody gets in: deploy with ConsoleSignIn=cognito or oidc (docs/console.md)")
    return f"{known['PUBLIC_ADDRESS']}/console"


def _the_only_one() -> Person:
    active = [one for one in Persons().listed() if one.is_active]
    if len(active) == 1:
        return active[0]
    if not active:
        raise InvalidRequest(
            "nobody works here yet: 'kassa persons create --name NAME --role approver'"
        )
    raise InvalidRequest("several people work here: name one with --person ('kassa persons list')")
