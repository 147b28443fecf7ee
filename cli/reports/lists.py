"""`kassa report list`, `open` and `save`: which reports there are, and their documents."""

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import ClientError

from cli.connection import connect_as_merchant
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, console, in_one_line
from cli.reports import assume, language, today
from cli.stack import give_up, output_folder
from kassa.archive.report_names import document_key
from kassa.core.errors import InvalidRequest
from kassa.core.periods import PeriodKind, kind_of
from kassa.platform import clock, documents
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.reports.reading import lists
from kassa.reports.reading.lists import ListedReport

commands = typer.Typer()
commands.command("today")(today.today)
commands.command("language")(language.language)
commands.command("assume")(assume.assume)

Name = Annotated[
    str,
    typer.Argument(
        metavar="PERIOD",
        help="2026-11-21, 2026-W47, 2026-11 or 2026-11-01..2026-11-17.",
    ),
]
OfKind = Annotated[PeriodKind, typer.Option("--period", help="Of days, weeks, months or windows.")]
To = Annotated[Path | None, typer.Option(help="The folder, else as in the bucket, below .kassa.")]
Documents = Annotated[
    list[str] | None, typer.Option("--document", help="Only these; may be repeated.")
]


@commands.command("list")
@in_one_line
def listed(
    kind: OfKind = PeriodKind.DAILY,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List the reports that were built, newest first; with --json, links to their documents."""
    connect_as_merchant()

    def read(request: PageRequest) -> tuple[Sequence[ListedReport], str | None]:
        page = lists.listed(kind, request, clock.now())
        return page.reports, page.next_cursor

    which = kind.noun.upper()
    nothing = f"No {kind} report was built yet: 'kassa report {kind} {which}' builds one."
    show_list(read, Start(limit, cursor), Shown("reports", _listing, nothing), as_json)


@commands.command("open")
@in_one_line
def open_document(
    name: Name,
    document: Annotated[
        str, typer.Option("--document", help="Which one of the report.")
    ] = "report.html",
    is_printed: Annotated[
        bool, typer.Option("--print", help="Print where it lies, and don't show it.")
    ] = False,
) -> None:
    """Fetch a document of a report and show it, or print where it lies."""
    [path] = _saved(_found(name), None, [document])
    console().print(str(path), soft_wrap=True, markup=False)
    if not is_printed:
        webbrowser.open(path.absolute().as_uri())


@commands.command("save")
@in_one_line
def save(name: Name, to: To = None, chosen: Documents = None) -> None:
    """Fetch the documents of a report, and print where they lie."""
    for path in _saved(_found(name), to, chosen):
        console().print(str(path), soft_wrap=True, markup=False)


def named(name: str) -> PeriodKind:
    """Return which kind of period was named; what names none is a wrong argument."""
    try:
        return kind_of(name)
    except InvalidRequest as error:
        raise typer.BadParameter(str(error)) from None


def _found(name: str) -> ListedReport:
    kind = named(name)
    connect_as_merchant()
    return lists.named(kind, name)


def _saved(report: ListedReport, to: Path | None, chosen: list[str] | None) -> list[Path]:
    """Fetch documents of a report, all of them unless some are chosen."""
    there = [one.name for one in report.documents]
    if unknown := set(chosen or ()) - set(there):
        give_up(f"{report.name} has no {min(unknown)}: it has {', '.join(there)}")
    return [_fetched(report, name, to) for name in chosen or there]


def _fetched(report: ListedReport, name: str, to: Path | None) -> Path:
    key = document_key(settings().merchant_id, report.period, report.name, name)
    path = to / name if to else output_folder() / key
    try:
        body = documents.read(key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        give_up(
            f"{name} of {report.name} is gone from the bucket:"
            f" 'kassa report {report.period} {report.name} --rebuild' writes it again"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def _listing(reports: Sequence[ListedReport]) -> Listing:
    made = Listing("Reports", ["period", "days", "state", "documents"], ["period"])
    for one in reports:
        days = str(one.first_day)
        if one.last_day != one.first_day:
            days = f"{one.first_day:%d %b} to {one.last_day:%d %b}"
        there = _by_forms([each.name for each in one.documents])
        made.add_row(one.name, days, one.state, there or _what_to_do(one))
    return made


def _by_forms(names: Sequence[str]) -> str:
    """Return documents by the forms they come in: fees, report (csv, html), mail (json)."""
    forms = dict[str, list[str]]()
    for name in names:
        stem, _, form = name.partition(".")
        forms.setdefault(stem, []).append(form)
    stems = dict[str, list[str]]()
    for stem, those in forms.items():
        stems.setdefault(", ".join(sorted(those)), []).append(stem)
    return "; ".join(f"{', '.join(those)} ({form})" for form, those in stems.items())


def _what_to_do(report: ListedReport) -> str:
    return f"kassa report {report.period} {report.name}"
