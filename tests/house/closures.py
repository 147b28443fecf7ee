"""Writes closures.json: the modules of ours that each handler loads, and about how many lines.

A new import on a handler's way is a visible difference there. The console loads a screen when it
is asked for, so each of them stands there too, with all that stands before it. `python -m
tests.house.closures` writes it; a test fails while it isn't current.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import grimp

from kassa.console.screens.registry import SCREENS

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "common"
CLOSURES = Path(__file__).with_name("closures.json")
ROUNDED_TO = 500  # lines; else every change of any module would show here


@cache
def closures() -> dict[str, dict[str, Any]]:
    """Return, by function, the modules it loads beside itself and how many lines they have."""
    graph = grimp.build_graph("kassa", "functions", cache_dir=None)
    handlers = sorted(one for one in graph.modules if one.endswith(".app"))
    found = {one.split(".")[1]: graph.find_upstream_modules(one) for one in handlers}
    console = found["serve_console"]
    for screen, modules in SCREENS.items():
        named = {f"kassa.console.screens.{one}" for one in modules}
        loaded = named.union(*(graph.find_upstream_modules(one) for one in named))
        found[f"serve_console/{screen}"] = console | loaded
    return {function: _closure(modules) for function, modules in found.items()}


def _closure(found: set[str]) -> dict[str, Any]:
    files = {one: file_of(one) for one in sorted(found) if file_of(one).exists()}
    lines = sum(len(path.read_text().splitlines()) for path in files.values())
    return {"modules": list(files), "lines": -(-lines // ROUNDED_TO) * ROUNDED_TO}


def file_of(module: str) -> Path:
    """Return where a module of ours stands."""
    return LAYER / f"{module.replace('.', '/')}.py"


def as_text(known: dict[str, dict[str, Any]]) -> str:
    """Return closures as they stand in their file."""
    return json.dumps(known, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    CLOSURES.write_text(as_text(closures()))
