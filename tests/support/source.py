"""Our source files as the rules of the house read them: where they stand and what they import."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
KASSA = ROOT / "layers" / "common" / "kassa"
OURS = sorted([*KASSA.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
ROOMS = [ROOT / "cli", ROOT / "infra"]
MEASURED = sorted(
    [*OURS, *(ROOT / "layers").glob("*.py"), *(p for room in ROOMS for p in room.rglob("*.py"))]
)


def name_of(path: Path) -> str:
    """Return a file's path in the repository."""
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """Return every module a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def key_charts() -> list[str]:
    """Return the chart of each file of keys: the docstring of every `keys.py` of the layer."""
    return [ast.get_docstring(tree(path)) or "" for path in sorted(KASSA.rglob("keys.py"))]
