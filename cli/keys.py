"""`kassa keys`: the API keys of people and programs that use Kassa's API."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape

from cli.doors import open_doors
from cli.output import AsJson, console, in_one_line, instant, keep_whole, print_json, table
from kassa.adapters import clock
from kassa.adapters.api_keys import ApiKeys
from kassa.domain.api_keys import READING, ApiKey, Scope, Token, hashed, is_alive, spell

app = typer.Typer(no_args_is_help=True, help="API keys: create, list, revoke.")

HIDDEN = {"secret_sha256"}


@app.command("create")
@in_one_line
def create(
    name: Annotated[str, typer.Option(help="Who or what the key is for.")],
    scopes: Annotated[
        list[Scope] | None,
        typer.Option("--scopes", help="What it may do; may be repeated. All reading, if not said."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it lives.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: only its hash is kept."""
    open_doors()
    spelled, key = make(name, scopes or READING, days)
    if as_json:
        print_json({"api_key": spelled} | key.model_dump(mode="json", exclude=HIDDEN))
        return
    screen = console()
    screen.print(f"[bold]{spelled}[/bold]", soft_wrap=True)
    screen.print(
        f"\nThe key of {escape(name)}, until {instant(key.expires_at)} UTC,"
        f" for {', '.join(sorted(key.scopes))}."
        "\nIt is shown only now. Send it as 'Authorization: Bearer …'.",
        style="dim",
        soft_wrap=True,
    )


def make(name: str, scopes: Iterable[Scope], days: int = 1) -> tuple[str, ApiKey]:
    """Make and store a key; return it as its owner keeps it, and as it is stored."""
    token, now = Token(secrets.token_hex(8), secrets.token_hex(32)), clock.now()
    key = ApiKey(
        key_id=token.key_id,
        name=name,
        scopes=frozenset(scopes),
        secret_sha256=hashed(token.secret),
        created_at=now,
        expires_at=now.replace(microsecond=0) + timedelta(days=days),
    )
    ApiKeys().add(key)
    return spell(token), key


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the keys, oldest first; none of them shows its secret."""
    open_doors()
    found = ApiKeys().listed()
    if as_json:
        print_json([key.model_dump(mode="json", exclude=HIDDEN) for key in found])
        return
    shown = table("API keys", ["Key", "Name", "Scopes", "Created (UTC)", "Ends (UTC)", "State"])
    for key in found:
        scopes = "\n".join(sorted(key.scopes))
        times = (instant(at).replace(" ", "\n") for at in (key.created_at, key.expires_at))
        shown.add_row(key.key_id, escape(key.name), scopes, *times, _state(key))
    keep_whole(shown, "Key", "Scopes", "Created (UTC)", "Ends (UTC)")
    console().print(shown if found else "There are no API keys yet: 'kassa keys create --name …'.")


@app.command("revoke")
@in_one_line
def revoke(key_id: str, as_json: AsJson = False) -> None:
    """Close a key at once and for good."""
    open_doors()
    key = ApiKeys().revoke(key_id, clock.now())
    if as_json:
        print_json(key.model_dump(mode="json", exclude=HIDDEN))
        return
    console().print(f"{key.key_id} ({escape(key.name)}) is revoked.")


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return "[red]revoked[/red]"
    return "[green]valid[/green]" if is_alive(key, clock.now()) else "[yellow]ended[/yellow]"
