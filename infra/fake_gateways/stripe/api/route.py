"""What a route is: an act and the parameters it knows."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.parameters import Params

Act = Callable[[Account, str, Params], Body]


@dataclass(frozen=True)
class Route:
    """An act and the parameters that don't make it fail."""

    act: Act
    known: frozenset[str]


Table = dict[tuple[str, ...], Route]  # by method and path, "*" for an id


def route(act: Act, *known: str) -> Route:
    """Return a route; every one can expand what it answers."""
    return Route(act, frozenset({*known, "expand"}))
