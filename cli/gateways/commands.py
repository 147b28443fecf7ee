"""`kassa gateways`: the accounts at gateways: what is connected, and connecting one more."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.acting import acting
from cli.connection import connect
from cli.gateways import accounts, cases
from cli.gateways.declines import declines
from cli.gateways.fields import FIELDS, Field
from cli.gateways.tables import print_accounts
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import give_up
from infra.stack import Stack

app = typer.Typer(help="Gateways: list the connected accounts, connect one, why they say no.")
app.command("declines")(declines)
app.add_typer(cases.app, name="cases")
Known = dict[str, str]
STDIN = Path("-")
_NAMES_SHOP = (
    "adyen",
    "paypal",
    "stripe",
)  # whose events may name an account of theirs, ours or another


@app.callback(invoke_without_command=True)
@in_one_line
def listed(context: typer.Context, as_json: AsJson = False) -> None:
    """List the connected accounts: what each can, when it last spoke, how far it was read."""
    if context.invoked_subcommand:
        return
    found = accounts.connected(connect())
    if as_json:
        print_json([one._asdict() for one in found])
        return
    print_accounts(found)


@app.command("connect")
@in_one_line
def connect_account(
    gateway: Annotated[str, typer.Argument(help=", ".join(FIELDS))],
    account: Annotated[str, typer.Option(help="Your name for the account.")] = "main",
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A JSON file of the fields, instead of prompts; -: stdin."),
    ] = None,
    is_test: Annotated[
        bool, typer.Option("--test", help="Test mode: live events are left.")
    ] = False,
    rolls: Annotated[
        bool, typer.Option("--roll", help="Keep the last signing secret live beside the new one.")
    ] = False,
) -> None:
    """Write an account's two secrets and print the webhook URL to paste; no secret is printed."""
    if gateway not in FIELDS:
        give_up(f"no gateway is called {gateway}; there are {', '.join(FIELDS)}")
    if not accounts.ACCOUNT.fullmatch(account):
        give_up("an account's name has letters, digits, - and _, 64 at most")
    if source is None:
        _require_terminal(gateway)
    stack = connect()
    known = _from_file(gateway, source) if source else _prompted(gateway)
    with acting(stack, "gateway.connect", f"gateway/{gateway}/{account}"):
        _write(stack, (gateway, account), known, ("test" if is_test else "live", rolls))
    _say_what_is_next(stack, gateway, account)


def _fields(gateway: str) -> list[Field]:
    return [FIELDS[gateway].signing, *FIELDS[gateway].api]


def _require_terminal(gateway: str) -> None:
    """Refuse to ask where nobody can type unseen: what is piped in comes as JSON."""
    if not sys.stdin.isatty():
        names = ", ".join(field.name for field in _fields(gateway) if not field.is_optional)
        raise typer.BadParameter(
            "there is no terminal to type secrets at; give a file, or - for stdin,"
            f" that holds a JSON object with {names}",
            param_hint="'--from'",
        )


def _prompted(gateway: str) -> Known:
    """Ask for each field; what is secret isn't shown while it is typed."""
    known: Known = {}
    for field in (one for one in _fields(gateway) if one.is_prompted):
        prompt = f"{field.asks} (empty for none)" if field.is_optional else field.asks
        default: Any = "" if field.is_optional else None
        typed = typer.prompt(
            prompt, default=default, hide_input=field.is_secret, show_default=False
        )
        known[field.name] = typed.strip()
    return _checked(gateway, known)


def _from_file(gateway: str, source: Path) -> Known:
    names = [field.name for field in _fields(gateway)]
    origin = "stdin" if source == STDIN else source
    try:
        held = json.loads(source.read_text() if source != STDIN else sys.stdin.read())
    except (OSError, ValueError):  # from here no stack trace may show what the file holds
        held = None
    if not isinstance(held, dict) or not all(isinstance(one, str) for one in held.values()):
        give_up(f"{origin} isn't a JSON object of texts with the fields {', '.join(names)}")
    if unknown := sorted(set(held) - set(names)):
        give_up(f"{origin}: {gateway} has no {unknown[0]}; there are {', '.join(names)}")
    return _checked(gateway, held)


def _checked(gateway: str, known: Known) -> Known:
    """Return the fields that were given; say which one can't be right, never its value."""
    usable: Known = {}
    for field in _fields(gateway):
        value = known.get(field.name, "").strip()
        if not value and not field.is_optional:
            give_up(f"{field.name} is missing: {field.asks}")
        if not value:
            continue
        if not field.fits(value):
            give_up(f"{field.name} doesn't look like it: {field.asks}")
        if why := field.unusable(value):
            give_up(f"{field.name} can't work: {why}")
        usable[field.name] = field.usable(value)
    return usable


def _write(stack: Stack, account: tuple[str, str], known: Known, how: tuple[str, bool]) -> None:
    """Write both secrets; what isn't prompted for here stays as it stands in them."""
    mode, rolls = how
    whose = {"merchant_id": accounts.merchant_id(stack), "mode": mode}
    new = known.pop("signing_secret")
    before = accounts.secret(stack, "webhooks", *account)
    last = [one for one in before.get("signing_secrets") or [] if one != new][-1:] if rolls else []
    has_shop = account[0] in _NAMES_SHOP and "shop" in known
    fields = {"shop": known["shop"]} if has_shop else {}
    webhook_secret = before | whose | fields | {"signing_secrets": [*last, new]}
    if FIELDS[account[0]].api:
        api_secret = accounts.secret(stack, "api", *account) | whose | known
        if account[0] == "klarna":  # each checkout names our URL, signed by our secret
            api_secret |= {"webhook_url": stack.webhook_url(*account), "callback_secret": new}
        accounts.put(stack, "api", account, accounts.checked_api(api_secret))
    accounts.put(stack, "webhooks", account, webhook_secret)


def _say_what_is_next(stack: Stack, gateway: str, account: str) -> None:
    screen = console()
    screen.print(f"[bold]{gateway}/{account}[/bold] is connected. Its webhook URL:\n")
    screen.print(stack.webhook_url(gateway, account), soft_wrap=True)
    screen.print(f"\nWhich events to choose stands in docs/gateways/{gateway}.md.", style="dim")
    if gateway == "stripe":
        shop = accounts.secret(stack, "webhooks", gateway, account).get("shop")
        whose = f"any account but {shop}" if shop else "a connected account"
        screen.print(f"Events that name {whose} are counted, not booked.", soft_wrap=True)
    if FIELDS[gateway].api and (gateway, account) not in accounts.watched(stack):
        named = ",".join("/".join(one) for one in [*accounts.watched(stack), (gateway, account)])
        screen.print(f"Deploy with GatewayAccounts={named}, so that it is watched.", soft_wrap=True)
