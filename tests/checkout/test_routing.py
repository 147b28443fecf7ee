"""Routing: who can serve an order, who of them is best, and why not the others."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.checkout.routing.routes import Route, Routes, default_routes, read_routes
from kassa.checkout.routing.routing import (
    UNHEALTHY,
    Offer,
    Routing,
    RoutingInput,
    cost_minor,
    routed,
)
from kassa.core.errors import RoutesRefused
from kassa.core.money import Money
from kassa.gateways.submissions import PaymentMethod
from tests.support.builders import NOW

CARDS = frozenset({"card", "apple_pay"})
OFFERS = {
    "stripe": Offer(CARDS | {"pay_later"}),
    "adyen": Offer(CARDS),
    "klarna": Offer(frozenset({"pay_later"})),
    "standard": Offer(frozenset(), can_open=False),
}
OFFERED = {name: offer.methods for name, offer in OFFERS.items() if offer.can_open}


def routes(*fields: dict[str, Any]) -> tuple[Route, ...]:
    return read_routes({"routes": list(fields)}, OFFERED, 1, NOW).routes


def routing_input(amount_minor: int = 100_00, currency: str = "EUR", **more: Any) -> RoutingInput:
    return RoutingInput(Money(amount_minor=amount_minor, currency=currency), **more)


def names(routing: Routing) -> list[str]:
    return [candidate.gateway for candidate in routing.candidates]


def why(routing: Routing, gateway: str) -> list[str]:
    return [one.why for one in routing.left_out if one.gateway == gateway]


CHEAP_SMALL = {"gateway": "stripe", "cost": {"permille": 30, "fixed_minor": {"EUR": 5}}}
CHEAP_LARGE = {"gateway": "adyen", "cost": {"permille": 10, "fixed_minor": {"EUR": 40}}}


@pytest.mark.parametrize(("amount_minor", "best"), [(10_00, "stripe"), (100_00, "adyen")])
def test_the_cheapest_for_this_amount_comes_first(amount_minor: int, best: str) -> None:
    routing = routed(routing_input(amount_minor), routes(CHEAP_SMALL, CHEAP_LARGE), OFFERS)
    assert (names(routing)[0], len(names(routing))) == (best, 2)


def test_equally_cheap_routes_keep_the_order_of_the_document() -> None:
    share, fixed = {"permille": 10}, {"fixed_minor": {"EUR": 100}}
    exactly_as_cheap = routes(
        {"gateway": "adyen", "cost": share}, {"gateway": "stripe", "cost": fixed}
    )

    assert names(routed(routing_input(), exactly_as_cheap, OFFERS)) == ["adyen", "stripe"]
    assert names(routed(routing_input(), exactly_as_cheap[::-1], OFFERS)) == ["stripe", "adyen"]


def test_a_priority_stands_above_the_cost() -> None:
    both = routes(CHEAP_SMALL | {"priority": 1}, CHEAP_LARGE)
    assert names(routed(routing_input(), both, OFFERS)) == ["stripe", "adyen"]


def test_a_route_without_a_price_comes_after_those_with_one() -> None:
    both = routes({"gateway": "stripe"}, CHEAP_LARGE)
    routing = routed(routing_input(), both, OFFERS)

    assert names(routing) == ["adyen", "stripe"]
    assert [one.cost_minor for one in routing.candidates] == [140, None]


@pytest.mark.parametrize(("amount_minor", "cost"), [(100, 1), (50, 1), (49, 0), (150, 2)])
def test_a_cost_is_rounded_half_up(amount_minor: int, cost: int) -> None:
    (route,) = routes({"gateway": "stripe", "cost": {"permille": 10}})
    assert cost_minor(route, Money(amount_minor=amount_minor, currency="EUR")) == cost


@pytest.mark.parametrize(
    ("fields", "order", "reason"),
    [
        ({"gateway": "klarna"}, {"method": "card"}, "klarna doesn't offer card"),
        ({"methods": ["card"]}, {"method": "apple_pay"}, "method apple_pay isn't one of card"),
        ({"currencies": ["USD", "SEK"]}, {}, "currency EUR isn't one of USD, SEK"),
        ({"countries": {"allow": ["SE"]}}, {"country": "FI"}, "country FI isn't one of SE"),
        ({"countries": {"allow": ["SE"]}}, {}, "a country nobody named isn't one of SE"),
        ({"countries": {"deny": ["FI"]}}, {"country": "FI"}, "country FI is denied"),
    ],
)
def test_a_route_that_cannot_serve_says_why(
    fields: dict[str, Any], order: dict[str, Any], reason: str
) -> None:
    route = routes({"gateway": "stripe"} | fields)
    method = PaymentMethod(order["method"]) if "method" in order else None
    routing = routed(routing_input(country=order.get("country"), method=method), route, OFFERS)

    assert routing.candidates == ()
    assert [one.why for one in routing.left_out] == [reason]


def test_a_country_nobody_named_is_not_denied() -> None:
    route = routes({"gateway": "stripe", "countries": {"deny": ["FI"]}})
    assert names(routed(routing_input(), route, OFFERS)) == ["stripe"]


def test_a_gateway_that_fell_silent_is_left_out_and_says_so() -> None:
    silent = OFFERS | {"adyen": Offer(CARDS, is_healthy=False)}
    routing = routed(routing_input(), routes(CHEAP_SMALL, CHEAP_LARGE), silent)

    assert names(routing) == ["stripe"]
    assert why(routing, "adyen") == [UNHEALTHY]


def test_an_account_is_tried_once_by_its_better_route() -> None:
    dear = {"gateway": "stripe", "methods": ["pay_later"], "cost": {"permille": 50}}
    routing = routed(routing_input(), routes(dear, CHEAP_SMALL), OFFERS)

    assert [one.cost_minor for one in routing.candidates] == [305]
    assert why(routing, "stripe") == ["a better route leads to the same account"]


def test_without_a_document_the_accounts_stand_in_their_order() -> None:
    routing = routed(
        routing_input(), default_routes("klarna/fi, stripe/main,standard/x").routes, OFFERS
    )

    assert [candidate.where for candidate in routing.candidates] == [
        ("klarna", "fi"),
        ("stripe", "main"),
    ]
    assert why(routing, "standard") == ["standard opens no pages"]


def test_a_document_with_errors_says_all_of_them_at_once() -> None:
    fields: list[dict[str, Any]] = [
        {"gateway": "standard"},
        {"gateway": "klarna", "methods": ["card"]},
        {"gateway": "stripe", "countries": {"allow": ["FI", "SE"], "deny": ["SE"]}},
        {"gateway": "stripe"},
        {"gateway": "stripe"},
    ]
    with pytest.raises(RoutesRefused) as refused:
        routes(*fields)

    assert refused.value.wrong == [
        "routes.0.gateway: standard opens no pages; these do: adyen, klarna, stripe",
        "routes.1.methods: klarna doesn't offer card",
        "routes.2.countries: SE is both allowed and denied",
        "routes.4: says the same as routes.3",
    ]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"routes": []}, "routes"),
        ({}, "routes"),
        ({"routes": [{"gateway": "Stripe"}]}, "routes.0.gateway"),
        ({"routes": [{"gateway": "stripe", "account": "a/b"}]}, "routes.0.account"),
        ({"routes": [{"gateway": "stripe", "methods": ["cash"]}]}, "routes.0.methods.0"),
        ({"routes": [{"gateway": "stripe", "currencies": ["eur"]}]}, "routes.0.currencies.0"),
        ({"routes": [{"gateway": "stripe", "cost": {"permille": 1.4}}]}, "routes.0.cost.permille"),
        ({"routes": [{"gateway": "stripe", "cost": {"permille": "-1"}}]}, "routes.0.cost.permille"),
        ({"routes": [{"gateway": "stripe", "cost": {"permille": True}}]}, "routes.0.cost.permille"),
        (
            {"routes": [{"gateway": "stripe", "cost": {"fixed_minor": {"EUR": 0.3}}}]},
            "routes.0.cost.fixed_minor.EUR",
        ),
        ({"routes": [{"gateway": "stripe", "weight": 3}]}, "routes.0.weight"),
        ({"routes": [{"gateway": "stripe"}], "rules": []}, "rules"),
    ],
)
def test_a_malformed_document_names_where(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(RoutesRefused) as refused:
        read_routes(fields, OFFERED, 1, NOW)

    assert [one.partition(":")[0] for one in refused.value.wrong] == [where]


def test_a_share_may_have_decimals_when_it_is_quoted() -> None:
    (route,) = routes({"gateway": "stripe", "cost": {"permille": "14.5"}})

    assert route.cost is not None
    assert route.cost.permille == Decimal("14.5")
    assert cost_minor(route, Money(amount_minor=100_00, currency="EUR")) == 145


def test_saved_routes_read_back_as_they_were() -> None:
    saved = read_routes({"routes": [CHEAP_SMALL, CHEAP_LARGE]}, OFFERED, 4, NOW)
    assert Routes.model_validate_json(saved.model_dump_json()) == saved


COSTS = st.builds(
    lambda permille, fixed: {"permille": permille, "fixed_minor": {"EUR": fixed}},
    st.integers(0, 60),
    st.integers(0, 100),
)


@given(
    st.lists(st.tuples(COSTS, st.integers(-2, 2)), min_size=1, max_size=6), st.integers(1, 10**6)
)
def test_no_route_left_behind_would_have_been_cheaper(
    drawn: list[tuple[dict[str, Any], int]], amount_minor: int
) -> None:
    made = tuple(
        Route.model_validate(
            {"gateway": "stripe", "account": f"a{n}", "cost": cost, "priority": priority}
        )
        for n, (cost, priority) in enumerate(drawn)
    )
    routing = routed(routing_input(amount_minor), made, OFFERS)
    ranked = [made[int(candidate.account[1:])] for candidate in routing.candidates]

    assert len(ranked) == len(made)
    for first, second in pairwise(ranked):
        assert first.priority >= second.priority
        if first.priority == second.priority:
            money = routing_input(amount_minor).amount
            assert (cost_minor(first, money) or 0) <= (cost_minor(second, money) or 0)
