"""`kassa invoices`: preview a document, void a number, certify a series, verify a certificate."""

from pathlib import Path
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.invoices import actions, hand_over, lists, preview
from cli.invoices.wording import say_verified, say_void
from cli.output import AsJson, in_one_line, print_json
from infra import certificates
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.series import PREFIXES, kind_of
from kassa.billing.numbering.void_document import void_document
from kassa.core.errors import InvalidRequest
from kassa.platform import clock
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True,
    help="Invoices and credit notes: list, show, open, create, void, certify, verify, hand over.",
)

WAIT_S = 30.0  # how long others may take the series' turns before a void gives up


app.add_typer(lists.commands)
app.add_typer(actions.commands)
app.add_typer(preview.commands)
app.add_typer(hand_over.commands, name="hand-over")


@app.command("void")
@in_one_line
def void(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As printed: 2026-00000001.")],
    reason: Annotated[
        str, typer.Option(help="Why. It is kept for good: name no customer.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Void a number for good; it keeps its place, its document and the reason."""
    stack = connect_as_merchant()
    begun = clock.now()
    document = void_document(
        settings().merchant_id,
        number,
        (reason, operator(stack)),
        lambda: WAIT_S - (clock.now() - begun).total_seconds(),
    )
    if as_json:
        print_json(document.model_dump(mode="json", exclude_none=True))
        return
    say_void(document)


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
