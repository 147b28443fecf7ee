"""`kassa invoices hand-over`: a month's documents as one archive for a bookkeeper, verified."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.invoices.wording import say_handed_over, say_handover_verified
from cli.output import AsJson, in_one_line, print_json
from infra.handovers import HandoverFile, verified_file
from kassa.billing.handover.build_handover import build_handover
from kassa.billing.handover.month import Month
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform.settings import settings

WAIT_S = 3600.0  # an operator's patience ends no build

commands = typer.Typer(
    help="Hand a month's documents and open items over to a bookkeeper; verify an archive."
)


@commands.callback(invoke_without_command=True)
@in_one_line
def hand_over(
    context: typer.Context,
    month: Annotated[
        str | None, typer.Option(help="Which month that is over: 2026-11.", show_default=False)
    ] = None,
    output: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="The folder to write it to.")
    ] = Path("."),
    as_json: AsJson = False,
) -> None:
    """Write a month's archive: PDFs, electronic invoices, index, open items, certificates."""
    if context.invoked_subcommand is not None:
        return
    if month is None:
        raise typer.BadParameter("say which month, such as 2026-11", param_hint="--month")
    of = Month.parse(month)
    connect_as_merchant()
    merchant = Merchant.from_settings(settings().model_dump())
    path = output / f"{merchant.merchant_id}-{of}.zip"
    file = HandoverFile(path)
    try:
        built = build_handover(of, merchant, file, lambda: WAIT_S)
    except BaseException:
        file.give_up()
        raise
    assert built is not None, "the time never runs out here"
    if as_json:
        print_json({"path": str(path), **built._asdict(), "month": str(of)})
        return
    say_handed_over(path, built)


@commands.command("verify")
@in_one_line
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An archive.")],
    as_json: AsJson = False,
) -> None:
    """Verify an archive without any stack: 0 it is whole, 1 it isn't, 2 it is none."""
    try:
        found = verified_file(file)
    except InvalidRequest as error:
        typer.echo(f"kassa: {file}: {error}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        print_json(found._asdict() | {"is_whole": found.is_whole})
    else:
        say_handover_verified(found)
    if not found.is_whole:
        raise typer.Exit(1)
