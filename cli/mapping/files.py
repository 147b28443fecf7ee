"""What the commands of mappings are given: a file, read strictly, and whose mapping it is."""

from pathlib import Path
from typing import Annotated

import typer

from cli import strict_files
from kassa.gateways.standard.mapping.parse import ReadMapping, read_mapping

GATEWAY = "standard"

MappingFile = Annotated[Path, typer.Argument(metavar="FILE", help="The mapping, YAML or JSON.")]
Account = Annotated[
    str, typer.Option(help="The account's name in its webhook URL, /webhooks/standard/NAME.")
]


def read(path: Path) -> ReadMapping:
    """Return a file's mapping with all there is to say about it."""
    return read_mapping(strict_files.read(path))
