"""The certificate of a series: every number from 1 to N with its fate, and the chain, line by line.

Each line is one JSON object: first the series as it stands, then a line for each number, then what
they come to. It is of the moment at which the series' head was read: what became void since is left
for the next one. `verification.py` beside it reads it, and needs nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from kassa.billing.numbering.record import KeptNumber, printed
from kassa.billing.numbering.series import Series, kind_of

FORMAT = "kassa-numbers/1"
ISSUED, VOID, MISSING = "issued", "void", "missing"

Line = dict[str, Any]


def lines(
    series: Series, numbers: Iterable[KeptNumber | None], made_at: datetime
) -> Iterator[Line]:
    """Yield a certificate: its head, a line for each number in order, and its end."""
    yield {
        "certificate": FORMAT,
        "merchant_id": series.merchant_id,
        "series": series.name,
        "kind": kind_of(series.name).value,
        "last_number": series.last_number,
        "last_position": series.last_position,
        "last_hash": series.last_hash,
        "made_at": made_at.isoformat(timespec="seconds"),
    }
    tally = Tally()
    for number, kept in enumerate(numbers, start=1):
        line = {"number": number, "printed": printed(series.name, number)}
        line |= _fate(kept, series.last_position)
        tally.add(line)
        yield line
    yield tally.end()


class Tally:
    """Counts fates, and adds up what was issued and isn't void."""

    def __init__(self) -> None:
        self._fates = Counter[str]()
        self._sums: dict[str, Counter[str]] = {}

    def add(self, line: Line) -> None:
        """Count a number's line."""
        self._fates[line["fate"]] += 1
        self._fates["unchained"] += "unchained" in line
        stated = line.get("entry") or line.get("unchained")
        if line["fate"] != ISSUED or not isinstance(stated, dict):
            return
        sums = self._sums.setdefault(stated["currency"], Counter())
        sums["gross_minor"] += stated["gross_minor"]
        sums["tax_minor"] += sum(one["tax_minor"] for one in stated.get("taxes", ()))

    def end(self) -> Line:
        """Return the last line."""
        counts = {name: self._fates[name] for name in (ISSUED, VOID, MISSING, "unchained")}
        sums = {currency: dict(self._sums[currency]) for currency in sorted(self._sums)}
        return {"end": counts, "sums": sums}


def _fate(kept: KeptNumber | None, last_position: int) -> Line:
    """Return what became of a number, as far as the chain went when its head was read."""
    if kept is None:
        return {"fate": MISSING}
    line: Line = {"fate": ISSUED}
    if kept.entry is not None:
        line |= {"entry": _fields(kept.entry), "hash": kept.entry_hash}
    elif kept.unchained is not None:
        line["unchained"] = kept.unchained.model_dump(mode="json", exclude_none=True)
    void = _fields(kept.void) if kept.void is not None else None
    if void is not None and not _is_later(void, last_position):
        line |= {"fate": VOID, "void": void, "void_hash": kept.void_hash}
    return line | {"documents": dict(sorted(kept.documents.items()))}


def _is_later(void: Any, last_position: int) -> bool:
    position = void.get("position") if isinstance(void, dict) else None
    return isinstance(position, int) and position > last_position


def _fields(text: str) -> Any:
    """Return a text's fields; one that somebody made unreadable is passed on as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text
