"""Heads of the audit trail's days that were kept outside the stack, as its facts published them."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cli.stack import give_up
from kassa.audit.trail import DayHead

FIELDS = ("day", "count", "head_hash")


def heads(path: Path) -> dict[date, DayHead]:
    """Return the heads that a file or a folder's files hold: facts, the bus's envelopes or their
    data, one a line.

    Of two that say something else of a day none can be believed.
    """
    found: dict[date, DayHead] = {}
    for where, line in _lines(path):
        head = _head(line)
        if head is None:
            give_up(f"{where}: no AuditDayClosed fact")
        if found.setdefault(head.day, head) != head:
            give_up(f"{where}: another head of {head.day} stands before it")
    return found


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every line that says something, and where it stands."""
    for file in sorted(path.rglob("*.json*")) if path.is_dir() else [path]:
        lines = enumerate(file.read_text().splitlines(), start=1)
        yield from ((f"{file}, line {number}", line) for number, line in lines if line.strip())


def _head(line: str) -> DayHead | None:
    try:
        fields: Any = json.loads(line)
        for name in ("detail", "data"):
            fields = fields.get(name, fields)
        return DayHead.model_validate(_picked(fields, FIELDS), strict=False)
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _picked(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names}
