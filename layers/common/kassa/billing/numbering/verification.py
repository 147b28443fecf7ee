"""Whether a certificate is whole: 1..N without gap or repeat, every hash, link and total.

It reads lines and needs neither table nor network. The chain shows what was changed, taken out or
put in by whoever didn't make all that follows anew; against who did, compare the last hash with
one that was kept elsewhere, or with an earlier certificate's.
"""

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from kassa.billing.numbering.certificate import FORMAT, ISSUED, MISSING, VOID, Line, Tally
from kassa.billing.numbering.record import (
    GENESIS,
    canonical,
    content_digest,
    hashed,
    printed,
    unbalanced,
)
from kassa.core.errors import InvalidRequest

Folder = Callable[[str], bytes | None]  # a document's bytes by its name; none where it isn't there
_HEAD = {"merchant_id": str, "series": str, "kind": str, "last_hash": str}
_HEAD_COUNTS = ("last_number", "last_position")


class Break(NamedTuple):
    """The first thing that is wrong: with which number, and what."""

    number: str
    what: str


class Verified(NamedTuple):
    """What verifying came to."""

    series: str
    numbers: int
    void: int
    unchained: int  # numbered by a release that made no chain: counted and dated, no more
    documents: int  # compared with their hashes
    last_hash: str
    broken: Break | None


def verified(lines: Iterable[str | bytes], folder: Folder | None = None) -> Verified:
    """Verify a certificate, and its documents where a folder has them.

    Raises InvalidRequest for what is no certificate.
    """
    rest = iter(lines)
    walk = _Walk(_head(next(rest, "")), folder)
    for line in rest:
        if walk.broken is None and line.strip():
            walk.line(_json(line))
    walk.close()
    return Verified(
        walk.series,
        walk.number,
        walk.void,
        walk.unchained,
        walk.documents,
        walk.hash,
        walk.broken,
    )


class _Void(NamedTuple):
    """A void that waits for its place in the chain."""

    number: str
    previous: str
    hash: str


