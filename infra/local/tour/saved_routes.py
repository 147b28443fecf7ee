"""The tour's routes, saved as the merchant's."""

from infra.local.tour.story import ROUTES
from kassa.adapters import clock
from kassa.adapters.routes import SavedRoutes
from kassa.domain.routes import read_routes
from kassa.operations.route_order import offered

MERCHANT = "main"


def save() -> None:
    """Save them as the first version."""
    SavedRoutes(MERCHANT).save(read_routes(ROUTES, offered(), 1, clock.now()))
