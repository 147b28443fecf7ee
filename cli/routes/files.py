"""Routes as files, and the routes that rule: what the commands about routes begin with."""

from pathlib import Path
from typing import Any

from cli import strict_files
from cli.connection import connect_as_merchant
from cli.output import console
from cli.stack import give_up
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import Routes, read_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.core.errors import RoutesRefused
from kassa.platform import clock
from kassa.platform.settings import settings


def opened() -> SavedRoutes:
    """Return the merchant's routes, and connect to their stack."""
    connect_as_merchant()
    return SavedRoutes(settings().merchant_id)


def read_document(file: Path) -> dict[str, Any]:
    """Return what a file says of routes, which can be saved; else its errors are listed."""
    content = strict_files.read(file)
    if not isinstance(content, dict):
        give_up(f"{file} holds no routes: docs/checkouts.md shows some")
    _checked(file, content)
    return content


def read(file: Path) -> Routes:
    """Return a file's routes; where they have errors, all are listed, one a line."""
    return _checked(file, read_document(file))


def _checked(file: Path, content: dict[str, Any]) -> Routes:
    try:
        return read_routes(content, offered(), 0, clock.now())
    except RoutesRefused as refused:
        for wrong in refused.wrong:
            console().print(wrong, style="red", markup=False, soft_wrap=True)
        count = len(refused.wrong)
        give_up(f"{file} has {count} error{'s' if count > 1 else ''}")
