"""The certificate of a series as it stood at the end of a month, from its items as they stand now.

The chain is cut behind the last thing that was numbered or voided by then; what follows is left to
the next month's. So the same month has the same certificate, whenever it is asked for.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, TextIO

from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.record import GENESIS, IssuedDocument, KeptNumber
from kassa.billing.numbering.series import Series


class Head(NamedTuple):
    """A place in a chain, and the hash that stands there."""

    position: int = 0
    hash: str = GENESIS

    def after(self, document: IssuedDocument, is_void: bool, bound: int | None) -> "Head":
        """Return how far the chain is with a number too, and with its void if that was by then.

        `bound` is the first place of a later day; a void at it or behind it is of a later day too.
        """
        places = [self]
        if document.entry_hash is not None:
            places.append(Head(document.entry.position or 0, document.entry_hash))
        void = document.void
        if void is not None and is_void and (bound is None or void.position < bound):
            places.append(Head(void.position, document.void_hash or GENESIS))
        return max(places)


def write_certificate(
    file: TextIO, series: Series, numbers: Iterable[KeptNumber | None], made_at: datetime
) -> None:
    """Write the certificate of a series as far as it is said to be."""
    for line in lines(series, numbers, made_at):
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def months_numbers(text: Iterable[str | bytes], month: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a certificate whose numbers were issued in a month, such as 2026-11."""
    for line in map(json.loads, text):
        stated = line.get("entry") or line.get("unchained") if "number" in line else None
        if isinstance(stated, dict) and str(stated.get("issued_on", "")).startswith(month):
            yield line
