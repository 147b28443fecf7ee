"""Writes closures.json: the modules of ours that each handler loads, and about how many lines.

A new import on a handler's way is a visible difference there. `python -m tests.house.closures`
writes it; a test fails while it isn't current.
"""

import json
import sys
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "common"
CLOSURES = Path(__file__).with_name("closures.json")
ROUNDED_TO = 500  # lines; else every change of any module would show here

if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))


def closures() -> dict[str, dict[str, Any]]:
    """Return, by function, the modules it loads beside itself and how many lines they have."""
    graph = grimp.build_graph("kassa", "functions", cache_dir=None)
    handlers = sorted(one for one in graph.modules if one.endswith(".app"))
    return {
        handler.split(".")[1]: _closure(graph.find_upstream_modules(handler))
        for handler in handlers
    }


def _closure(found: set[str]) -> dict[str, Any]:
    files = {one: _file(one) for one in sorted(found) if _file(one).exists()}
    lines = sum(len(path.read_text().splitlines()) for path in files.values())
    return {"modules": list(files), "lines": -(-lines // ROUNDED_TO) * ROUNDED_TO}


def _file(module: str) -> Path:
    return LAYER / f"{module.replace('.', '/')}.py"


def as_text(known: dict[str, dict[str, Any]]) -> str:
    """Return closures as they stand in their file."""
    return json.dumps(known, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    CLOSURES.write_text(as_text(closures()))
