"""Who has ended the tour, person by person."""

from datetime import datetime

from kassa.console.help import keys
from kassa.console.help.tasks import TOUR
from kassa.platform import table
from kassa.platform.settings import settings


def steps_for(person_id: str) -> tuple[tuple[str, str], ...]:
    """Return the tour's steps, each with its screen; none for whoever ended it."""
    item = table.get(keys.tour(settings().merchant_id, person_id))
    return () if item and item["ended_at"] else TOUR


def end(person_id: str, now: datetime) -> None:
    """Remember that somebody ended the tour."""
    _keep(person_id, now.isoformat())


def begin(person_id: str) -> None:
    """Show the tour again."""
    _keep(person_id, "")


def _keep(person_id: str, ended_at: str) -> None:
    key = keys.tour(settings().merchant_id, person_id)
    table.write("update_item", **table.setting(key, {"ended_at": ended_at}))
