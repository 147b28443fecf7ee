"""The rows of a past's CSV, as the reader of their gateway takes them.

A row of a gateway that is read by a mapping becomes the body that a webhook would have had: its
columns are put where the mapping looks.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from cli.history.doors import Whose
from cli.payments.files import pairs
from kassa.core import paths
from kassa.core.errors import InvalidRequest
from kassa.gateways.standard.mapping import store
from kassa.gateways.standard.mapping.model import Mapping as EventMapping

SEPARATORS = (";", ",", "\t")


class Shape(NamedTuple):
    """Where the columns of a file stand in the body that a mapping reads."""

    columns: Mapping[str, str] = {}  # path -> column; a column that isn't named fills its own path
    constants: Mapping[str, str] = {}  # path -> what stands there in every row
    spelled: Mapping[
        str, Mapping[str, Any]
    ] = {}  # path -> what its texts stand for: true for "true"

    @classmethod
    def of(cls, columns: Iterable[str], constants: Iterable[str]) -> Self:
        """Read options; raise InvalidRequest for a path that is none."""
        shape = cls(pairs(columns, "--column", ()), pairs(constants, "--constant", ()))
        for path in (*shape.columns, *shape.constants):
            _steps(path)
        return shape

    def value(self, path: str, text: str) -> Any:
        """Return what a text stands for at a path: itself, unless the mapping says otherwise."""
        return self.spelled.get(path, {}).get(text, text)


def spelled(shape: Shape, whose: Whose) -> Shape:
    """Return a shape that spells as the account's mapping compares."""
    mapping = store.find(whose.gateway, whose.account).mapping
    return shape._replace(spelled=spellings(mapping))


def spellings(mapping: EventMapping) -> dict[str, dict[str, Any]]:
    """Return by path how a text spells what a mapping compares there: true, false, numbers.

    A file has texts alone. Where the mapping compares with the same text, it stays a text.
    """
    compared = [(path, values) for rule in mapping.rules for path, values in rule.when.items()]
    if mode := mapping.mode:
        compared += [(mode.path, mode.live), (mode.path, mode.test)]
    found: dict[str, dict[str, Any]] = {}
    for path, values in compared:
        found.setdefault(path, {}).update({_text(one): one for one in values if one is not None})
    texts = {(path, one) for path, values in compared for one in values if isinstance(one, str)}
    return {
        path: {text: value for text, value in known.items() if (path, text) not in texts}
        for path, known in found.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shaped(cells: Mapping[str, str], shape: Shape) -> dict[str, Any]:
    """Return a row as a body: each cell at its path, and nothing where a cell is empty.

    Where a column is named for a path, another that is called like the path doesn't fill it.
    """
    body: dict[str, Any] = {}
    named = {column: path for path, column in shape.columns.items()}
    for column, cell in cells.items():
        path = named.get(column, column)
        if cell.strip() and shape.columns.get(path, column) == column:
            _put(body, path, shape.value(path, cell.strip()))
    for path, value in shape.constants.items():
        _put(body, path, shape.value(path, value))
    return body


class Line(NamedTuple):
    """A line of a file: its cells by their columns, and what is in no column."""

    number: int
    cells: dict[str, str]
    extra: int = 0  # cells that say something behind the last column


def lines_of(content: bytes, shape: Shape) -> Iterator[Line]:
    """Walk the lines of a file, each cell under its column's name."""
    try:
        text = content.decode("utf-8-sig")
        separator = max(SEPARATORS, key=text.partition("\n")[0].count)
        lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        _check_head(list(lines.fieldnames or ()), shape)
        for row in lines:
            behind = [cell for cell in row.pop(None, ()) if cell.strip()]
            cells = {name: cell or "" for name, cell in row.items() if name}
            yield Line(lines.line_num, cells, len(behind))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidRequest(f"--file: it can't be read as CSV in UTF-8: {error}") from error


def _check_head(names: list[str], shape: Shape) -> None:
    """Refuse a file without a column that is asked for, or with two of one name."""
    there = ", ".join(names)[:200]
    if missing := sorted(set(shape.columns.values()) - set(names)):
        raise InvalidRequest(f"--column: the file has no {missing[0]!r}; there are: {there}")
    if twice := [name for name in names if name and names.count(name) > 1]:
        raise InvalidRequest(f"--file: {twice[0]!r} stands twice in its first line: {there}")


def _steps(path: str) -> tuple[str | int, ...]:
    try:
        found = paths.steps(path)
    except ValueError as error:
        raise InvalidRequest(f"{path}: {error}") from error
    if not all(isinstance(step, str) for step in found):
        raise InvalidRequest(f"{path}: a row has no lists")
    return found


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path; a column whose name is no path stays under its name."""
    try:
        *way, last = map(str, paths.steps(path))
    except ValueError:
        way, last = [], path
    here = body
    for step in way:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise InvalidRequest(f"{path}: another column stands in its way")
    here[last] = value
