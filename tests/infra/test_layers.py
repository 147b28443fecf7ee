"""A built layer is led to instead of unpacked, and stays as long as a stack runs on it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.local import layers

FIND = "import site, sys; site.addsitedir(sys.argv[1]); import told; print(told.__file__)"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a built layer of one module."""
    folder = tmp_path / "cache" / "CommonLayer-1234"
    (folder / "python").mkdir(parents=True)
    (folder / "python" / "told.py").write_text("")
    return folder


def test_python_finds_a_layers_modules_where_they_were_built(built: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(layers.link(built)) as archive:
        archive.extractall(tmp_path / "worker")
        assert len(archive.namelist()) == 1
    (places,) = (tmp_path / "worker").glob("python/lib/*/site-packages")

    found = subprocess.run(
        [sys.executable, "-c", FIND, str(places)], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == str(built / "python" / "told.py")


def test_a_layer_that_a_stack_runs_on_stays_when_another_is_built(built: Path) -> None:
    package = layers.link(built)

    with layers.in_use([package]):
        layers.discard(built)
        assert (built.exists(), package.exists()) == (True, True)
    layers.discard(built)
    assert (built.exists(), package.exists()) == (False, False)
