"""`kassa reminders policy`: write, check, try and save by which rules customers are reminded."""

from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.reminders import files, tables
from cli.whole_numbers import between
from infra.unlogged import unlogged
from kassa.billing.reminders.policy.save_reminder_policy import save_reminder_policy
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.preview.preview_reminders import DAYS_MAX, try_policy
from kassa.core.merchant import Merchant
from kassa.platform.settings import settings

WAIT_S = 20.0  # for who else saves at the same time

policy = typer.Typer(no_args_is_help=True, help="The policy: show, example, check, try, save.")


@policy.command("show")
@in_one_line
def show(
    version: Annotated[
        int | None, typer.Argument(**between(1, 1_000_000), help="Without one, what rules.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the policy that rules, or a version."""
    connect_as_merchant()
    policies = SavedReminderPolicies(settings().merchant_id)
    found = policies.version(version) if version else policies.newest()
    if as_json:
        print_json(found)
    elif found is None:
        say("No policy is saved, so nobody is reminded: 'kassa reminders policy example'.")
    else:
        say(f"Version {found.version}, saved {instant(found.saved_at)} UTC.")
        tables.print_policy(found)


@policy.command("example")
def example() -> None:
    """Print a policy to start from: kassa reminders policy example > reminders.yaml."""
    typer.echo(files.EXAMPLE.read_text(), nl=False)


@policy.command("check")
@in_one_line
def check(file: files.PolicyFile, as_json: AsJson = False) -> None:
    """Say every mistake in a policy, each with its line; exit with 1 if it can't be saved."""
    rules, _ = files.read(file)
    if as_json:
        print_json(rules)
        return
    tables.print_policy(rules)
    console().print(f"{file} has no mistakes and can be saved.", soft_wrap=True)


@policy.command("try")
@in_one_line
def try_(
    file: files.PolicyFile,
    days: Annotated[
        int, typer.Option(**between(1, DAYS_MAX), help="Over how many days, up to today.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what a policy would have sent over the last days, of what is owed now."""
    connect_as_merchant()
    rules, _ = files.read(file)
    tried = try_policy(Merchant.from_settings(settings().model_dump()), rules, days)
    if as_json:
        print_json(tried)
        return
    tables.print_preview(tried)
    count = len(tried.reminders)
    say(f"{count} reminder{'' if count == 1 else 's'} in {days} days, if nobody had been reminded.")


@policy.command("save")
@in_one_line
def save(file: files.PolicyFile, as_json: AsJson = False) -> None:
    """Save a policy as the next version; it rules from the next run on."""
    stack = connect_as_merchant()
    _, document = files.read(file)
    by, merchant_id = operator(stack), settings().merchant_id
    with unlogged():
        saved = save_reminder_policy(document, merchant_id, by, lambda: WAIT_S)
    if as_json:
        print_json(saved)
    elif saved.is_new:
        say(f"Version {saved.policy.version} is saved and rules from the next hour on.")
    else:
        say(f"Version {saved.policy.version} says the same already; nothing was saved.")
