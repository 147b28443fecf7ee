"""Rows of a form: read, added, moved and taken out, without a script.

A row's fields are named by its list, its number and what they hold: `rule.2.name`.
"""

from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, str]
ROWS_MAX = 200
BUTTON = "act"  # of a form: which of its buttons was pressed


def rows_of(fields: Mapping[str, str], kind: str) -> list[Row]:
    """Return the rows of one list in their order; what isn't there is none."""
    found: dict[int, Row] = {}
    for name, value in fields.items():
        of, _, rest = name.partition(".")
        number, _, part = rest.partition(".")
        if of == kind and part and number.isascii() and number.isdecimal():
            found.setdefault(int(number[:4]), {})[part] = value.replace("\r\n", "\n").strip()
    return [found[number] for number in sorted(found)][:ROWS_MAX]


def filled_rows(fields: Mapping[str, str], kind: str, chosen: Iterable[str] = ()) -> list[Row]:
    """Return the rows that say something beside what is `chosen` from a list in any of them."""
    without = set(chosen)
    return [
        row
        for row in rows_of(fields, kind)
        if any(value for part, value in row.items() if part not in without)
    ]


def with_rows(fields: Mapping[str, str], kind: str, rows: Sequence[Row]) -> dict[str, str]:
    """Return fields whose list holds these rows."""
    others = {name: one for name, one in fields.items() if not name.startswith(f"{kind}.")}
    named = {
        f"{kind}.{number}.{part}": value
        for number, row in enumerate(rows)
        for part, value in row.items()
    }
    return others | named


def pressed(fields: Mapping[str, str], empty: Mapping[str, Row]) -> dict[str, str]:
    """Return fields as the button that was pressed leaves them, without it.

    `empty` are the lists that there are, each with a row as it begins. Buttons are named
    `add rule`, `up rule 2`, `down rule 2` and `remove rule 2`; any other leaves all as it is.
    """
    left = {name: one for name, one in fields.items() if name != BUTTON}
    act, kind, number = [*fields.get(BUTTON, "").split(" "), "", ""][:3]
    if kind not in empty:
        return left
    rows = rows_of(left, kind)
    if act == "add":
        rows.append(dict(empty[kind]))
    elif number.isascii() and number.isdecimal() and int(number[:4]) < len(rows):
        _move(rows, act, int(number[:4]))
    return with_rows(left, kind, rows)


def listed(text: str) -> list[str]:
    """Return what stands in a field apart by commas."""
    return [one.strip() for one in text.replace("\n", ",").split(",") if one.strip()]


def whole(text: str) -> int | str:
    """Return a whole number; what is none stays as it is, to be refused with its place."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else text


def _move(rows: list[Row], act: str, number: int) -> None:
    other = {"up": number - 1, "down": number + 1}.get(act)
    if act == "remove":
        rows.pop(number)
    elif other is not None and 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]
