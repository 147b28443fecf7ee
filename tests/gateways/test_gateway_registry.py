"""What the table of gateways promises is there: modules, functions, methods and a page each."""

import inspect
from importlib import import_module

import pytest

from kassa.core.errors import UnknownGateway
from kassa.gateways import registry
from kassa.gateways.checkouts import PaymentMethod
from kassa.gateways.ports import Calls
from kassa.gateways.registry import GATEWAYS, Ability
from kassa.gateways.webhooks.parts import SignatureScheme
from tests.support.template import ROOT

ASKED = [name for name, known in GATEWAYS.items() if known.can]


@pytest.mark.parametrize("gateway", ASKED)
def test_a_gateway_has_what_it_says_it_can_and_nothing_else(gateway: str) -> None:
    calls = registry.module(gateway, "gateway")
    has = {ability.value for ability in Ability if hasattr(calls, ability.value)}

    assert has == {ability.value for ability in GATEWAYS[gateway].can}


def test_a_gateway_that_can_only_tell_has_no_calls() -> None:
    for gateway in GATEWAYS.keys() - set(ASKED):
        with pytest.raises(ModuleNotFoundError):
            registry.module(gateway, "gateway")


@pytest.mark.parametrize("gateway", ASKED)
def test_a_gateways_functions_are_called_as_the_protocol_says(gateway: str) -> None:
    calls = registry.module(gateway, "gateway")

    for ability in GATEWAYS[gateway].can:
        wanted = list(inspect.signature(getattr(Calls, ability)).parameters)[1:]
        assert list(inspect.signature(getattr(calls, ability)).parameters) == wanted, ability


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_has_a_signature_and_a_reader(gateway: str) -> None:
    reader = registry.module(gateway, "events")
    confirms = Ability.CONFIRM in GATEWAYS[gateway].can

    assert isinstance(registry.module(gateway, "webhook").SCHEME, SignatureScheme)
    assert list(inspect.signature(reader.read).parameters) == ["raw", "delivery"]
    assert hasattr(reader, "confirmed") is confirms


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_payment_methods_are_those_of_orders(gateway: str) -> None:
    assert set(GATEWAYS[gateway].methods) <= {method.value for method in PaymentMethod}
    assert bool(GATEWAYS[gateway].methods) == (Ability.OPEN_CHECKOUT in GATEWAYS[gateway].can)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_has_a_page_and_a_fake(gateway: str) -> None:
    assert (ROOT / f"docs/gateways/{gateway}.md").is_file()
    assert import_module(f"infra.fake_gateways.{gateway}.__main__").main
    assert import_module(f"tests.support.gateway_scenes.{gateway}").SCENE.gateway == gateway


def test_every_payment_method_is_taken_somewhere() -> None:
    taken = {method for known in GATEWAYS.values() for method in known.methods}
    assert taken == {method.value for method in PaymentMethod}


def test_a_name_that_is_no_gateway_leads_to_no_module() -> None:
    for name in ("", "stripes", "..", "stripe.calls", "Stripe"):
        with pytest.raises(UnknownGateway):
            registry.module(name, "gateway")
