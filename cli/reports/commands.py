"""`kassa report`: today so far; builds a report, brings its documents here, prints the summary."""

import json
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json
from cli.reports import building, due, explain, prove
from cli.reports.printing import print_report
from cli.stack import give_up
from cli.whole_numbers import between
from kassa.archive.report_names import PDF, ReportName, document_of, refuse_without
from kassa.core.errors import InvalidRequest
from kassa.core.periods import EDITIONS_MAX, EXAMPLES, Period, PeriodKind
from kassa.reports.report import ReportRequest

K = PeriodKind
app = typer.Typer(
    no_args_is_help=True, help="Reports: today so far, build one, list, read, explain, prove."
)
app.add_typer(explain.commands)
app.command("prove")(prove.prove)
app.command("due")(due.due)


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"
    PDF = "pdf"  # all reports of the period as one document


EVERY = (Format.HTML, Format.CSV, Format.JSON)  # of which every report is written


@app.callback()
def reports() -> None:
    """Reports: today so far, build one, list, read, explain, prove."""


To = Annotated[
    Path | None,
    typer.Option(help="The folder its documents go to, else .kassa/output/reports."),
]
Formats = Annotated[
    list[Format] | None,
    typer.Option("--format", help="Only these; may be repeated."),
]
IsRebuilt = Annotated[
    bool, typer.Option("--rebuild", help="Write a closed report's documents once more.")
]
Of = Annotated[ReportName, typer.Option("--report", help="Which of the period's reports.")]
IsOpened = Annotated[bool, typer.Option("--open", help="Show it in the browser.")]


@app.command("daily")
@in_one_line
def daily(
    day: Annotated[str, typer.Argument(metavar="DAY", help=f"Such as {EXAMPLES[K.DAILY]}.")],
    to: To = None,
    formats: Formats = None,
    of: Of = ReportName.SUMMARY,
    is_rebuilt: IsRebuilt = False,
    is_opened: IsOpened = False,
    as_json: AsJson = False,
) -> None:
    """Build the reports of a day; preliminary while the day goes on."""
    _report(_requested(K.DAILY, day, is_rebuilt), Output(to, formats, of, is_opened, as_json))


@app.command("weekly")
@in_one_line
def weekly(
    week: Annotated[str, typer.Argument(metavar="WEEK", help=f"Such as {EXAMPLES[K.WEEKLY]}.")],
    to: To = None,
    formats: Formats = None,
    of: Of = ReportName.SUMMARY,
    is_rebuilt: IsRebuilt = False,
    is_opened: IsOpened = False,
    as_json: AsJson = False,
) -> None:
    """Build the reports of a week; preliminary while the week goes on."""
    _report(_requested(K.WEEKLY, week, is_rebuilt), Output(to, formats, of, is_opened, as_json))


@app.command("monthly")
@in_one_line
def monthly(
    month: Annotated[str, typer.Argument(metavar="MONTH", help=f"Such as {EXAMPLES[K.MONTHLY]}.")],
    to: To = None,
    formats: Formats = None,
    of: Of = ReportName.SUMMARY,
    is_rebuilt: IsRebuilt = False,
    is_opened: IsOpened = False,
    as_json: AsJson = False,
) -> None:
    """Build the reports of a month; preliminary while the month goes on."""
    _report(_requested(K.MONTHLY, month, is_rebuilt), Output(to, formats, of, is_opened, as_json))


@app.command("window")
@in_one_line
def window(
    first: Annotated[str, typer.Argument(metavar="FIRST", help="The first day: 2026-11-01.")],
    last: Annotated[str, typer.Argument(metavar="LAST", help="The last one: 2026-11-17.")],
    is_anew: Annotated[
        bool, typer.Option("--anew", help="Build another edition, if facts came late.")
    ] = False,
    edition: Annotated[
        int, typer.Option(help="Which one, to rebuild it.", **between(1, EDITIONS_MAX))
    ] = 1,
    to: To = None,
    formats: Formats = None,
    of: Of = ReportName.SUMMARY,
    is_rebuilt: IsRebuilt = False,
    is_opened: IsOpened = False,
    as_json: AsJson = False,
) -> None:
    """Build the reports of any whole days, once; earlier editions stay."""
    name = f"{first}..{last}" + (f"-e{edition}" if edition > 1 else "")
    request = _requested(K.WINDOW, name, is_rebuilt)
    request = request.model_copy(update={"anew": is_anew})
    _report(request, Output(to, formats, of, is_opened, as_json))


class Output(NamedTuple):
    """What is done with a report once it is built."""

    to: Path | None
    formats: list[Format] | None
    report: ReportName
    is_opened: bool
    as_json: bool


def _requested(kind: K, name: str, is_rebuilt: bool) -> ReportRequest:
    """Return the request; a name that no such period has is a wrong argument."""
    try:
        Period.named(kind, name, "UTC")
    except InvalidRequest as error:
        raise typer.BadParameter(str(error)) from None
    return ReportRequest(day=name, period=kind, rebuild=is_rebuilt)


def _report(request: ReportRequest, output: Output) -> None:
    try:
        refuse_without(output.report, request.period)
    except InvalidRequest as error:
        raise typer.BadParameter(str(error)) from None
    stack = connect_as_merchant()
    built = (building.rebuild if request.rebuild else building.build)(stack, request)
    page = document_of(output.report, "html")
    book = document_of(output.report, Format.XLSX)
    formats = set(output.formats or EVERY)
    names = {document_of(output.report, name) for name in formats - {Format.PDF}}
    names |= {book} & built.keys.keys() if output.formats is None else set()
    names |= {page} if output.is_opened else set()
    if missing := names - built.keys.keys():
        give_up(f"The {built.period} reports of {built.day} were closed without {min(missing)}.")
    if Format.PDF in formats:
        names.add(PDF)
        built.keys[PDF] = building.typeset(stack, built)
    paths = building.download(stack, built, names, output.to or building.folder(built))
    content = json.loads(building.body(stack, built.keys[document_of(output.report, "json")]))
    if output.is_opened:
        webbrowser.open(paths[page].absolute().as_uri())
    if output.as_json:
        is_closed = built.is_closed
        print_json({"day": built.day, "is_closed": is_closed, "paths": paths, "report": content})
        return
    print_report(output.report, content)
    for path in paths.values():
        console().print(str(path), style="dim", soft_wrap=True)
