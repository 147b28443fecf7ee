"""XML without empty elements: the only module of this package that knows lxml.

An element with nothing in it is `None`, and `None` among children is left out, so a writer names
every term of a standard and what a draft doesn't say isn't written.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from lxml import etree


class Node(NamedTuple):
    """An element, not yet lxml's: moving one of lxml's into another costs more than making it."""

    name: str  # with its prefix
    attributes: Mapping[str, str | None]
    children: tuple["Child", ...]
    namespaces: Mapping[str | None, str]


Value = str | Decimal | int | date
Child = Node | Value | None


class Markup:
    """Writes elements under the prefixes of one vocabulary: markup("cbc:ID", "1", schemeID="…")."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = {prefix or None: space for prefix, space in namespaces.items()}

    def __call__(self, name: str, *children: Child, **attributes: str | None) -> Node | None:
        """Return an element of its children in order, or None where none of them says anything."""
        if None in children or "" in children:
            children = tuple([child for child in children if child is not None and child != ""])
        return Node(name, attributes, children, self._namespaces) if children else None

    def root(self, name: str, *children: Child, **attributes: str | None) -> Node:
        """Return an element, even an empty one."""
        return Node(name, attributes, children, self._namespaces)


def written(value: Value) -> str:
    """Return a text, a number without exponent or idle zeros, or a date, as XML Schema has them."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return str(value)


def to_bytes(root: Node, encoding: str = "UTF-8") -> bytes:
    """Return a document's bytes; the same elements give the same ones."""
    tags = _Tags(root.namespaces)
    made = etree.Element(tags[root.name], nsmap=dict(root.namespaces))
    _fill(made, root, tags)
    etree.indent(made, space="  ")
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode("ascii")
    body: bytes = etree.tostring(made, encoding=encoding, xml_declaration=False)
    return head + body + b"\n"


class _Tags(dict[str, str]):
    """Names with prefixes, and what lxml calls them: each is worked out once."""

    def __init__(self, namespaces: Mapping[str | None, str]) -> None:
        super().__init__()
        self._namespaces = namespaces

    def __missing__(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        space = self._namespaces.get(prefix or None)
        tag = self[name] = f"{{{space}}}{local}" if space else local
        return tag


def _fill(made: Any, node: Node, tags: _Tags) -> None:
    """Give an element of lxml what its node says, from the top down."""
    for key, value in node.attributes.items():
        if value is not None:
            made.set(key, value)
    for child in node.children:
        if isinstance(child, Node):
            _fill(etree.SubElement(made, tags[child.name]), child, tags)
        elif child is not None:
            made.text = written(child)
