"""`kassa payments import`: a till's end-of-day CSV, each row entered once.

Nothing of a file is entered while anything in it is wrong, unless --valid-rows says so. Each row is
a call of the API under the row's own name: a file that was cut off is imported again.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.markup import escape

from cli.api import Answer, ApiKey, ask
from cli.connection import connect_as_merchant
from cli.output import AsJson, amount, in_one_line, print_json, say
from cli.payments.actions import PATH
from cli.payments.actions import app as app
from cli.payments.files import (
    FIELDS,
    MARKS,
    SKIPPED,
    Finding,
    Form,
    Row,
    Sheet,
    decoded,
    pairs,
    read_sheet,
)
from kassa.billing.manual_payments.bodies import received_at
from kassa.billing.manual_payments.enter_payment import of_sale
from kassa.core.errors import InvalidRequest, KassaError, NotFound
from kassa.core.money import Money, Sums
from kassa.gateways.manual.entries import EntryMethod
from kassa.platform import clock
from kassa.platform.settings import settings

BUSY, TRIES = (429, 503), 6  # the API takes only so many a second
SHOWN_MAX = 50
CHANGED = 409
_HELD_BACK = "wasn't entered: an earlier row of its reference says something else than before"


class Entered(NamedTuple):
    """What became of a row."""

    row: Row
    answer: Answer

    @property
    def refusal(self) -> str | None:
        """Return why it wasn't entered; none where it was."""
        return self.answer.refusal


TillFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The till's CSV.")]
Column = Annotated[
    list[str] | None,
    typer.Option(help=f"Where a column is called otherwise: date=Datum. {', '.join(FIELDS)}"),
]
Word = Annotated[
    list[str] | None,
    typer.Option(
        help=f"The till's word for a method: Bar=cash; Karte={SKIPPED} if a gateway reports it."
    ),
]
ValidRows = Annotated[
    bool, typer.Option("--valid-rows", help="Enter what is right, though other rows are not.")
]


@app.command("import")
@in_one_line
def import_file(
    file: TillFile,
    account: Annotated[str, typer.Option(help="The till's name: till-1.")],
    column: Column = None,
    word: Word = None,
    currency: Annotated[str | None, typer.Option(help="Where no column says it.")] = None,
    method: Annotated[EntryMethod, typer.Option(help="Likewise.")] = EntryMethod.TILL,
    decimal: Annotated[str, typer.Option(help="point or comma.")] = "point",
    thousands: Annotated[str, typer.Option(help=", ".join(MARKS))] = "none",
    date_format: Annotated[str, typer.Option(help="As of strftime: %d.%m.%Y.")] = "%Y-%m-%d",
    encoding: Annotated[str, typer.Option(help="Such as cp1252.")] = "utf-8",
    valid_rows: ValidRows = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it; enter nothing.")] = False,
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Enter the payments of a till's CSV; what was entered before is known, and stays one."""
    form = Form(
        account=account,
        columns=pairs(column or (), "--column", FIELDS),
        words=pairs(word or (), "--word", ()),
        currency=currency,
        method=method,
        decimal=_mark("--decimal", decimal, ("point", "comma")),
        thousands=_mark("--thousands", thousands, MARKS),
        date_format=date_format,
    )
    checked = _checked(decoded(file.read_bytes(), encoding), form)
    is_stopped = dry_run or (checked.findings and not valid_rows)
    done = [] if is_stopped else list(_entered(checked.rows, key))
    refused = [Finding(one.row.line, "API", one.refusal) for one in done if one.refusal]
    report = checked._replace(findings=[*checked.findings, *refused])
    (_print if as_json else _say)(report, done)
    if report.findings:
        raise typer.Exit(1)


def _checked(text: str, form: Form) -> Sheet:
    """Return what of a file can be entered, and all that is wrong with it."""
    sheet = read_sheet(text, form)
    connect_as_merchant()
    unfit = list(_unfit(sheet.rows, form))
    wrong = {one.line for one in unfit}
    rows = [row for row in sheet.rows if row.line not in wrong]
    return Sheet(rows, sorted([*sheet.findings, *unfit]), sheet.skipped)


def _mark(option: str, name: str, known: Iterable[str]) -> str:
    if name not in known:
        raise InvalidRequest(f"{option} {name}: there are {', '.join(known)}")
    return MARKS[name]


def _unfit(rows: Iterable[Row], form: Form) -> Iterator[Finding]:
    """Find rows that the books can't take: of no order or invoice of ours, or of another time."""
    now, zone = clock.now(), settings().merchant_time_zone
    columns = {name: form.columns.get(column, column) for column, name in FIELDS.items()}
    for row in rows:
        try:
            at = received_at(row.body, now, zone)
            of_sale(row.body.entry("", at), settings().merchant_id)
        except KassaError as error:
            field, _, text = str(error).partition(": ")
            if field in columns:
                yield Finding(row.line, columns[field], text)
            elif isinstance(error, NotFound):
                named = "order_id" if row.body.order_id else "invoice_number"
                yield Finding(row.line, columns[named], str(error))
            else:
                raise


def _entered(rows: Iterable[Row], key: str | None) -> Iterator[Entered]:
    """Enter rows; behind one that says something else than before, none of its reference.

    Those have other places then than they had, so one that is known would be entered again.
    """
    moved = set[str]()
    for row in rows:
        if row.place in moved:
            yield Entered(row, Answer(CHANGED, {}, _HELD_BACK))
            continue
        body = row.body.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        answer = _patiently(body, key)
        if answer.status == CHANGED:
            moved.add(row.place)
        yield Entered(row, answer)


def _patiently(body: dict[str, Any], key: str | None) -> Answer:
    """Send a row until it is taken or refused; too many at once wait their turn."""
    answer = ask("POST", PATH, body, key)
    for tried in range(1, TRIES):
        if answer.status not in BUSY:
            break
        time.sleep(min(2**tried / 4, 5))
        answer = ask("POST", PATH, body, key)
    return answer


def _print(sheet: Sheet, done: list[Entered]) -> None:
    print_json(
        {
            "rows": len(sheet.rows),
            "entered": [one.answer.fields["payment_id"] for one in _new(done)],
            "known": sum(one.answer.status == 200 for one in done),
            "skipped": sheet.skipped,
            "findings": [one._asdict() for one in sheet.findings],
        }
    )


def _say(sheet: Sheet, done: list[Entered]) -> None:
    for one in sheet.findings[:SHOWN_MAX]:
        say(escape(str(one)), style="red")
    if len(sheet.findings) > SHOWN_MAX:
        say(f"… and {len(sheet.findings) - SHOWN_MAX} more", style="red")
    if not done:
        rows = "1 row is" if len(sheet.rows) == 1 else f"{len(sheet.rows)} rows are"
        say(f"{rows} right; nothing was entered.")
        return
    new, known = _new(done), sum(one.answer.status == 200 for one in done)
    say(f"{len(new)} entered, {known} known before, {sheet.skipped} skipped.")
    for total in _totals(one.row for one in new):
        say(f"{amount(total)} entered")


def _new(done: list[Entered]) -> list[Entered]:
    return [one for one in done if one.answer.status == 201]


def _totals(rows: Iterable[Row]) -> Iterator[Money]:
    amounts = [row.body.amount for row in rows]
    for currency in sorted({one.currency for one in amounts}):
        yield Money(amount_minor=Sums(amounts).of(currency), currency=currency)
