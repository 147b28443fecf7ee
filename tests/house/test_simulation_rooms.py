"""The simulation's engine serves any world because it knows none."""

import ast
from pathlib import Path

import pytest

SIMULATION = Path(__file__).parents[1] / "simulation"
ENGINE_LINES_MAX = 250  # of code: without blank lines, comments and docstrings
ROOMS = {  # what each may import of the tests and of ours
    "engine": ("tests.simulation.engine", "tests.simulation.aws.errors"),
    "dynamodb": ("tests.simulation.dynamodb", "tests.simulation.aws.errors"),
    "aws": (
        *("tests.simulation.aws", "tests.simulation.engine", "tests.simulation.dynamodb.requests"),
        *("kassa.platform", "kassa.core"),
    ),
    "example": (
        *("tests.simulation.example", "tests.simulation.engine", "tests.simulation.aws"),
        *("tests.simulation.dynamodb", "kassa.platform"),
    ),
}


def imported(path: Path) -> set[str]:
    """Return every module of ours that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = ("tests.", "kassa.", "infra.", "cli.", "functions.", "bench.")
    return {name for name in found if name.startswith(ours)}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_simulation_imports_no_world(room: str) -> None:
    for path in (SIMULATION / room).glob("*.py"):
        if not path.name.startswith("test_"):
            strange = {name for name in imported(path) if not name.startswith(ROOMS[room])}
            assert not strange, path.name


def test_the_engine_stays_small() -> None:
    assert sum(map(lines_of_code, (SIMULATION / "engine").glob("*.py"))) <= ENGINE_LINES_MAX


def lines_of_code(path: Path) -> int:
    """Count lines that are neither blank, nor a comment, nor of a docstring."""
    text = path.read_text()
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            docstrings |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    numbered = enumerate(map(str.strip, text.splitlines()), 1)
    return sum(bool(line) and line[0] != "#" and at not in docstrings for at, line in numbered)
