"""A till's CSV, read strictly: each row a payment with a name of its own, each mistake by its line.

A row's name is its account, day and reference, with which of those of one reference it is; a row
without a reference is named by what it says. So a file that is read again, or exported again with
more rows, names the same payments as before.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import ValidationError

from kassa.billing.manual_payments.bodies import PaymentBody
from kassa.core.errors import InvalidRequest
from kassa.http_api.refusals import pattern_text
from kassa.refunds.policy.cells import money

ROWS_MAX, BYTES_MAX = 10_000, 20 * 1024 * 1024
FIELDS = {  # the column's own name -> what the API calls it
    "date": "received_on",
    "amount": "amount_minor",
    "currency": "currency",
    "method": "method",
    "reference": "reference",
    "order": "order_id",
    "invoice": "invoice_number",
}
SKIPPED = "skip"  # what a till's word for a method leads to where a gateway reports those payments
MARKS = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}
_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_SEPARATORS = (";", ",", "\t")
_SEPARATOR_LINE = re.compile(r"sep=([;,\t|])\r?", re.IGNORECASE)  # above the head, as Excel has it


class Form(NamedTuple):
    """How a till writes its rows; columns and words are those of the file."""

    account: str
    columns: Mapping[str, str] = {}  # our name -> the file's; what isn't named has ours
    words: Mapping[str, str] = {}  # the till's word for a method -> ours
    currency: str | None = None  # of all rows, where no column says it
    method: str | None = "till"  # likewise
    decimal: str = "."
    thousands: str = ""
    date_format: str = "%Y-%m-%d"


class Row(NamedTuple):
    """A payment, and the line of the file it ends on."""

    line: int
    body: PaymentBody

    @property
    def place(self) -> str:
        """Return what its name counts: account, day and reference, or content."""
        return str(self.body.entry_id).rpartition("/")[0]


class Finding(NamedTuple):
    """What is wrong with a cell."""

    line: int
    column: str  # as the file calls it
    text: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.text}"


class Sheet(NamedTuple):
    """A file as it was read."""

    rows: list[Row]
    findings: list[Finding]
    skipped: int = 0


def decoded(content: bytes, encoding: str) -> str:
    """Return a file's text; raise InvalidRequest where it is none, or more than any day's."""
    if len(content) > BYTES_MAX:
        raise InvalidRequest(f"the file has more than {BYTES_MAX // 1024**2} MB")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError):
        raise InvalidRequest(f"the file isn't text in {encoding}: say --encoding") from None
    if "\x00" in text:
        raise InvalidRequest("the file holds zero bytes: it is no CSV")
    return text


def read_sheet(text: str, form: Form) -> Sheet:
    """Read a file whose first line names the columns; what is wrong is in the findings."""
    head = text.partition("\n")[0]
    declared = _SEPARATOR_LINE.fullmatch(head)
    separator = declared[1] if declared else max(_SEPARATORS, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        if declared:
            next(lines)
        names = [name.strip() for name in next(lines, [])]
        places, wrong = _places(names, form, lines.line_num)
        if wrong:
            return Sheet([], wrong)
        return _read_rows(lines, places, form, len(names))
    except csv.Error as error:
        return Sheet([], [Finding(lines.line_num, "?", f"can't be read: {error}")])


def _places(names: list[str], form: Form, line: int) -> tuple[dict[str, int], list[Finding]]:
    """Return where each of our columns stands, and what is wrong with the head."""
    places, wrong = dict[str, int](), list[Finding]()
    given = {"currency": form.currency, "method": form.method}
    for field in FIELDS:
        name = form.columns.get(field, field)
        if names.count(name) > 1:
            wrong.append(Finding(line, name, "stands twice"))
        elif name in names:
            places[field] = names.index(name)
        elif field in form.columns or field in ("date", "amount") or given.get(field, "") is None:
            options = f"--column {field}=NAME" + (f" or --{field}" if field in given else "")
            there = ", ".join(names)[:200]
            wrong.append(Finding(line, name, f"is missing; say {options}; there are: {there}"))
    return places, wrong


def _read_rows(lines: Any, places: Mapping[str, int], form: Form, width: int) -> Sheet:
    rows, wrong, skipped, seen = list[Row](), list[Finding](), 0, Counter[str]()
    for cells in lines:
        found = {field: cells[at].strip() for field, at in places.items() if at < len(cells)}
        if not any(cell.strip() for cell in cells):
            continue
        if form.words.get(found.get("method", "")) == SKIPPED:
            skipped += 1
            continue
        if len(rows) + len(wrong) >= ROWS_MAX:
            wrong.append(Finding(lines.line_num, "?", f"more than {ROWS_MAX} rows"))
            break
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            wrong.append(Finding(lines.line_num, "?", f"has {len(cells)} cells, not {width}"))
            continue
        body = _read_row(lines.line_num, found, form, wrong)
        if body is not None:
            rows.append(Row(lines.line_num, _named(body, seen)))
    return Sheet(rows, wrong, skipped)


def _read_row(
    line: int, found: Mapping[str, str], form: Form, wrong: list[Finding]
) -> PaymentBody | None:
    """Return a row's payment; none where something is wrong with it."""
    currency = found.get("currency") or form.currency or ""
    word = found.get("method") or form.method or ""
    fields: dict[str, Any] = {"account": form.account, "currency": currency}
    fields["method"] = form.words.get(word, word.lower())
    fields |= {FIELDS[name]: found[name] for name in _TEXTS if found.get(name)}
    mistakes = dict[str, str]()
    for field, read in (("date", _day), ("amount", _amount_minor)):
        try:
            fields[FIELDS[field]] = read(found.get(field, ""), currency, form)
        except (InvalidRequest, ValueError) as error:
            mistakes[field] = str(error).removeprefix("amount: ")
    mistakes = _refused(fields) | mistakes
    wrong += [Finding(line, form.columns.get(one, one), text) for one, text in mistakes.items()]
    return None if mistakes else PaymentBody.model_validate(fields)


