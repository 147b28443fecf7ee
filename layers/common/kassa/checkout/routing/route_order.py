"""Route an order: which gateway accounts may open its checkout, the best first.

The routes a merchant saved, what each gateway is known to offer, and whether it answers these
days; nothing is written and no gateway is called.
"""

from collections.abc import Iterable

from kassa.checkout.routing import circuit_breaker
from kassa.checkout.routing.routes import Route
from kassa.checkout.routing.routing import Offer, Routing, RoutingInput, routed
from kassa.checkout.routing.store import SavedRoutes
from kassa.gateways import registry
from kassa.gateways.registry import Ability
from kassa.orders.order import Order
from kassa.platform.settings import settings


def route_order(order: Order) -> Routing:
    """Say where an order may be submitted by the routes that rule, and why not elsewhere."""
    routes = SavedRoutes(settings().merchant_id).ruling().routes
    return route_input(RoutingInput(order.amount, order.method, order.country), routes)


def route_input(request: RoutingInput, routes: tuple[Route, ...]) -> Routing:
    """Say the same of any order and any routes."""
    named = {route.gateway for route in routes} & registry.GATEWAYS.keys()
    resting = circuit_breaker.resting()
    return routed(request, routes, {name: _offer(name, resting) for name in sorted(named)})


def offered() -> dict[str, tuple[str, ...]]:
    """Return the methods of every gateway that opens checkouts."""
    return {name: tuple(registry.gateway(name).methods) for name in _opening(registry.GATEWAYS)}


def _offer(name: str, resting: frozenset[str]) -> Offer:
    can_open = bool(list(_opening([name])))
    return Offer(
        methods=frozenset(registry.gateway(name).methods),
        can_open=can_open,
        is_healthy=name not in resting,
    )


def _opening(names: Iterable[str]) -> Iterable[str]:
    return (name for name in names if registry.can(name, Ability.OPEN_CHECKOUT))
