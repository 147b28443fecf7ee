"""Forms of several parts, as files are sent: read into their fields, each with its bytes."""

import re
from typing import Any, NamedTuple

_NAMES = re.compile(rb'name="([^"]*)"(?:; filename="([^"]*)")?')


class Field(NamedTuple):
    """One part of a form; of a file also what it is called and said to be."""

    content: bytes
    filename: str = ""
    content_type: str = ""


def fields_of(content_type: str, body: bytes) -> dict[str, Field]:
    """Return the fields of a form by their names; nothing of what is none."""
    _, _, boundary = content_type.partition("boundary=")
    if not content_type.startswith("multipart/form-data") or not boundary:
        return {}
    found: dict[str, Field] = {}
    for one in body.split(b"--" + boundary.strip('"').encode())[1:-1]:
        head, _, content = one.partition(b"\r\n\r\n")
        named = _NAMES.search(head)
        if named:
            kind = re.search(rb"(?i)content-type: *([^\r\n;]+)", head)
            filename, type_name = named[2] or b"", kind[1] if kind else b""
            field = Field(content[:-2], filename.decode(), type_name.decode())
            found[named[1].decode()] = field
    return found


def text_fields(fields: dict[str, Field]) -> dict[str, Any]:
    """Return a form's fields with those that are no file as text."""
    return {
        name: one if one.filename else one.content.decode("utf-8", "replace")
        for name, one in fields.items()
    }
