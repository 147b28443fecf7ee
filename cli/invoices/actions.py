"""`kassa invoices create` and `receipt`: have documents issued, by the API.

It carries a person's or a program's own API key.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli import strict_files
from cli.api import ApiKey, call
from cli.output import AsJson, amount, in_one_line, print_json, say
from cli.stack import give_up

commands = typer.Typer()


@commands.command("create")
@in_one_line
def create(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The draft, YAML or JSON, as docs/documents/draft.yaml is."
        ),
    ],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Issue an invoice that is paid later; the same draft again shows the one it has."""
    draft = strict_files.read(file)
    if not isinstance(draft, dict):
        give_up(f"{file} holds no draft: docs/documents/draft.yaml is one to start from")
    answer = call("POST", "/invoices", json.loads(json.dumps(draft, default=_plain)), key)
    if as_json:
        print_json(answer)
        return
    owed = amount({**answer["total"], "amount_minor": answer["open_minor"]})
    number, url = answer["number"], answer["payment_url"]
    state, due_on = answer["state"], answer["due_on"]
    say(f"[bold]{number}[/bold] is {state}: {owed} to be paid, due on {due_on}.")
    if url:
        say(f"Payment link: {url}")
    say(f"'kassa invoices open {number}' shows it.")


@commands.command("receipt")
@in_one_line
def receipt(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The invoice's: 2026-00000001.")],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Issue a receipt for each payment of an invoice; again, it shows those that it has."""
    answer = call("POST", f"/invoices/{quote(number, safe='')}/receipt", {}, key)
    if as_json:
        print_json(answer)
        return
    for one in answer["receipts"]:
        paid_by = f", paid by {one['payment_id']}" if one["payment_id"] else ""
        say(f"[bold]{one['number']}[/bold] of {one['issued_on']}: {amount(one['amount'])}{paid_by}")
        say(f"'kassa invoices open {one['number']}' shows it.")


def _plain(value: Any) -> Any:
    """Return a day or a number of a file as the API takes it."""
    return str(value) if isinstance(value, Decimal) else value.isoformat()
