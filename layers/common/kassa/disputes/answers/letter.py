"""A plain PDF of lines of text, for gateways that read documents alone, or little text.

It is set in Helvetica, which every reader of PDF has; so it holds the letters of Western European
languages, and what else is written is refused before (`unprintable`).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from textwrap import wrap

_COLUMNS, _LINES = 92, 54
_ENCODING = "cp1252"
_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R {}>>"
_FONT = "/Resources << /Font << /F1 3 0 R >> >> "


def unprintable(text: str) -> str:
    """Return the characters of a text that a letter can't hold."""
    return "".join(sorted({one for one in text if not _is_printable(one)}))


def letter(title: str, lines: Iterable[str]) -> bytes:
    """Return a PDF of a title and lines, each wrapped; the same text gives the same bytes.

    What it can't hold is left as a question mark: names in other scripts stand in the invoice.
    """
    wrapped = iter([title, "", *(part for line in lines for part in _wrapped(line))])
    pages: list[list[str]] = []
    while page := list(islice(wrapped, _LINES)):
        pages.append(page)
    return _document(pages)


def _wrapped(line: str) -> list[str]:
    return wrap(line, _COLUMNS) or [""]


def _is_printable(character: str) -> bool:
    try:
        return bool(character.encode(_ENCODING))
    except UnicodeEncodeError:
        return False


def _document(pages: list[list[str]]) -> bytes:
    """Write the objects of a PDF: catalog, pages, font, then each page and what is on it."""
    numbers = range(4, 4 + 2 * len(pages), 2)
    kids = " ".join(f"{one} 0 R" for one in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in zip(numbers, pages, strict=True):
        objects.append(_PAGE.format(number + 1, _FONT).encode())
        stream = b"\n".join(_drawn(page))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    ending = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + ending


def _drawn(lines: list[str]) -> Iterator[bytes]:
    yield b"BT /F1 11 Tf 14 TL 50 790 Td"
    for line in lines:
        written = line.encode(_ENCODING, "replace")
        for mark in (b"\\", b"(", b")"):
            written = written.replace(mark, b"\\" + mark)
        yield b"(" + written + b") Tj T*"
    yield b"ET"
