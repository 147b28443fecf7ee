"""Each handler needs nothing but its layers: the emulator's own packages would hide a gap."""

import sys
from pathlib import Path

import pytest

from infra.drills.import_check import import_one
from infra.local import package
from infra.local.layers import LAYERS, ROOT
from infra.local.place import Place
from tests.support.template import resources, template

FUNCTIONS = sorted(resources("Serverless::Function"))


@pytest.fixture(scope="module")
def built() -> dict[str, Path]:
    """Build the layers as `kassa up` does; return each one's folder by its logical id."""
    zips = package.build_layers(Place().cache, print)
    return {LAYERS[uri]: zipped.with_suffix("") for uri, zipped in zips.items()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_imports_with_nothing_but_its_layers(name: str, built: dict[str, Path]) -> None:
    function = resources("Serverless::Function")[name]
    common = template()["Globals"]["Function"]["Layers"]
    layers = [each["Ref"] for each in [*common, *function.get("Layers", [])]]
    path = [ROOT / function["CodeUri"], *(built[layer] / "python" for layer in layers)]
    import_one(sys.executable, name, path)
