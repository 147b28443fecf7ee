"""Fee contracts as files, and those saved: what the commands about fees begin with."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cli import strict_files
from cli.connection import connect_as_merchant
from cli.output import console
from cli.stack import give_up
from kassa.core.errors import Unreadable
from kassa.gateways.registry import GATEWAYS
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.reports.fees.contracts.contract import FeeContracts, read_contracts
from kassa.reports.fees.contracts.store import SavedContracts

ContractsFile = Annotated[Path, typer.Argument(metavar="FILE", help="The contracts, YAML or JSON.")]


def opened() -> SavedContracts:
    """Return the merchant's fee contracts, and connect to their stack."""
    connect_as_merchant()
    return SavedContracts(settings().merchant_id)


def content(file: Path) -> dict[str, Any]:
    """Return what a file says."""
    found = strict_files.read(file)
    if not isinstance(found, dict):
        give_up(f"{file} holds no contracts: 'kassa fees example' prints some to start from")
    return found


def read(file: Path) -> FeeContracts:
    """Return a file's contracts; where it has mistakes, all are listed, one a line."""
    try:
        return read_contracts(content(file), GATEWAYS, 0, clock.now())
    except Unreadable as refused:
        refuse(file, refused)


def refuse(file: Path, refused: Unreadable) -> NoReturn:
    """List every mistake of a file, and exit."""
    for mistake in refused.wrong:
        console().print(mistake, style="red", markup=False, soft_wrap=True)
    count = len(refused.wrong)
    give_up(f"{file} has {'a mistake' if count == 1 else f'{count} mistakes'}")
