"""`kassa invoices preview`: a draft as the document that its customer gets; nothing is numbered.

It is how a designer works: a copy of the layouts in a folder, one command, and the PDF again.
"""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer
import typst

from cli.invoices import drafts
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import give_up, output_folder
from infra.unlogged import unlogged
from kassa.billing.typeset import typeset_document as typesetting
from kassa.billing.typeset.typeset_document import Sheet

commands = typer.Typer()

DraftFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="What it says, YAML or JSON: as docs/documents/invoice.yaml is, or a draft for"
        " 'kassa invoices create', whose seller is the saved one.",
    ),
]


@commands.command("preview")
@in_one_line
def preview(
    file: DraftFile,
    layout: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A copy of the layouts that you change."),
    ] = None,
    branding: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Logo, colours and texts of the merchant, YAML or JSON."),
    ] = None,
    number: Annotated[str, typer.Option(help="The number it shows.")] = "2026-00000001",
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the PDF goes, else .kassa/output/previews."),
    ] = None,
    with_pictures: Annotated[
        bool, typer.Option("--png", help="Write a picture of each page beside it.")
    ] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Show it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Typeset a draft of a document, as its customer will see it."""
    sheet = drafts.sheet(file, number, drafts.branding(branding) if branding else None)
    layouts = _layouts(layout)
    path = to or output_folder() / "previews" / f"{file.stem}.pdf"
    pictures = _written(sheet, layouts, path, with_pictures)
    missing = typesetting.missing_characters(sheet, layouts)
    if is_opened:
        webbrowser.open(path.absolute().as_uri())
    if as_json:
        print_json({"pdf": path, "pictures": pictures, "missing": missing})
        return
    for written in (path, *pictures):
        console().print(str(written), soft_wrap=True)
    if missing:
        console().print(f"No font has {' '.join(missing)}: 〓 stands there.", style="yellow")


def _layouts(folder: Path | None) -> Path:
    """Return where the layouts lie; a folder of somebody's own has all that ours has."""
    if folder is None:
        return typesetting.LAYOUTS
    missing = [
        one.name for one in typesetting.LAYOUTS.glob("*.typ") if not (folder / one.name).is_file()
    ]
    if missing:
        give_up(f"{folder} has no {missing[0]}: copy {typesetting.LAYOUTS} and change the copy")
    return folder.resolve()


def _written(sheet: Sheet, layouts: Path, path: Path, with_pictures: bool) -> list[Path]:
    """Write the PDF, and return the pictures that were written beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with unlogged():
        try:
            path.write_bytes(typesetting.as_pdf(sheet, layouts))
            return _pictures(sheet, layouts, path) if with_pictures else []
        except typst.TypstError as error:
            give_up(f"the layout can't be typeset:\n{error.diagnostic.strip()}")


def _pictures(sheet: Sheet, layouts: Path, beside: Path) -> list[Path]:
    paths = []
    for page, picture in enumerate(typesetting.as_pictures(sheet, layouts), 1):
        paths.append(beside.with_name(f"{beside.stem}-{page}.png"))
        paths[-1].write_bytes(picture)
    return paths
