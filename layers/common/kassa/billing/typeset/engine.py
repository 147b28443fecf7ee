"""The typesetter: typst makes of a layout and data a PDF/A-3a and PDF/UA-1, always the same bytes.

Fonts come from packages of the documents layer, never from the system. PDF/A forbids a glyph
that no font has: such a character becomes the printer's 〓 instead of costing a document.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from kassa.platform.telemetry import logger

STANDARDS: Any = ["a-3a", "ua-1"]
ARCHIVED: Any = ["a-3b"]  # kept for years, but not every letter's shape leads back to its text
FONT_PACKAGES = (  # of all documents but plain invoices: Latin, Cyrillic, CJK and Thai
    "fontpkg_source_sans_3",
    "noto_cjk_sans_jp_regular",
    "noto_cjk_sans_jp_bold",
    "fontpkg_noto_sans_thai",
)
MISSING = "〓"
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | {"\n"}
# Joiners, selectors of a glyph's form and what turns the direction of writing have no shape of
# their own; a name that turns the direction could make an amount read backwards.
_SHAPELESS = frozenset("\u200c\u200d\u200e\u200f\u061c\ufeff\u2060\u00ad") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10))
)


class Typesetter:
    """Typesets the layouts of one folder with the fonts of some packages."""

    def __init__(self, layouts: Path, font_packages: Iterable[str]) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[_folder(package) for package in font_packages],
        )
        self._layouts = layouts
        self._a_font = json.dumps(fonts.families()[0])  # in which a missing glyph is an error
        self._compiler = typst.Compiler(root=str(layouts), font_paths=fonts)
        self._known = dict.fromkeys(_PLAIN, True)

    def pdf(
        self, layout: str, inputs: Mapping[str, str], on: date, standards: Any = STANDARDS
    ) -> bytes:
        """Return a document of a day."""
        pdf = self._compiler.compile(
            str(self._layouts / layout),
            format="pdf",
            sys_inputs=dict(inputs),
            pdf_standards=standards,
            timestamp=datetime.combine(on, time(12), UTC),
        )
        assert isinstance(pdf, bytes), "one PDF, whatever its pages"
        return pdf

    def pictures(self, layout: str, inputs: Mapping[str, str], ppi: float) -> list[bytes]:
        """Return the pages of a document as PNG."""
        pages = self._compiler.compile(
            str(self._layouts / layout), format="png", sys_inputs=dict(inputs), ppi=ppi
        )
        return [pages] if isinstance(pages, bytes) else list(pages or [])

    def as_json(self, fields: Any) -> str:
        """Return data as a layout reads it, with nothing in it that can't be printed."""
        characters = set[str]().union(*_texts(fields))
        missing = self._missing(characters)
        if missing:
            codes = [f"U+{ord(character):04X}" for character in missing]
            logger.warning(
                "glyphs missing", characters=codes, fields=list(self.unprintable(fields))
            )
        table = {ord(character): MISSING for character in missing}
        table |= {ord(character): "" for character in _SHAPELESS & characters}
        return json.dumps(_translated(fields, table) if table else fields, ensure_ascii=False)

    def missing(self, fields: Any) -> list[str]:
        """Return the characters of some data that no font has, in order."""
        return self._missing({character for text in _texts(fields) for character in text})

    def unprintable(self, fields: Any) -> dict[str, list[str]]:
        """Return the characters that no font has by where they stand, such as buyer.name."""
        found = {place: self.missing(text) for place, text in _places(fields)}
        return {place: missing for place, missing in found.items() if missing}

    def _missing(self, characters: set[str]) -> list[str]:
        self._learn(characters)
        return sorted(character for character in characters if not self._known[character])

    def _learn(self, characters: set[str]) -> None:
        """Find out which characters have a glyph; all at once, for nearly always all have."""
        unknown = sorted(characters - self._known.keys() - _SHAPELESS)
        self._known |= dict.fromkeys(_SHAPELESS, True)
        self._try(unknown)

    def _try(self, characters: list[str]) -> None:
        if not characters:
            return
        if self._can_print(characters):
            self._known |= dict.fromkeys(characters, True)
        elif len(characters) == 1:
            self._known[characters[0]] = False
        else:
            half = len(characters) // 2
            self._try(characters[:half])
            self._try(characters[half:])

    def _can_print(self, characters: list[str]) -> bool:
        """Ask typst itself: a character without a glyph doesn't pass as PDF/A."""
        if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in characters):
            return False
        codes = "\\ ".join(f'#text("\\u{{{ord(character):x}}}")' for character in characters)
        source = f'#set document(title: "t")\n#set text(font: {self._a_font})\n{codes}'
        try:
            self._compiler.compile(
                source.encode(), format="pdf", pdf_standards=["a-3b"], timestamp=0
            )
        except typst.TypstError:
            return False
        return True


@cache
def typesetter(layouts: Path, font_packages: tuple[str, ...]) -> Typesetter:
    """Return the typesetter of a folder, made once for as long as the process lives."""
    return Typesetter(layouts, font_packages)


def _folder(package: str) -> str:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the documents layer has no {package}")
    return str(Path(spec.origin).parent)


def _texts(fields: Any) -> Iterable[str]:
    if isinstance(fields, str):
        yield fields
    elif isinstance(fields, Mapping):
        for part in fields.values():
            yield from _texts(part)
    elif isinstance(fields, list | tuple):
        for part in fields:
            yield from _texts(part)


def _places(fields: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with its place."""
    if isinstance(fields, str):
        yield at.removesuffix("."), fields
        return
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(fields, Mapping):
        parts = fields.items()
    elif isinstance(fields, list | tuple):
        parts = enumerate(fields)
    for name, part in parts:
        yield from _places(part, f"{at}{name}.")


def _translated(fields: Any, table: Mapping[int, str]) -> Any:
    if isinstance(fields, str):
        return fields.translate(table)
    if isinstance(fields, Mapping):
        return {name: _translated(part, table) for name, part in fields.items()}
    if isinstance(fields, list | tuple):
        return [_translated(part, table) for part in fields]
    return fields
