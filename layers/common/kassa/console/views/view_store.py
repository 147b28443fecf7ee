"""Saved views in the table: one item a person, replaced only over the version that was read."""

from collections.abc import Callable

from kassa.console.views import keys
from kassa.console.views.saved_view import SavedView, SavedViews
from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.platform import table


def find(merchant_id: str, person_id: str) -> tuple[SavedView, ...]:
    """Return what a person saved."""
    return _read(merchant_id, person_id)[0].views


def save(merchant_id: str, person_id: str, view: SavedView) -> None:
    """Keep a view; raise InvalidRequest where there are too many, StaleWrite where two saved."""
    _replace(merchant_id, person_id, lambda views: views.having(view))


def forget(merchant_id: str, person_id: str, name: str) -> None:
    """Forget a view; one that isn't there is forgotten already."""
    _replace(merchant_id, person_id, lambda views: views.without(name))


def _read(merchant_id: str, person_id: str) -> tuple[SavedViews, int | None]:
    item = table.get(keys.views(merchant_id, person_id))
    if item is None:
        return SavedViews(), None
    return stored.read_text(SavedViews, item["document"]), int(item["version"])


def _replace(merchant_id: str, person_id: str, changed: Callable[[SavedViews], SavedViews]) -> None:
    views, read = _read(merchant_id, person_id)
    kept = {"document": stored.text(changed(views)), "version": (read or 0) + 1}
    item = keys.views(merchant_id, person_id)._asdict() | kept
    if table.write("put_item", **table.putting(item, read)) is None:
        raise StaleWrite("the views were saved elsewhere just now: do it again")
