"""What is installed is pinned, hashed, and the same in tests as in a merchant's account."""

import re
from pathlib import Path

import pytest

from tests.support.template import ROOT

LOCKED = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("layers/*/requirements.txt")])
LAYERS = sorted(ROOT.glob("layers/*/requirements.txt"))


def pins(locked: Path) -> dict[str, str]:
    """Return the version of every package in a locked file."""
    return dict(re.findall(r"^([a-z0-9.\[\]-]+)==(\S+)", locked.read_text(), re.MULTILINE))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_requirement_is_locked() -> None:
    sources = [*ROOT.glob("requirements/*.in"), *ROOT.glob("layers/*/requirements.in")]

    assert {source.with_suffix(".txt") for source in sources} == set(LOCKED)


@pytest.mark.parametrize("locked", LOCKED, ids=relative)
def test_every_pin_has_hashes_and_none_has_an_address(locked: Path) -> None:
    entries = re.split(r"^(?=[a-z])", locked.read_text(), flags=re.MULTILINE)[1:]

    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in locked.read_text()


@pytest.mark.parametrize("locked", LAYERS, ids=relative)
def test_layers_ship_the_versions_that_are_tested(locked: Path) -> None:
    tested = pins(ROOT / "requirements/dev.txt")

    assert {
        name: version for name, version in pins(locked).items() if tested.get(name) != version
    } == {}


@pytest.mark.parametrize("source", [path.with_suffix(".in") for path in LOCKED], ids=relative)
def test_a_lock_is_not_older_than_its_source(source: Path) -> None:
    required = re.findall(
        r"^([A-Za-z][A-Za-z0-9-]*)(?:\[[^]]*\])?(==[\w.]+\w$)?", source.read_text(), re.MULTILINE
    )
    found = pins(source.with_suffix(".txt"))

    for name, version in required:
        key = name.lower()
        assert key in found
        assert not version or found[key] == version.removeprefix("==")
