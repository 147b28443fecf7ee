"""Names are words of the field: what some call otherwise has one name here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.source import MEASURED, ROOT, name_of, tree

SHARED = sorted((ROOT / "tests" / "support").rglob("*.py"))
INSTEAD = {
    "courier": "webhook delivery",
    "desk": "review, or what stands there",
    "hear": "receive",
    "heard": "received, applied",
    "hears": "receives",
    "hint": "unverified notification",
    "hints": "unverified notifications",
    "life": "lifecycle, status",
    "rung": "enqueued",
    "said": "fields, content, params, comment",
    "told": "published, sent",
    "twin": "fake gateway",
    "twins": "fake gateways",
    "wanted": "requested amount, filters, keys",
    "wish": "request body",
    "wishes": "request bodies",
}
OF_OTHERS = {"param_hint"}  # Typer's own
# Rooms in which such names are left; the list may only shrink.
LEFT = (
    "cli/failures",
    "cli/partners",
    "cli/webhooks",
    "layers/common/kassa/deliveries",
    "layers/common/kassa/messages",
    "layers/common/kassa/partners",
    "tests/support/partner_two",
    "tests/support/told_facts.py",
    "tests/support/webhook_world.py",
)


def names(path: Path) -> Iterator[str]:
    """Yield every name that a file gives or uses."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
    yield path.stem


def words_of(name: str) -> list[str]:
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_")


def private(path: Path) -> dict[str, str]:
    """Return a file's names that are made of a word of nobody's, and what to say instead."""
    pairs = ((name, word) for name in set(names(path)) - OF_OTHERS for word in words_of(name))
    return {name: INSTEAD[word] for name, word in pairs if word in INSTEAD}


def room(file: str) -> str | None:
    return next((one for one in LEFT if Path(file).is_relative_to(one)), None)


def test_every_name_is_a_word_of_the_field() -> None:
    found = {name_of(path): private(path) for path in [*MEASURED, *SHARED]}
    elsewhere = {file: names for file, names in found.items() if names and room(file) is None}
    assert elsewhere == {}


def test_a_room_is_left_out_only_while_it_has_such_names() -> None:
    files = [name_of(path) for path in [*MEASURED, *SHARED] if private(path)]
    assert {room(file) for file in files} - {None} == set(LEFT)
