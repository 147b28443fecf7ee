"""`kassa invoices`: certify a series, verify a certificate; and what other modules say of them."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.invoices import actions, decisions, hand_over, lists, preview
from cli.invoices.wording import say_verified
from cli.output import AsJson, in_one_line, print_json
from infra import certificates
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.series import PREFIXES, kind_of
from kassa.core.errors import InvalidRequest
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True,
    help="Invoices and credit notes: list, show, open, create, void, certify, verify, hand over.",
)

app.add_typer(lists.commands)
app.add_typer(actions.commands)
app.add_typer(decisions.commands)
app.add_typer(preview.commands)
app.add_typer(hand_over.commands, name="hand-over")


@app.command("certificate")
@in_one_line
def certificate(
    series: Annotated[
        str, typer.Option(help="The year, or the series' name: 2026, CN-2026.", show_default=False)
    ],
    kind: Annotated[
        DocumentKind | None, typer.Option(help="Of which kind, where --series is a year.")
    ] = None,
) -> None:
    """Print every number of a series with its fate and the chain, one JSON object a line."""
    name = PREFIXES[kind] + series if kind else series
    kind_of(name)
    connect_as_merchant()
    for line in certificates.certificate(settings().merchant_id, name):
        typer.echo(line)


@app.command("verify")
@in_one_line
def verify(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A certificate, as it was printed.")
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--documents", exists=True, file_okay=False, help="Compare the documents in it."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a certificate without any stack: 0 it is whole, 1 it isn't, 2 it is none."""
    try:
        found = certificates.verified_file(file, folder)
    except InvalidRequest as error:
        typer.echo(f"kassa: {file}: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        broken = found.broken._asdict() if found.broken else None
        print_json(found._asdict() | {"broken": broken})
    else:
        say_verified(found)
    if found.broken is not None:
        raise typer.Exit(1)
