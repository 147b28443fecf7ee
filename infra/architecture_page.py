"""Writes the picture and the table in docs/architecture.md: the rooms, and which uses which.

Drawn from the imports themselves, so that they can't be told otherwise. Run
`python -m infra.architecture_page`; a test fails while the page isn't current.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
KASSA = ROOT / "layers" / "common" / "kassa"
EVERYWHERE = ("core", "platform")  # used by all rooms: no arrows are drawn to them
BEGIN, END = "<!-- rooms -->", "<!-- /rooms -->"


def floors() -> list[list[str]]:
    """Return the rooms, the highest floor first, as the contract in pyproject.toml has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [one for one in settings["contracts"] if one["name"] == "rooms stand in floors"]
    rooms = [floor.split(" | ") for floor in contract["layers"]]
    return [kept for floor in rooms if (kept := [one for one in floor if (KASSA / one).is_dir()])]


def uses() -> dict[str, set[str]]:
    """Return which rooms each room imports from."""
    graph = grimp.build_graph("kassa", cache_dir=None)
    found: dict[str, set[str]] = {room: set() for floor in floors() for room in floor}
    pairs = (
        (_room(module), _room(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    )
    for own, other in pairs:
        if own in found and other in found and own != other:
            found[own].add(other)
    return found


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def arrows() -> Iterator[tuple[str, str]]:
    """Yield what is drawn: an arrow that a longer way says too is left out."""
    known = {
        room: {one for one in used if one not in EVERYWHERE}
        for room, used in uses().items()
        if room not in EVERYWHERE
    }
    for room, other in ((room, other) for room, used in known.items() for other in sorted(used)):
        between = known[room] - {other}
        if not any(other in _reached(known, one) for one in between):
            yield room, other


def _reached(known: dict[str, set[str]], room: str) -> set[str]:
    """Return all rooms that a room uses, directly or not."""
    return known[room] | {far for near in known[room] for far in _reached(known, near)}


def picture() -> str:
    """Return the rooms and arrows as Mermaid draws them."""
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"  {room} --> {other}" for room, other in arrows()]
    return "\n".join([*lines, "```"])


def table() -> str:
    """Return what each room is for, how large it is, and what it uses."""
    known = uses()
    lines = ["| floor | room | what it is for | modules | uses |", "|---|---|---|---|---|"]
    for height, floor in zip(range(len(floors()), 0, -1), floors(), strict=True):
        for room in floor:
            text = (KASSA / room / "__init__.py").read_text().strip().strip('"')
            modules = len([one for one in (KASSA / room).rglob("*.py") if one.stem != "__init__"])
            named = ", ".join(sorted(known[room])) or "-"
            link = f"[{room}](../layers/common/kassa/{room})"
            lines.append(f"| {height} | {link} | {text} | {modules} | {named} |")
    return "\n".join(lines)


def written(page: str) -> str:
    """Return the page with its rooms as they are now."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{picture()}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
