"""Routes as data: what a merchant writes of the gateway accounts an order may be paid at.

A document is checked as a whole: everything that is wrong with it is said at once.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from kassa.core.errors import RoutesRefused
from kassa.core.model import Instant, Model
from kassa.gateways.submissions import PaymentMethod

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
_PERMILLE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?", re.ASCII)
ROUTES_MAX = 100
_STAMPS = ("version", "saved_at", "saved_by")  # which nobody writes


def _permille(value: object) -> object:
    """Read a share without ever making a float of it: 14, or "14.5" in quotes."""
    text = str(value) if isinstance(value, (int, str, Decimal)) and value is not True else ""
    if not _PERMILLE.fullmatch(text):
        raise ValueError('must be a whole number or a decimal in quotes, such as 14 or "14.5"')
    return Decimal(text)


Permille = Annotated[Decimal, BeforeValidator(_permille)]


class Cost(Model):
    """What a gateway keeps of a payment: a share, and a fixed part for each currency."""

    permille: Permille = Decimal(0)
    fixed_minor: dict[Currency, Annotated[int, Field(strict=True, ge=0, le=10**9)]] = {}


class Countries(Model):
    """Where customers may be; an empty `allow` means everywhere but what is denied."""

    allow: tuple[Country, ...] = ()
    deny: tuple[Country, ...] = ()


class Route(Model):
    """One way to be paid: a gateway account, for which orders, and at what cost."""

    gateway: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,50}$")] = "main"
    methods: tuple[PaymentMethod, ...] = ()  # none: all that the gateway offers
    currencies: tuple[Currency, ...] = ()  # none: all
    countries: Countries = Countries()
    cost: Cost | None = None
    priority: Annotated[int, Field(strict=True, ge=-1000, le=1000)] = 0


class Routes(Model):
    """A merchant's routes, in the order they were written."""

    version: int = 0  # 0: nobody saved any, the gateway accounts stand for them
    saved_at: Instant | None = None
    saved_by: str | None = None  # nobody is known of what an earlier release saved
    routes: Annotated[tuple[Route, ...], Field(max_length=ROUTES_MAX)]


def default_routes(accounts: str) -> Routes:
    """Return the routes of a merchant who wrote none: the accounts of a setting, in their order."""
    named = [one.strip().partition("/") for one in accounts.split(",") if one.strip()]
    return Routes(
        routes=tuple(
            Route(gateway=gateway, account=account or "main") for gateway, _, account in named
        )
    )


def read_routes(
    document: Mapping[str, Any], offered: Mapping[str, Collection[str]], version: int, now: datetime
) -> Routes:
    """Read what a merchant wrote; `offered` says for which methods each gateway opens checkouts.

    Raises RoutesRefused, with everything that is wrong at once.
    """
    fields = {name: value for name, value in document.items() if name not in _STAMPS}
    try:
        read = Routes.model_validate(fields | {"version": version, "saved_at": now})
    except ValidationError as error:
        raise RoutesRefused(list(_spelled(error))) from error
    if wrong := list(_wrong(read.routes, offered)):
        raise RoutesRefused(wrong)
    return read


def _spelled(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        where = ".".join(str(part) for part in one["loc"]) or "routes"
        yield f"{where}: {one['msg'].removeprefix('Value error, ')}"


def _wrong(routes: tuple[Route, ...], offered: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Find what each part allows alone and the whole doesn't mean."""
    if not routes:
        yield "routes: no route is named"
    for number, route in enumerate(routes):
        where = f"routes.{number}"
        if route.gateway not in offered:
            known = ", ".join(sorted(offered))
            yield f"{where}.gateway: {route.gateway} opens no pages; these do: {known}"
            continue
        foreign = [one for one in route.methods if one not in offered[route.gateway]]
        if foreign:
            yield f"{where}.methods: {route.gateway} doesn't offer {', '.join(foreign)}"
        both = sorted(set(route.countries.allow) & set(route.countries.deny))
        if both:
            yield f"{where}.countries: {', '.join(both)} is both allowed and denied"
        if route in routes[:number]:
            yield f"{where}: says the same as routes.{routes.index(route)}"
