"""Bodies of several parts, as gateways take files: the same parts are always the same bytes."""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple


class Part(NamedTuple):
    """One part of a form."""

    name: str
    content: bytes
    content_type: str
    filename: str | None = None


def encoded(parts: Iterable[Part]) -> tuple[str, bytes]:
    """Return the content type and the bytes of a form."""
    listed = list(parts)
    digest = sha256(b"\n".join(one.content for one in listed)).hexdigest()[:32]
    boundary = f"kassa-{digest}"
    body = b"".join(_part(one, boundary) for one in listed) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _part(part: Part, boundary: str) -> bytes:
    named = f'form-data; name="{part.name}"'
    if part.filename:
        named += f'; filename="{_quoted(part.filename)}"'
    head = f"--{boundary}\r\nContent-Disposition: {named}\r\nContent-Type: {part.content_type}\r\n"
    return head.encode() + b"\r\n" + part.content + b"\r\n"


def _quoted(name: str) -> str:
    return "".join(one if one.isalnum() or one in "._- " else "_" for one in name)[:100]
