"""Each handler needs nothing but its layers: the emulator's own packages would hide a gap."""

import sys
from pathlib import Path

import pytest

from infra.drills.import_check import by_layers, import_all
from infra.local import package
from infra.local.layers import LAYERS, ROOT
from infra.local.place import Place
from tests.support.template import resources, template

FUNCTIONS = resources("Serverless::Function")
COMMON = template()["Globals"]["Function"]["Layers"]
BY_LAYERS = by_layers(FUNCTIONS, COMMON)


@pytest.fixture(scope="module")
def built() -> dict[str, Path]:
    """Build the layers as `kassa up` does; return each one's folder by its logical id."""
    zips = package.build_layers(Place().cache, print)
    return {LAYERS[uri]: zipped.with_suffix("") for uri, zipped in zips.items()}


@pytest.mark.parametrize("layers", BY_LAYERS, ids=",".join)
def test_handlers_import_with_nothing_but_their_layers(
    layers: tuple[str, ...], built: dict[str, Path]
) -> None:
    codes = [ROOT / FUNCTIONS[name]["CodeUri"] for name in BY_LAYERS[layers]]
    import_all(sys.executable, codes, [built[layer] / "python" for layer in layers])
