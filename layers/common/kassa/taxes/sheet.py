"""Rates as a sheet (CSV): read with every mistake named by its row and column, and written."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from kassa.core.csv_rows import csv_writer, unguarded
from kassa.taxes.rates import RATES_MAX, Rate

COLUMNS = tuple(field.alias or name for name, field in Rate.model_fields.items())
REQUIRED = frozenset(
    field.alias or name for name, field in Rate.model_fields.items() if field.is_required()
)
NOTED_DAYS_MAX = 366  # then somebody looks again whether it still holds
HEAD_ROW = 1
_A_DAY = timedelta(days=1)


class Finding(NamedTuple):
    """What there is to say of a cell; rows are counted as a spreadsheet does, its head is 1."""

    row: int
    column: str
    text: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.text}"


class Read(NamedTuple):
    """A sheet as it was read: each rate under its row, and what was found on the way."""

    rates: dict[int, Rate]
    findings: list[Finding]


def read_sheet(text: str) -> Read:
    """Read a sheet whose first row names the columns; commas or semicolons part them."""
    head, _, _ = text.removeprefix("\ufeff").partition("\n")
    delimiter = ";" if ";" in head and "," not in head else ","
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    if wrong := list(_of_head(rows.fieldnames or ())):
        return Read({}, wrong)
    found = Read({}, [])
    for number, cells in enumerate(rows, HEAD_ROW + 1):
        filled = {name: unguarded(value).strip() for name, value in cells.items() if name and value}
        given = {name: value for name, value in filled.items() if value}
        if given:
            _read_row(number, given, None in cells, found)
    if len(found.rates) > RATES_MAX:
        found.findings.append(Finding(HEAD_ROW, "country", f"more than {RATES_MAX} rates follow"))
    return found


def _of_head(names: Iterable[str]) -> Iterator[Finding]:
    named = list(names)
    for name in COLUMNS:
        if named.count(name) > 1:
            yield Finding(HEAD_ROW, name, "stands twice")
        if name in REQUIRED and name not in named:
            yield Finding(HEAD_ROW, name, "is missing")
    for name in named:
        if name not in COLUMNS:
            yield Finding(HEAD_ROW, name or "?", f"is no column; these are: {', '.join(COLUMNS)}")


def _read_row(number: int, given: Mapping[str, Any], is_longer: bool, found: Read) -> None:
    if is_longer:
        found.findings.append(Finding(number, COLUMNS[-1], "more cells follow than the head has"))
    try:
        found.rates[number] = Rate.model_validate(given)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            column = str(one["loc"][0]) if one["loc"] else COLUMNS[0]
            found.findings.append(Finding(number, column, _reason(one)))


def _reason(one: Mapping[str, Any]) -> str:
    match one["type"]:
        case "missing":
            return "is missing"
        case "string_pattern_mismatch":
            return f"doesn't fit {one['ctx']['pattern']}"
        case "decimal_parsing":
            return "is no number with a point, such as 25.5"
        case _:
            text = str(one["msg"]).removeprefix("Value error, ")
            return text[:1].lower() + text[1:]


def checked(read: Read, today: date) -> Read:
    """Return what was read with what is wrong or doubtful between rows, once each can be read."""
    if read.findings:
        return read
    return read._replace(findings=_between(read.rates, today))


def _between(rates: Mapping[int, Rate], today: date) -> list[Finding]:
    classes: dict[tuple[str, str], list[tuple[int, Rate]]] = {}
    for row, rate in rates.items():
        classes.setdefault((rate.country, rate.name), []).append((row, rate))
    found = [one for of_class in classes.values() for one in _of_class(of_class, today)]
    for row, rate in rates.items():
        if rate.noted_on > today:
            found.append(Finding(row, "noted_on", "lies ahead"))
        elif (today - rate.noted_on).days > NOTED_DAYS_MAX and rate.holds_on(today):
            text = "is more than a year ago: look whether the rate still holds"
            found.append(Finding(row, "noted_on", text, is_error=False))
    return sorted(found)


def _of_class(rows: list[tuple[int, Rate]], today: date) -> Iterator[Finding]:
    """Yield where periods of one class overlap, leave days out, or end before today."""
    rows = sorted(rows, key=lambda one: (one[1].valid_from, one[0]))
    at, last = rows[0]
    for row, rate in rows[1:]:
        if last.valid_until is None or rate.valid_from <= last.valid_until:
            end = f"until {last.valid_until}" if last.valid_until else "without an end"
            yield Finding(row, "valid_from", f"overlaps row {at}, which holds {end}")
        elif rate.valid_from > last.valid_until + _A_DAY:
            text = f"leaves a gap: no rate from {last.valid_until + _A_DAY} on"
            yield Finding(row, "valid_from", text, is_error=False)
        if last.valid_until and (rate.valid_until is None or rate.valid_until > last.valid_until):
            at, last = row, rate
    if last.valid_until is not None and last.valid_until < today:
        text = (
            f"{last.country} has no rate of {last.name} after it: orders that name it are refused"
        )
        yield Finding(at, "valid_until", text, is_error=False)


def as_sheet(rates: Iterable[Rate]) -> str:
    """Return rates as a sheet that reads back to the same."""
    written = io.StringIO()
    write = csv_writer(written)
    write(COLUMNS)
    for one in rates:
        fields = one.model_dump(mode="json", by_alias=True, exclude_none=True)
        write(fields.get(name) for name in COLUMNS)
    return written.getvalue().replace("\r\n", "\n")
