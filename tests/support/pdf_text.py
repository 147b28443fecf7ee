"""What a PDF says, read as a program reads it that honours the text given for glyphs.

A glyph may stand for several letters (a Thai consonant with its marks); a PDF then gives the text
beside it (ActualText, ISO 32000-1, 14.9.4). Not every reader looks there: pypdf doesn't.
"""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pypdf import PageObject, PdfReader

_REPEATED = re.compile("([\u0e01-\u0e2e][\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]+)\\1+")


def text_of(pdf: bytes) -> str:
    """Return what a reader finds, without spaces: where lines break is the layout's business."""
    return plain("".join(_drawn_on_pages(pdf)))


def pages_of(pdf: bytes) -> list[str]:
    """Return the same page by page."""
    return [plain(text) for text in _drawn_on_pages(pdf)]


@lru_cache(maxsize=4)  # a test asks for texts and pages of one document: reading it takes longest
def _drawn_on_pages(pdf: bytes) -> tuple[str, ...]:
    return tuple("".join(_parts(page)) for page in PdfReader(io.BytesIO(pdf)).pages)


def plain(text: str) -> str:
    """Return a text without spaces, and without what lets a long word break.

    A Thai letter with its marks, which the typesetter's PDFs say once for each of its glyphs where
    they give no text beside them, is said once.
    """
    letters = "".join(one for one in text if not one.isspace() and one != "\u200b")
    return _REPEATED.sub(r"\1", letters)


def fonts_of(pdf: bytes) -> set[str]:
    """Return the fonts that a PDF carries, without the tags of their subsets."""
    fonts = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            described = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & described.keys(), "every font is embedded"
            fonts.add(str(descendant["/BaseFont"]).partition("+")[2])
    return fonts


def _parts(page: PageObject) -> Iterator[str]:
    """Yield a page's texts in the order in which they are drawn."""
    fonts = {
        name: _letters(font.get_object()["/ToUnicode"].get_object().get_data())
        for name, font in page["/Resources"]["/Font"].items()
    }
    letters: dict[bytes, str] = {}
    open_spans: list[str | None] = []  # the texts given for what is being drawn
    contents: Any = page.get_contents()
    for operands, operator in contents.operations:
        if operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in (b"BDC", b"BMC"):
            open_spans.append(_given(operands))
        elif operator == b"EMC":
            yield open_spans.pop() or ""
        elif operator in (b"Tj", b"TJ") and not any(open_spans):
            yield _drawn(operands[0], letters)


def _given(operands: Any) -> str | None:
    properties = operands[1] if len(operands) > 1 else None
    return str(properties["/ActualText"]) if isinstance(properties, dict) and (
        "/ActualText" in properties
    ) else None  # fmt: skip


def _drawn(strings: Any, letters: dict[bytes, str]) -> str:
    """Return the letters of glyphs, each two bytes; numbers between them move the pen."""
    drawn = b"".join(
        one.original_bytes if hasattr(one, "original_bytes") else bytes(one)
        for one in (strings if isinstance(strings, list) else [strings])
        if not isinstance(one, int | float) and not hasattr(one, "as_numeric")
    )
    return "".join(letters[drawn[at : at + 2]] for at in range(0, len(drawn), 2))


def _letters(mapping: bytes) -> dict[bytes, str]:
    """Return what each glyph of a font stands for."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", mapping, re.DOTALL):
        for code, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[bytes.fromhex(code.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found
