"""CSV as spreadsheets may open it: every CSV that Kassa writes is written by this.

What a customer, a shop or a gateway wrote must neither run as a formula nor begin a row or a
column of its own, whichever separator the spreadsheet takes (comma, semicolon or tab).
"""

import csv
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TextIO

Cell = str | int | float | None

_FORMULA = "[=+\\-@|%\uff1d\uff0b\uff0d\uff20]"  # and the full-width = + - @
_SKIPPED = "[\\s\"'\u200b-\u200f\u2060\ufeff]*"  # what may be skipped in front of a formula
_STARTS = re.compile(f"{_SKIPPED}{_FORMULA}")
_PARTED = re.compile(f";(?={_SKIPPED}{_FORMULA})")
_GUARDED = re.compile(f"(^|;)'(?={_SKIPPED}{_FORMULA})")
_BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # line breaks, tabs and other controls
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def csv_writer(file: TextIO, is_plain: bool = True) -> Callable[[Iterable[Cell]], None]:
    """Return what writes a row to an open text file; numbers with an exponent only if not plain."""
    writer = csv.writer(file)

    def write(cells: Iterable[Cell]) -> None:
        guarded = map(_guarded, cells)
        writer.writerow([_plain(cell) if is_plain else cell for cell in guarded])

    return write


def unguarded(text: str) -> str:
    """Return the text of a cell that was written here: no guard in front of it, or of its parts."""
    return _GUARDED.sub(r"\1", text)


def _plain(cell: Cell) -> Cell:
    """Return a number as decimals alone: Python writes 0.000003 as 3e-06."""
    return f"{Decimal(repr(cell)):f}" if isinstance(cell, float) else cell


def _guarded(cell: Cell) -> Cell:
    """Return a cell that is text to every spreadsheet; numbers stay numbers."""
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    text = _PARTED.sub(";'", _BROKEN.sub(" ", cell))
    return f"'{text}" if _STARTS.match(text) else text
