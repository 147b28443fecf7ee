"""`kassa customers export`: everything that is held of a customer, as JSON and as PDF."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.customers.ids import CustomerId
from cli.output import AsJson, in_one_line, print_json, say
from cli.stack import give_up
from kassa.privacy.export import CustomerExport
from kassa.privacy.export_customer import export_customer

commands = typer.Typer()


@commands.command("export")
@in_one_line
def export(
    customer_id: CustomerId,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where export.json and export.pdf are put.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write down everything that is held of a customer; only they may read it."""
    connect_as_merchant()
    exported = export_customer(customer_id)
    if as_json:
        print_json(exported)
        return
    for path, content in _files(folder, exported):
        _put(path, content)
        say(f"{path} is written, {len(content):,} bytes.")
    say("Give them to nobody but the customer, and delete them then.")


def _files(folder: Path, exported: CustomerExport) -> list[tuple[Path, bytes]]:
    from kassa.privacy.typeset_export import typeset_export  # for PDFs alone: 0.3 s

    text = exported.model_dump_json(exclude_none=True, indent=2)
    return [
        (folder / "export.json", text.encode()),
        (folder / "export.pdf", typeset_export(exported)),
    ]


def _put(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(content)
    except OSError as error:
        give_up(f"{path} can't be written: {error.strerror}")
