"""Every gateway that the tests know, and where its fake, its scene, its amounts and its page stand.

Those of the registry, and the seventh, whose line is added here: so it gets whatever the others
get. What a gateway of `kassa.gateways` has outside its package stands in the folders of its kind;
what a gateway of another package has stands beside that package.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from kassa.gateways import registry
from kassa.gateways.registry import Ability, Gateway
from tests.support.gateway_scenes.scene import Scene
from tests.support.gateway_seven.registration import SEVEN

ROOT = Path(__file__).parents[2]
EVERY_GATEWAY: Mapping[str, Gateway] = {**registry.GATEWAYS, "seven": SEVEN}
CALLED = [name for name, known in EVERY_GATEWAY.items() if known.can]
OPENING = [name for name in CALLED if Ability.OPEN_CHECKOUT in EVERY_GATEWAY[name].can]
REFUNDING = [name for name in CALLED if Ability.REFUND in EVERY_GATEWAY[name].can]


def package(gateway: str) -> str:
    """Return the package of a gateway's modules."""
    return EVERY_GATEWAY[gateway].package or f"kassa.gateways.{gateway}"


def folder(gateway: str) -> Path:
    """Return the folder of a gateway's modules."""
    (path,) = import_module(package(gateway)).__path__
    return Path(path)


def scene_class(gateway: str) -> type[Scene]:
    """Return a gateway's scene."""
    scene: type[Scene] = _beside(gateway, "tests.support.gateway_scenes.{}", "scene").SCENE
    return scene


def fake(gateway: str) -> ModuleType:
    """Return the module of a gateway's fake."""
    return _beside(gateway, "infra.fake_gateways.{}.model", "fake")


def units(gateway: str) -> ModuleType:
    """Return how a gateway's amounts are written and read: `gateway_units/reading.py`."""
    return _beside(gateway, "tests.support.gateway_units.{}", "units")


def page(gateway: str) -> Path:
    """Return a gateway's page."""
    if EVERY_GATEWAY[gateway].package is None:
        return ROOT / "docs" / "gateways" / f"{gateway}.md"
    return folder(gateway).parent / f"{gateway}.md"


def _beside(gateway: str, role: str, name: str) -> ModuleType:
    other = EVERY_GATEWAY[gateway].package
    if other is None:
        return import_module(role.format(gateway))
    return import_module(f"{other.rpartition('.')[0]}.{name}")
