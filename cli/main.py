"""The `kassa` command: names every command, its module, and the stack it talks to."""

from typing import Annotated

import typer

from cli.lazy_group import LazyGroup
from cli.stack import choose
from infra.stack import ROOT


class Kassa(LazyGroup):
    """Every command of `kassa`: the module that has it, and its line of help."""

    commands_by_name = {
        "up": ("up.commands", "Run Kassa and a gateway here, with traffic, until Ctrl-C."),
        "status": ("status", "Show whether Kassa is ready, and where it is reached."),
        "doctor": ("doctor.commands", "Check machine, stack and gateway accounts; say what to do."),
        "trigger": ("trigger.commands", "Let something happen at a gateway, signed as it signs."),
        "events": ("events.commands", "Events of the gateways: list, show, resend."),
        "payments": (
            "payments.commands",
            "Payments: list, show; enter, give back, reverse, import.",
        ),
        "orders": ("orders.commands", "Orders: list, show, resolve an attempt, send a link."),
        "invoices": (
            "invoices.commands",
            "Invoices: list, show, open, create, void, hand over and more.",
        ),
        "seller": ("invoices.seller", "Who sells, on documents: show, save, example."),
        "reminders": (
            "reminders.commands",
            "Reminders: preview, list, pause, resume, and their policy.",
        ),
        "customers": (
            "customers.commands",
            "Customers: show one, state their account, export, erase.",
        ),
        "receivables": (
            "receivables.commands",
            "Receivables: by age as of any day, open invoices.",
        ),
        "messages": (
            "messages.commands",
            "Messages: settings, preview, open, letters, suppressions.",
        ),
        "tax": ("tax.commands", "Tax: its rates (list, save, check, starter)."),
        "refunds": ("refunds.commands", "Refunds: list, show why, request, decide, undo, resolve."),
        "disputes": ("payments.disputes", "Disputes: list, show, answer once, accept."),
        "deliveries": (
            "failures.deliveries",
            "Deliveries: what was sent to whom; list, show, redrive.",
        ),
        "webhooks": (
            "webhooks.commands",
            "Webhooks to other programs: add, list, test, replay and more.",
        ),
        "policy": ("policy.commands", "Refund policies: show, list, example, check, try, save."),
        "report": ("reports.commands", "Reports: today so far, build one, list, read, explain."),
        "import": ("history.commands", "Import a gateway's past, by its API or a CSV."),
        "rates": ("reports.rates", "Exchange rates of reports: import, enter, show."),
        "anomalies": ("reports.anomalies", "What stood out: list, show, expect, budget and more."),
        "replay": ("recovery.replay", "Fold booked events anew in a shadow; show what differs."),
        "intake": ("failures.intake", "Refused webhooks: list, show."),
        "smoke": ("smoke.commands", "Ask a deployed stack what only a real account can tell."),
        "restore": ("recovery.restore", "Put a restored table in the lost one's place."),
        "rebuild": (
            "recovery.rebuild",
            "Book the raw archive again, into a table that lost something.",
        ),
        "digest": ("recovery.digest", "Hash what a table's books say; compare two tables'."),
        "dlq": ("failures.dlq", "Dead-letter queues: list, show, redrive."),
        "feedback": ("people.feedback", "List what people said of the console's pages."),
        "persons": ("people.persons", "Persons: create, list, show, change roles, disable."),
        "audit": ("audit.commands", "Audit trail: list who did what, verify that it is whole."),
        "openapi": ("openapi", "Print the API's description, or show it as a page."),
        "console": ("people.console", "The console in a browser: open."),
        "keys": ("people.keys", "API keys: create, list, revoke."),
        "gateways": (
            "gateways.commands",
            "Gateways: list accounts, connect one, why they decline.",
        ),
        "routes": ("routes.commands", "Routes of orders to gateways: show, try, save."),
        "fees": ("fees.commands", "Fees: the gateways' contracts (show, check, try, save)."),
        "partners": (
            "partners.commands",
            "Partners by REST: list, show, example, check, try, save.",
        ),
        "mapping": (
            "mapping.commands",
            "Mappings of Standard Webhooks: example, check, test, save.",
        ),
    }


app = typer.Typer(
    cls=Kassa,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes cost three times what all else of the list does
    help="Run and ask Kassa.",
    epilog="Exit codes: 0 it is done, 1 it isn't, 2 the words were off, 130 it was stopped.",
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        import tomllib  # for these two lines alone

        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        typer.echo(f"kassa {project['version']}")
        raise typer.Exit


@app.callback()
def choose_stack(
    name: Annotated[
        str | None,
        typer.Option("--stack", help="A deployed stack's name; without it, the one running here."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Run and ask Kassa, the payment back office."""
    choose(name)
