"""XML without empty elements: the only module of this package that knows lxml.

An element with nothing in it is `None`, and `None` among children is left out, so a writer names
every term of a standard and what a draft doesn't say isn't written.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from lxml import etree


class Node(Protocol):
    """An element of lxml, as far as it is used here."""

    text: str | None

    @property
    def nsmap(self) -> Mapping[str | None, str]:
        """Return its namespaces by their prefixes."""

    def set(self, key: str, value: str) -> None:
        """Give it an attribute."""

    def append(self, child: "Node") -> None:
        """Give it a last child."""


Value = str | Decimal | int | date
Child = Node | Value | None


class Markup:
    """Writes elements under the prefixes of one vocabulary: markup("cbc:ID", "1", schemeID="…")."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = dict(namespaces)

    def __call__(self, name: str, *children: Child, **attributes: str | None) -> Node | None:
        """Return an element of its children in order, or None where none of them says anything."""
        told = [child for child in children if child is not None and child != ""]
        return self.root(name, *told, **attributes) if told else None

    def root(self, name: str, *children: Child, **attributes: str | None) -> Node:
        """Return an element, even an empty one."""
        prefix, _, local = name.rpartition(":")
        spaces = {key or None: space for key, space in self._namespaces.items()}
        space = self._namespaces.get(prefix)
        node: Node = etree.Element(f"{{{space}}}{local}" if space else local, nsmap=spaces)
        for key, value in attributes.items():
            if value is not None:
                node.set(key, value)
        for child in children:
            if isinstance(child, Value):
                node.text = written(child)
            elif child is not None:
                node.append(child)
        return node


def written(value: Value) -> str:
    """Return a text, a number without exponent or idle zeros, or a date, as XML Schema has them."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return str(value)


def is_writable(text: str) -> bool:
    """Tell what XML 1.0 can hold: no control characters but tab and ends of lines."""
    return all(
        one in "\t\n\r" or (one >= " " and not "\ud800" <= one <= "\udfff") for one in text
    ) and ("\ufffe" not in text and "\uffff" not in text)


def to_bytes(root: Node, encoding: str = "UTF-8") -> bytes:
    """Return a document's bytes; the same elements give the same ones."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(p for p in root.nsmap if p))
    etree.indent(root, space="  ")
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode("ascii")
    body: bytes = etree.tostring(root, encoding=encoding, xml_declaration=False)
    return head + body + b"\n"
