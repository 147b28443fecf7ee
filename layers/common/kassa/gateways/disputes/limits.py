"""What each gateway takes as evidence: which files, how large, and how much text."""

from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

PDF, JPEG, PNG, GIF, TIFF = "application/pdf", "image/jpeg", "image/png", "image/gif", "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MB = 1024 * 1024


class EvidenceLimits(NamedTuple):
    """What a gateway takes as evidence."""

    types: frozenset[str]
    file_bytes: int  # of one file
    total_bytes: int  # of all
    files: int  # how many
    statement: int  # characters of text; none: it takes files alone
    needs_file: bool = False
    needs_letter: bool = False  # what is gathered goes as a PDF, since its text doesn't hold it
    type_bytes: Mapping[str, int] = {}  # where a type has a limit of its own
    shows_answer: bool = True  # whether a dispute says that it was answered
    asks_again: bool = False  # whether it may ask for more of what stays open
    one_of_each: bool = False  # whether it takes one file of a kind; a refund's is another's, too


LIMITS: Mapping[str, EvidenceLimits] = {
    "stripe": EvidenceLimits(
        types=frozenset({PDF, JPEG, PNG}),
        file_bytes=4_500_000,
        total_bytes=4_500_000,
        files=8,
        statement=20_000,
        one_of_each=True,
    ),
    "paypal": EvidenceLimits(
        types=frozenset({PDF, JPEG, PNG, GIF}),
        file_bytes=10 * MB,
        total_bytes=50 * MB,
        files=10,
        statement=2_000,
        asks_again=True,
    ),
    "klarna": EvidenceLimits(
        types=frozenset({PDF, JPEG, PNG, DOCX}),
        file_bytes=7 * MB,
        total_bytes=70 * MB,
        files=10,
        statement=500,
        needs_file=True,
        needs_letter=True,
    ),
    "adyen": EvidenceLimits(
        types=frozenset({PDF, JPEG, TIFF}),
        file_bytes=10 * MB,
        total_bytes=100 * MB,
        files=10,
        statement=0,
        needs_file=True,
        needs_letter=True,
        type_bytes={PDF: 2 * MB},
        shows_answer=False,
    ),
}
_BEGINS = {
    PDF: (b"%PDF-",),
    JPEG: (b"\xff\xd8\xff",),
    PNG: (b"\x89PNG\r\n\x1a\n",),
    GIF: (b"GIF87a", b"GIF89a"),
    TIFF: (b"II*\x00", b"MM\x00*"),
}


def type_of(content: bytes) -> str | None:
    """Return what a file is, by how it begins; none for what no gateway takes."""
    for content_type, begins in _BEGINS.items():
        if content.startswith(begins):
            return content_type
    return DOCX if _is_docx(content) else None


def _is_docx(content: bytes) -> bool:
    """Tell whether a file is a ZIP that holds what every DOCX does; other ZIPs are none."""
    try:
        names = ZipFile(BytesIO(content)).namelist()
    except (BadZipFile, ValueError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names and any(one.startswith("word/") for one in names)


def wrong_file(gateway: str, content_type: str, size: int) -> str | None:
    """Return why a gateway doesn't take a file; nothing where it does."""
    limits = LIMITS[gateway]
    if content_type not in limits.types:
        taken = ", ".join(sorted(named(one) for one in limits.types))
        return f"{gateway} takes {taken}, and no {named(content_type)}"
    most = limits.type_bytes.get(content_type, limits.file_bytes)
    if size > most:
        return f"{gateway} takes {most:,} bytes of a {named(content_type)}, and this has {size:,}"
    return None


def named(content_type: str) -> str:
    """Return what people call a type of files."""
    return "DOCX" if content_type == DOCX else content_type.rpartition("/")[2].upper()
