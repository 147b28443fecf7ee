"""The audit trail as files: a day's items in one, one a line, and the chain's head beside them.

They are read by themselves: no stack, no credentials, no network.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from cli.stack import give_up
from kassa.audit.checks import KeptItem
from kassa.audit.trail import ChainHead

HEAD = "head.json"


class Trail(Protocol):
    """Where a trail is read from: the table, or a folder."""

    def head(self) -> ChainHead | None: ...
    def items(self, day: date) -> Iterator[KeptItem]: ...
    def last(self, day: date) -> KeptItem | None: ...


class ExportedTrail:
    """A trail in a folder, as `export` wrote it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def head(self) -> ChainHead | None:
        """Return the chain's head as it stood when the trail was exported."""
        path = self._folder / HEAD
        if not path.exists():
            give_up(f"{self._folder} holds no {HEAD}: 'kassa audit export' writes it")
        try:
            return ChainHead.model_validate_json(path.read_text())
        except ValueError:
            give_up(f"{path}: no head of an audit trail")

    def items(self, day: date) -> Iterator[KeptItem]:
        """Return a day's items as they stand; none of a day that has no file."""
        path = _of(self._folder, day)
        lines = path.read_text().splitlines() if path.exists() else []
        for number, line in enumerate(lines, start=1):
            yield KeptItem(day, *_fields(line, f"{path}, line {number}"))

    def last(self, day: date) -> KeptItem | None:
        """Return a day's last item."""
        return next(iter(reversed(list(self.items(day)))), None)


def write(folder: Path, head: ChainHead, day: date, items: Iterator[KeptItem]) -> int:
    """Write a day's items that the head knows of; return how many. A day without any has no file.

    What came after the head was read is left out: it would look as if it was put in.
    """
    known = [one for one in items if day < head.day or int(one.place) <= head.number]
    lines = [json.dumps([one.place, one.content, one.hash]) for one in known]
    if lines:
        _of(folder, day).write_text("\n".join(lines) + "\n")
    return len(lines)


def write_head(folder: Path, head: ChainHead) -> None:
    """Write the chain's head."""
    (folder / HEAD).write_text(head.model_dump_json() + "\n")


def _of(folder: Path, day: date) -> Path:
    return folder / f"{day}.jsonl"


def _fields(line: str, where: str) -> tuple[str, str, str]:
    try:
        fields: Any = json.loads(line)
        place, content, digest = map(str, fields)
    except (ValueError, TypeError):
        give_up(f"{where}: no item of an audit trail")
    return place, content, digest
