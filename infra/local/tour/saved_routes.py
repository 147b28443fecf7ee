"""The tour's routes, saved as the merchant's."""

from infra.local.tour.story import ROUTES
from kassa.audit.trail import Actor
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import read_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.platform import clock

MERCHANT = "main"


def save(by: Actor) -> None:
    """Save them as the first version."""
    routes = read_routes(ROUTES, offered(), 1, clock.now())
    SavedRoutes(MERCHANT).save(routes, by)
