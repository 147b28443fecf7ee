"""Save routes as the merchant's next version; they rule at once, and no version is ever changed."""

from collections.abc import Mapping
from typing import Any

from kassa.audit.trail import Actor
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import Routes, read_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.core.model import Model
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 1.0  # kept back for answering


class SavedVersion(Model):
    """The version that says what was sent."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    routes: Routes


def save_routes(
    document: Mapping[str, Any], merchant_id: str, by: Actor, time_left_s: TimeLeft
) -> SavedVersion:
    """Save what a person wrote; raise RoutesRefused, with every mistake, where it can't be."""
    saved = retry_on_conflict(lambda: _saved(document, merchant_id, by), time_left_s, RESERVE_S)
    logger.info("routes saved", version=saved.routes.version, is_new=saved.is_new)
    return saved


def _saved(document: Mapping[str, Any], merchant_id: str, by: Actor) -> SavedVersion:
    versions = SavedRoutes(merchant_id)
    newest = versions.newest()
    version = newest.version + 1 if newest else 1
    routes = read_routes(document, offered(), version, clock.now())
    if newest is not None and newest.routes == routes.routes:
        return SavedVersion(is_new=False, routes=newest)
    stamped = routes.model_copy(update={"saved_by": by.name})
    versions.save(stamped, by)
    return SavedVersion(is_new=True, routes=stamped)