def _refused(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what the API would refuse of a payment, by our column."""
    try:
        PaymentBody.model_validate(fields)
    except ValidationError as error:
        return dict(map(_mistake, error.errors(include_url=False)))
    return {}


def _mistake(one: Any) -> tuple[str, str]:
    columns = {name: column for column, name in FIELDS.items()}
    where = str(one["loc"][0]) if one["loc"] else "order_id"
    if one["type"] == "string_pattern_mismatch":
        return columns.get(where, where), pattern_text(str(one["ctx"]["pattern"]))
    text = "is missing" if one["type"] == "missing" else str(one["msg"])
    return columns.get(where, where), text.removeprefix("Value error, ")


def _day(text: str, _: str, form: Form) -> str:
    try:
        day: date = datetime.strptime(text, form.date_format).date()  # noqa: DTZ007 - a day alone
    except ValueError:
        raise InvalidRequest(f"isn't written as {form.date_format} (--date-format)") from None
    return day.isoformat()


def _amount_minor(text: str, currency: str, form: Form) -> int:
    """Return minor units, exactly; no sign, and no mark that wasn't said to be one."""
    if text.startswith(("-", "\u2212", "(")):
        raise InvalidRequest("is below zero: what was given back has a command of its own")
    plain = _without_thousands(text, form) if form.thousands else text
    found = _NUMBER.fullmatch(plain.replace(form.decimal, ".") if form.decimal in plain else plain)
    if found is None or (form.decimal != "." and "." in plain):
        raise InvalidRequest("is no amount by --decimal and --thousands")
    minor = money(f"{found[0]} {currency}", "amount").amount_minor
    if not minor:
        raise InvalidRequest("is zero")
    return minor


def _without_thousands(text: str, form: Form) -> str:
    """Return digits without the marks between thousands, where those stand right."""
    whole, mark, rest = text.partition(form.decimal)
    groups = re.split(rf"[{re.escape(form.thousands)}\u00a0\u202f]", whole)
    is_right = len(groups[0]) <= 3 and all(len(one) == 3 for one in groups[1:])
    return "".join(groups) + mark + rest if len(groups) > 1 and is_right else text


def _named(body: PaymentBody, seen: Counter[str]) -> PaymentBody:
    """Return a payment with its name: the nth of its account, day and reference, or content."""
    of = body.reference or f"row-{_digest(body)}"
    name = f"import/{body.account}/{body.received_on}/{of}"
    seen[name] += 1
    return body.model_copy(update={"entry_id": f"{name}/{seen[name]}"})


def _digest(body: PaymentBody) -> str:
    fields = body.model_dump(mode="json", exclude_none=True)
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


_TEXTS = ("reference", "order", "invoice")


def pairs(given: Iterable[str], option: str, known: Iterable[str]) -> dict[str, str]:
    """Return options of the form NAME=VALUE by name; raise InvalidRequest for any other."""
    return dict(_pairs(given, option, set(known)))


def _pairs(given: Iterable[str], option: str, known: set[str]) -> Iterator[tuple[str, str]]:
    for one in given:
        name, equals, value = (part.strip() for part in one.partition("="))
        if not equals or not name or not value:
            raise InvalidRequest(f"{option} {one}: write it as NAME=VALUE")
        if known and name not in known:
            raise InvalidRequest(f"{option} {one}: there are {', '.join(sorted(known))}")
        yield name, value
