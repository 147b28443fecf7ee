"""What the demo sets up before it begins: ports, secrets, routes, orders that Kassa would take."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.demo import every_gateway
from infra.demo.demo import SCENARIOS
from infra.demo.scenario import Order as Planned
from infra.demo.setup import EXAMPLE
from infra.local import emulator
from infra.local.accounts import CLOSED, new_setups
from infra.local.errors import DemoError
from infra.local.place import Place, Player
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import read_routes
from kassa.checkout.routing.routing import Offer, RoutingInput, routed
from kassa.gateways import registry
from kassa.orders.sent_order import SentOrder
from kassa.platform.secrets import ApiAccess

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUTES = read_routes(every_gateway.ROUTES, offered(), 1, NOW).routes
OFFERS = {name: Offer(frozenset(methods)) for name, methods in offered().items()}
SENT = [order for order in every_gateway.ORDERS if order.method is not None]


def test_every_gateway_has_a_port_of_its_own_and_one_gateway_has_one() -> None:
    ports = Place(gateway_port=9000, gateway=Player.ALL).gateway_ports

    assert set(ports) == set(registry.GATEWAYS)
    assert sorted(ports.values()) == list(range(9000, 9000 + len(ports)))
    assert Place(gateway_port=9000).gateway_ports == {"stripe": 9000}


def test_a_port_that_is_taken_is_refused_with_what_to_do(taken_port: int) -> None:
    with pytest.raises(DemoError, match=f"port {taken_port} is taken: .*--gateway-port PORT"):
        emulator.refuse_taken_port(taken_port, "--gateway-port")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Listen somewhere; return the port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_every_account_gets_secrets_of_its_own_that_kassa_can_read() -> None:
    first, second = (new_setups("https://kassa.test/webhooks/klarna/main", "store") for _ in "ab")

    assert set(first) == set(registry.GATEWAYS)
    assert all(first[name].signing_secret != second[name].signing_secret for name in first)
    for setup in first.values():
        assert ApiAccess.model_validate({"merchant_id": "main"} | setup.both | setup.api)


@pytest.mark.parametrize("order", SENT, ids=lambda order: order.order_id)
def test_kassa_would_take_an_order_and_route_it_where_the_scenario_says(
    order: Planned,
) -> None:
    sent = SentOrder.model_validate(order.request_body)
    routing_input = RoutingInput(sent.amount, sent.method, sent.country)
    found = [one.where for one in routed(routing_input, ROUTES, OFFERS).candidates]

    if order.refused_by:
        assert found[0] == (order.refused_by, CLOSED)
        assert found[1] == (order.gateway, "main")
    else:
        assert found[0] == (order.gateway, "main")


def test_the_mapping_of_the_docs_is_there_to_be_saved() -> None:
    assert EXAMPLE.exists()


@pytest.mark.parametrize("player", Player)
def test_whoever_plays_has_a_scenario_at_the_gateways_that_are_played(player: Player) -> None:
    scenario = SCENARIOS[player]
    assert set(scenario.gateways) == set(Place(gateway=player).gateway_urls)
    assert {order.gateway for order in scenario.orders} == set(scenario.terms)
