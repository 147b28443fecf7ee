"""Routing: which gateway account opens an order's checkout, from a document of routes.

Those that can serve the order, the healthy ones; of them first those of the highest priority,
then the cheapest for this very amount, then the order of the document. Every route that is left
out says why, so that a person can see what the document means before it costs anything.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kassa.checkout.routing.routes import Route
from kassa.core.model import Model
from kassa.core.money import CURRENCIES, Money
from kassa.gateways.submissions import PaymentMethod


class RoutingInput(NamedTuple):
    """What routing looks at in an order."""

    amount: Money
    method: PaymentMethod | None = None
    country: str | None = None


class Offer(NamedTuple):
    """What a gateway can do at all, and whether it answers these days."""

    methods: frozenset[str]
    can_open: bool = True
    is_healthy: bool = True


class Candidate(Model):
    """A route that can serve the order, and what that costs there; none where nobody said."""

    gateway: str
    account: str
    cost_minor: int | None

    @property
    def where(self) -> tuple[str, str]:
        """Return the gateway and its account."""
        return self.gateway, self.account


class LeftOut(Model):
    """A route that isn't taken, and why."""

    gateway: str
    account: str
    why: str


class Routing(Model):
    """The routes that can serve an order, the best first, and those that can't."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]


UNHEALTHY = "it didn't answer lately"  # the one reason that passes by itself
_NOTHING = Offer(frozenset(), can_open=False)


def routed(
    request: RoutingInput, routes: tuple[Route, ...], offers: Mapping[str, Offer]
) -> Routing:
    """Say where an order may be submitted, the best first, and why not elsewhere."""
    fitting: list[Route] = []
    left_out: list[LeftOut] = []
    for route in routes:
        why = _why_not(request, route, offers.get(route.gateway, _NOTHING))
        if why is None:
            fitting.append(route)
        else:
            left_out.append(_left_out(route, why))
    fitting.sort(key=lambda route: _rank(route, request.amount))
    chosen: dict[tuple[str, str], Candidate] = {}
    for route in fitting:
        if (route.gateway, route.account) in chosen:
            left_out.append(_left_out(route, "a better route leads to the same account"))
        else:
            chosen[route.gateway, route.account] = _candidate(route, request.amount)
    return Routing(candidates=tuple(chosen.values()), left_out=tuple(left_out))


def cost_minor(route: Route, amount: Money) -> int | None:
    """Return what a payment of this amount costs on a route, rounded half up; none if unsaid."""
    exact = _exact_cost(route, amount)
    if exact is None:
        return None
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _exact_cost(route: Route, amount: Money) -> Decimal | None:
    if route.cost is None:
        return None
    fixed_minor = route.cost.fixed_minor.get(amount.currency, 0)
    return amount.amount_minor * route.cost.permille / 1000 + fixed_minor


def _rank(route: Route, amount: Money) -> tuple[int, bool, Decimal]:
    """Order by priority, then cost; what nobody put a price on comes last."""
    exact = _exact_cost(route, amount)
    return -route.priority, exact is None, exact or Decimal(0)


def _candidate(route: Route, amount: Money) -> Candidate:
    return Candidate(
        gateway=route.gateway, account=route.account, cost_minor=cost_minor(route, amount)
    )


def _left_out(route: Route, why: str) -> LeftOut:
    return LeftOut(gateway=route.gateway, account=route.account, why=why)


def nobody_pays_in(currency: str) -> str:
    """Say that a currency is none, or a fund, a metal or a test code: no checkout has it."""
    return f"nobody pays in {currency}"


def _why_not(request: RoutingInput, route: Route, offer: Offer) -> str | None:
    """Return the first reason why a route can't serve the order; health comes last."""
    if request.amount.currency not in CURRENCIES:
        return nobody_pays_in(request.amount.currency)
    return next(_reasons(request, route, offer), None)


def _reasons(request: RoutingInput, route: Route, offer: Offer) -> Iterator[str]:
    if not offer.can_open:
        yield f"{route.gateway} opens no pages"
    currency, country, method = request.amount.currency, request.country, request.method
    if method is not None and method not in offer.methods:
        yield f"{route.gateway} doesn't offer {method}"
    if method is not None and route.methods and method not in route.methods:
        yield f"method {method} isn't one of {', '.join(route.methods)}"
    if route.currencies and currency not in route.currencies:
        yield f"currency {currency} isn't one of {', '.join(route.currencies)}"
    allowed, denied = route.countries.allow, route.countries.deny
    if allowed and country not in allowed:
        place = f"country {country}" if country else "a country nobody named"
        yield f"{place} isn't one of {', '.join(allowed)}"
    if country is not None and country in denied:
        yield f"country {country} is denied"
    if not offer.is_healthy:
        yield UNHEALTHY
