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


def test_every_name_is_a_word_of_the_field() -> None:
    found = {name_of(path): private(path) for path in [*MEASURED, *SHARED]}
    assert {file: names for file, names in found.items() if names} == {}
