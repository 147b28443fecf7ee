"""The form of the refund policy: a row a rule, its conditions one a line, as the policy has them.

A line is `column: value`: `amount: up to 40.00 EUR`, `reason: damaged, not_received`,
`has_open_dispute: yes`. What can't be read so stays as it is: the check names it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kassa.console.pages.rules.rows import Row, filled_rows, listed, whole, with_rows
from kassa.refunds.policy.conditions import COLUMNS, Kind

RULE = "rule"
EMPTY: Mapping[str, Row] = {RULE: {"id": "", "name": "", "when": "", "then": "escalate"}}
WHOLE = ("decide_within_hours", "remind_after_hours", "undo_minutes")
PLAIN = (*WHOLE, "note", "otherwise", "on_expiry")
_BOUND = re.compile(r"(over|up[ _]to):?\s+(.+)")


def fields_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return a policy's document as its form shows it; the date is left to whoever changes it."""
    fields = {name: str(document.get(name, "")) for name in PLAIN}
    fields["second_person_over"] = ", ".join(document["second_person_over"])
    fields["second_person_to_save"] = "yes" if document.get("second_person_to_save") else ""
    fields["effective_from"] = ""
    rows = [
        {"id": one["id"], "name": one["name"], "when": _lines(one["when"]), "then": one["then"]}
        for one in document["rules"]
    ]
    return with_rows(fields, RULE, rows)


def document_of(fields: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """Return the policy that a form says, as a person writes one; rows without a word are none."""
    given = {name: fields[name].replace("\r\n", "\n").strip() for name in PLAIN if name in fields}
    document: dict[str, Any] = {name: one for name, one in given.items() if one}
    document |= {name: whole(given[name]) for name in WHOLE if given.get(name)}
    if begins := fields.get("effective_from", "").strip():
        document["effective_from"] = _instant(begins, zone)
    document["second_person_over"] = listed(fields.get("second_person_over", ""))
    if fields.get("second_person_to_save") == "yes":
        document["second_person_to_save"] = True
    rows = filled_rows(fields, RULE, ["then"])
    document["rules"] = [
        {
            "id": row.get("id", ""),
            "name": row.get("name", ""),
            "when": _conditions(row.get("when", "")),
            "then": row.get("then", ""),
        }
        for row in rows
    ]
    return document


def _lines(when: Mapping[str, Any]) -> str:
    return "\n".join(f"{column}: {_cell(cell)}" for column, cell in when.items())


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Mapping):
        return ", ".join(f"{bound.replace('_', ' ')} {value}" for bound, value in cell.items())
    return ", ".join(cell) if isinstance(cell, list | tuple) else str(cell)


def _conditions(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        column, _, cell = (part.strip() for part in line.partition(":"))
        twice = column in found
        found[f"{column} (twice)" if twice else column] = _value(column, cell)
    return found


def _value(column: str, text: str) -> Any:
    """Return a cell as a document has it, by what its column holds."""
    kind = COLUMNS[column].kind if column in COLUMNS else None
    if kind is Kind.VALUES:
        values = listed(text)
        return values[0] if len(values) == 1 else values
    if kind not in (Kind.NUMBER, Kind.MONEY):
        return text
    bounds = [_BOUND.fullmatch(part) for part in listed(text.strip("{}"))]
    if not bounds or None in bounds:
        return text
    read = {one[1].replace(" ", "_"): one[2].strip() for one in bounds if one}
    if kind is Kind.MONEY:
        return read
    return {bound: whole(value) for bound, value in read.items()}


def _instant(text: str, zone: ZoneInfo) -> str:
    """Return a day and a time on the merchant's wall as an instant."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()