class _Walk:
    """A walk from number to number; it stands still at the first thing that is wrong."""

    def __init__(self, head: Line, folder: Folder | None) -> None:
        self._head, self._folder = head, folder
        self.series: str = head["series"]
        self.number, self.void, self.unchained, self.documents = 0, 0, 0, 0
        self.hash, self._position, self._issued_on = GENESIS, 0, ""
        self._waiting: dict[int, _Void] = {}
        self._tally, self._has_end = Tally(), False
        self.broken: Break | None = None

    def line(self, line: Any) -> None:
        """Go over one line."""
        try:
            if self._has_end:
                self._break(self.number + 1, "stands behind the end")
            elif isinstance(line, dict) and "end" in line:
                self._end(line)
            else:
                self._number(line)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            self._break(self.number + 1, "can't be read")

    def close(self) -> None:
        """Say what is missing where the lines stop."""
        if self.broken is None and not self._has_end:
            self._break(self.number + 1, "is missing: the certificate stops before it")

    def _break(self, number: int | str, what: str) -> None:
        name = number if isinstance(number, str) else printed(self.series, number)
        self.broken = Break(name, what)

    def _number(self, line: Line) -> None:
        expected = self.number + 1
        stated: Any = line.get("entry", line.get("unchained"))
        checks: tuple[Callable[[], str | None], ...] = (
            lambda: _misplaced(line["number"], expected, self.series),
            lambda: "is missing: nothing stands under it" if line["fate"] == MISSING else None,
            lambda: self._altered(line["entry"], line["hash"]) if "entry" in line else None,
            lambda: self._elsewhere(stated, expected),
            lambda: self._misdated(stated["issued_on"]),
            lambda: unbalanced(stated),
            lambda: self._voided(line),
            lambda: self._unlinked(line) if "entry" in line else None,
            lambda: self._falsified(line),
        )
        what = next((found for check in checks if (found := check())), None)
        if what is not None:
            self._break(expected, what)
            return
        self.number, self._issued_on = expected, stated["issued_on"]
        self.unchained += "entry" not in line
        self._tally.add(line)

    def _altered(self, fields: Any, digest: str) -> str | None:
        if not isinstance(fields, dict) or hashed(canonical(fields)) != digest:
            return "was changed: it isn't what its hash says"
        return None

    def _elsewhere(self, fields: Line, number: int) -> str | None:
        """Say where an entry belongs, if not here."""
        here = {name: self._head[name] for name in ("merchant_id", "series", "kind")}
        here["number"] = number
        if fields["kind"] == VOID:
            del here["kind"]
        wrong = {name for name in here if fields[name] != here[name]}
        found = ", ".join(f"{name} {fields[name]}" for name in sorted(wrong))
        return f"was moved: it says {found}" if wrong else None

    def _misdated(self, issued_on: str) -> str | None:
        if issued_on < self._issued_on:
            return f"bears {issued_on}, the number before it {self._issued_on}"
        if issued_on[:4] != self.series[-4:]:
            return f"bears {issued_on}, which isn't the series' year"
        return None

    def _voided(self, line: Line) -> str | None:
        """Let a void wait for its place in the chain."""
        if (line["fate"] == VOID) != ("void" in line):
            return f"is said to be {line['fate']}, and its void says otherwise"
        if "void" not in line:
            return None if line["fate"] == ISSUED else f"has an unknown fate: {line['fate']}"
        void, digest = line["void"], line["void_hash"]
        if self._altered(void, digest):
            return "has a void that was changed: it isn't what its hash says"
        if moved := self._elsewhere(void, self.number + 1):
            return f"has a void that {moved}"
        position = int(void["position"])
        if position <= self._position or position in self._waiting:
            return f"has a void at place {position} of the chain, which is taken"
        name = printed(self.series, self.number + 1)
        self._waiting[position] = _Void(name, void["previous"], digest)
        self.void += 1
        return None

    def _unlinked(self, line: Line) -> str | None:
        """Say why a number doesn't follow in the chain, and go on to it if it does."""
        entry = line["entry"]
        if wrong := self._pass_voids(int(entry["position"])):
            return wrong
        if entry["position"] != self._position + 1:
            return f"has place {entry['position']} of the chain, which is taken"
        if entry["previous"] != self.hash:
            return "doesn't follow from what stands before it in the chain: that was changed"
        self._position, self.hash = entry["position"], line["hash"]
        return None

    def _pass_voids(self, position: int) -> str | None:
        """Go on over the voids that stand before a place."""
        for place in range(self._position + 1, position):
            void = self._waiting.pop(place, None)
            if void is None:
                return f"doesn't follow: a void or a number at place {place} was taken out"
            if void.previous != self.hash:
                return f"doesn't follow: the void of {void.number} isn't that of the chain"
            self._position, self.hash = place, void.hash
        return None

    def _falsified(self, line: Line) -> str | None:
        """Compare a number's documents with their hashes, and its record with its content's."""
        if self._folder is None:
            return None
        name = printed(self.series, line["number"])
        for form, digest in line["documents"].items():
            content = self._folder(f"{name}.{form}")
            if content is None:
                return f"has no {name}.{form} in the folder"
            if sha256(content).hexdigest() != digest:
                return f"has another {name}.{form} in the folder than was issued"
            self.documents += 1
        digest, record = line.get("entry", {}).get("content_sha256"), self._folder(f"{name}.json")
        if digest and record and content_digest(json.loads(record)) != digest:
            return f"has a record {name}.json that says something else than was issued"
        return None

    def _end(self, line: Line) -> None:
        head, after = self._head, self.number + 1
        if self.number != head["last_number"]:
            self._break(after, f"is missing: the series was counted to {head['last_number']}")
        elif wrong := self._pass_voids(head["last_position"] + 1):
            self._break(self.series, f"has a last entry that {wrong}")
        elif self._waiting or self.hash != head["last_hash"]:
            self._break(self.series, "has another last hash than its chain: its end was changed")
        elif line != self._tally.end():
            self._break(self.series, "has counts or sums at its end that its numbers don't make")
        self._has_end = True


def _misplaced(number: int, expected: int, series: str) -> str | None:
    if number > expected:
        return f"is missing: after {expected - 1} comes {printed(series, number)}"
    return f"is missing: {printed(series, number)} comes again" if number < expected else None


def _head(line: str | bytes) -> Line:
    """Return a certificate's first line."""
    head = _json(line)
    if not isinstance(head, dict) or head.get("certificate") != FORMAT:
        raise InvalidRequest("this is no certificate of numbers: its first line isn't one's")
    is_whole = all(isinstance(head.get(name), kind) for name, kind in _HEAD.items())
    if not is_whole or not all(isinstance(head.get(name), int) for name in _HEAD_COUNTS):
        raise InvalidRequest("the certificate's first line says less than it should")
    return head


def _json(line: str | bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
