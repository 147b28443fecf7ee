"""`kassa messages settings`: who sends, to which staff, which messages, and when."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.strict_files import read_model
from infra.stack import Stack
from infra.unlogged import unlogged
from kassa.core.errors import Unreadable
from kassa.messages.kinds import MessageName
from kassa.messages.settings.message_settings import (
    MessageSettings,
    MessageSettingsDraft,
    warnings_of,
)
from kassa.messages.settings.save_settings import SavedSettings, save_settings
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.platform.settings import settings

TIME_S = 20.0  # for who else saves at the same time
EXAMPLE = Path(__file__).with_name("settings.yaml")

app = typer.Typer(no_args_is_help=True, help="How messages are sent: show, save, check, example.")

SettingsFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="As `kassa messages settings example` prints one.")
]


@app.command("show")
@in_one_line
def show(as_json: AsJson = False) -> None:
    """Show how messages are sent from now on."""
    connect_as_merchant()
    saved = SettingsVersions(settings().merchant_id).newest()
    if as_json:
        print_json(saved)
        return
    if saved.saved_at is None:
        say("Nobody saved any settings: no message is sent.")
        return
    say(f"Version {saved.version}, saved {instant(saved.saved_at)} UTC.")
    for line in _lines(saved):
        say(escape(line))


@app.command("save")
@in_one_line
def save(file: SettingsFile, as_json: AsJson = False) -> None:
    """Save how messages are sent as the next version; say what won't be sent by it."""
    connect_as_merchant()
    draft = read_model(MessageSettingsDraft, file)
    try:
        with unlogged():
            saved = save_settings(draft, settings().merchant_id, operator(), lambda: TIME_S)
    except Unreadable as refused:
        for mistake in refused.wrong:
            console().print(mistake, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from refused
    if as_json:
        print_json(saved)
    else:
        _print_saved(saved)


@app.command("check")
@in_one_line
def check(as_json: AsJson = False) -> None:
    """Ask SES whether it sends for this stack, and say what isn't sent by the settings."""
    stack = connect_as_merchant()
    saved = SettingsVersions(settings().merchant_id).newest()
    found = [f"{one.field}: {one.advice}" for one in warnings_of(saved)]
    found += _of_carrier(stack, saved)
    if as_json:
        print_json({"version": saved.version, "findings": found})
    else:
        for line in found or ["Mails leave: SES sends, and the settings say who."]:
            say(escape(line))
    raise typer.Exit(1 if found else 0)


@app.command("example")
def example() -> None:
    """Print settings to start from, with comments."""
    typer.echo(EXAMPLE.read_text(), nl=False)


def _of_carrier(stack: Stack, saved: MessageSettings) -> list[str]:
    """Return what keeps SES from sending: the account's state, and the sender's."""
    ses = stack.client("sesv2")
    account: dict[str, Any] = ses.get_account()
    found = []
    if not account.get("SendingEnabled", True):
        found.append("SES: sending is paused for the account")
    if not account.get("ProductionAccessEnabled", True):
        found.append("SES: the account is in the sandbox, so only verified addresses get mails")
    if saved.sender is None:
        return found
    domain = saved.sender.address.rpartition("@")[2]
    listed = ses.list_email_identities().get("EmailIdentities", [])
    verified = {one["IdentityName"] for one in listed if one.get("SendingEnabled", True)}
    if not verified & {domain, saved.sender.address}:
        found.append(f"sender: SES hasn't verified {domain}, nor the address")
    return found


def _print_saved(saved: SavedSettings) -> None:
    if saved.is_new:
        say(f"Version {saved.settings.version} is saved; what is sent from now on follows it.")
    else:
        say("The newest version says the same already; nothing was saved.")
    for one in saved.warnings:
        console().print(f"  {one.field}: {one.advice}", markup=False, soft_wrap=True)


def _lines(saved: MessageSettings) -> list[str]:
    """Return what settings say, a line each."""
    quiet, sender = saved.quiet_hours, saved.sender
    known: dict[str, object] = {
        "Sender": f"{sender.name} <{sender.address}>" if sender else None,
        "Answers to": saved.reply_to,
        "Texts from": saved.text_sender,
        "Off": ", ".join(sorted(saved.off)),
        "Quiet hours": f"{quiet.begin:%H:%M} to {quiet.end:%H:%M}" if quiet else None,
        "A day": f"{saved.mails_a_day} mails, {saved.texts_a_day} texts",
        "Own words": ", ".join(sorted(saved.words)),
    }
    staff = {name: saved.staff.get(name, ()) for name in MessageName if saved.staff.get(name)}
    sent = [f"{name}: {', '.join(addresses)}" for name, addresses in staff.items()]
    sent += [
        f"{', '.join(sorted(one.reports))} of {', '.join(sorted(one.periods))}: {', '.join(one.to)}"
        for one in saved.reports
    ]
    return [*(f"{name}: {value}" for name, value in known.items() if value), *sent]
