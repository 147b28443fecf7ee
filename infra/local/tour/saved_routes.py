"""The tour's routes, saved as the merchant's."""

from infra.local.tour.story import ROUTES
from kassa.adapters import clock
from kassa.adapters.routes import SavedRoutes
from kassa.domain.audit import Actor
from kassa.domain.routes import read_routes
from kassa.operations.route_order import offered

MERCHANT = "main"


def save(by: Actor) -> None:
    """Save them as the first version."""
    routes = read_routes(ROUTES, offered(), 1, clock.now())
    SavedRoutes(MERCHANT).save(routes, by)
