"""What the table of gateways promises is there: files, functions, methods, a fake, a page each."""

import inspect
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from cli.gateways.fields import fields_of
from infra.demo.terms import TERMS
from infra.gateway_pages import SECTIONS, sections_of, written
from kassa.core.errors import UnknownGateway
from kassa.gateways import registry
from kassa.gateways.ports import Calls
from kassa.gateways.registry import Ability
from kassa.gateways.submissions import PaymentMethod
from kassa.gateways.webhooks.parts import SignatureScheme, signature_scheme
from tests.support import every_gateway
from tests.support.every_gateway import CALLED, EVERY_GATEWAY, REFUNDING
from tests.support.gateway_files import EXTRAS, FILES, expected, file_of
from tests.support.template import ROOT

KASSA = "layers/common/kassa/gateways"
GUIDE = ROOT / "docs" / "adding-a-gateway.md"
OURS = [name for name, known in EVERY_GATEWAY.items() if known.package is None]


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_package_has_the_files_of_its_abilities_and_no_others(gateway: str) -> None:
    assert _modules(every_gateway.folder(gateway)) == expected(gateway)


def test_every_package_stands_in_the_registry() -> None:
    packages = {path.parent.name for path in (ROOT / KASSA).glob("*/events.py")}
    assert packages == {*OURS, *registry.BY_HAND}


def test_what_one_gateway_has_besides_is_none_of_the_common_files_and_says_why() -> None:
    common = {one.name for one in FILES}
    assert set(EXTRAS) <= set(OURS)
    for extras in EXTRAS.values():
        assert not common & set(extras)
        assert all(extras.values())


@pytest.mark.parametrize("gateway", CALLED)
def test_a_gateway_has_what_it_says_it_can_and_nothing_else(gateway: str) -> None:
    calls = registry.module(gateway, "gateway")
    can = {ability.value for ability in EVERY_GATEWAY[gateway].can}

    assert {ability.value for ability in Ability if hasattr(calls, ability.value)} == can
    assert set(calls.__all__) == can


@pytest.mark.parametrize("gateway", CALLED)
def test_an_ability_stands_in_the_file_of_its_name(gateway: str) -> None:
    calls = registry.module(gateway, "gateway")
    for ability in EVERY_GATEWAY[gateway].can:
        stands_in = getattr(calls, ability).__module__
        assert stands_in == f"{registry.package(gateway)}.{file_of(ability)}", ability


def test_every_ability_has_a_file() -> None:
    assert {file_of(ability) for ability in Ability} <= {one.name for one in FILES}


@pytest.mark.parametrize("gateway", CALLED)
def test_a_gateways_functions_are_called_as_the_protocol_says(gateway: str) -> None:
    calls = registry.module(gateway, "gateway")

    for ability in EVERY_GATEWAY[gateway].can:
        expected = list(inspect.signature(getattr(Calls, ability)).parameters)[1:]
        assert list(inspect.signature(getattr(calls, ability)).parameters) == expected, ability


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_gateway_has_a_signature_and_a_reader(gateway: str) -> None:
    reader = registry.module(gateway, "events")
    confirms = Ability.CONFIRM in EVERY_GATEWAY[gateway].can

    assert isinstance(registry.module(gateway, "webhook").SCHEME, SignatureScheme)
    assert list(inspect.signature(reader.read).parameters) == ["raw", "delivery"]
    assert hasattr(reader, "confirmed") is confirms


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_payment_methods_are_those_of_orders(gateway: str) -> None:
    known = EVERY_GATEWAY[gateway]
    assert set(known.methods) <= {method.value for method in PaymentMethod}
    assert bool(known.methods) == (Ability.OPEN_CHECKOUT in known.can)


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_gateway_has_a_fake_and_a_scene_that_plays_it(gateway: str) -> None:
    scene = every_gateway.scene_class(gateway)(lambda: 0.0, 1)

    assert scene.gateway == gateway
    assert inspect.getmodule(type(scene.fake)) is every_gateway.fake(gateway)  # type: ignore[attr-defined]


@pytest.mark.parametrize("gateway", OURS)
def test_a_gateways_fake_can_be_served(gateway: str) -> None:
    assert import_module(f"infra.fake_gateways.{gateway}.__main__").main


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_gateways_amounts_are_written_and_read(gateway: str) -> None:
    units = every_gateway.units(gateway)

    assert {"charge", "refund"} <= set(units.READ)
    assert all(hasattr(units, name) == (gateway in REFUNDING) for name in ("page", "refund"))


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_gateways_page_has_its_tables_as_they_are(gateway: str) -> None:
    page = every_gateway.page(gateway).read_text()

    assert sections_of(gateway) == list(SECTIONS)
    assert written(gateway, page, SECTIONS) == page


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_gateways_account_can_be_connected(gateway: str) -> None:
    fields = fields_of(gateway)

    assert fields.signing.name == "signing_secret"
    assert ("api_key" in {field.name for field in fields.api}) == (gateway in CALLED)


def test_the_contract_that_gateways_dont_know_each_other_names_them_all() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (apart,) = (one for one in contracts["contracts"] if "gateways don't" in one["name"])
    named = {registry.package(gateway) for gateway in (*OURS, *registry.BY_HAND)}
    assert set(apart["modules"]) == named


def test_the_demo_has_terms_with_every_gateway() -> None:
    assert set(TERMS) == set(OURS)


@pytest.mark.parametrize("name", [one.name for one in FILES])
def test_the_guide_names_every_file(name: str) -> None:
    assert f"`{name}.py`" in GUIDE.read_text()


def test_every_payment_method_is_taken_somewhere() -> None:
    taken = {method for gateway in OURS for method in EVERY_GATEWAY[gateway].methods}
    assert taken == {method.value for method in PaymentMethod}


@pytest.mark.parametrize("gateway", registry.BY_HAND)
def test_what_people_enter_has_a_reader_and_neither_webhook_nor_calls(gateway: str) -> None:
    modules = _modules(ROOT / KASSA / gateway)

    assert modules == {"entries", "events", "event_types", "declines"}
    assert not registry.gateway(gateway).can
    assert not set(registry.BY_HAND) & set(registry.GATEWAYS)
    with pytest.raises(UnknownGateway):
        signature_scheme(gateway)


@pytest.mark.parametrize("gateway", registry.BY_HAND)
def test_the_page_of_what_people_enter_has_its_tables_as_they_are(gateway: str) -> None:
    page = (ROOT / "docs" / "gateways" / f"{gateway}.md").read_text()
    assert written(gateway, page, SECTIONS) == page


def test_a_name_that_is_no_gateway_leads_to_no_module() -> None:
    for name in ("", "stripes", "..", "stripe.calls", "Stripe"):
        with pytest.raises(UnknownGateway):
            registry.module(name, "gateway")


def _modules(folder: Path) -> set[str]:
    """Return the names of a package's modules, and of packages inside it."""
    inner = {path.parent.name for path in folder.glob("*/__init__.py")}
    return inner | {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_the_seventh_gateway_is_named_by_its_line_alone() -> None:
    folders = ("layers/common/kassa", "functions", "cli", "infra", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    naming = {path.name for path in files if _names_the_seventh(path)}

    assert naming == {"every_gateway.py", Path(__file__).name}


def _names_the_seventh(path: Path) -> bool:
    is_its_own = "gateway_seven" in path.parts
    return not is_its_own and bool(re.search(r"gateway_seven|[\"']seven[\"']", path.read_text()))
