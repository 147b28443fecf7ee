"""`kassa anomalies`: what stood out, and what of it is expected."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.whole_numbers import between
from kassa.archive.report_names import ReportName
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.core.periods import PeriodKind, first_day
from kassa.platform.settings import settings
from kassa.reports.anomalies import alerted_store
from kassa.reports.anomalies.finding import TITLES, Finding, in_words
from kassa.reports.anomalies.look_up import look_up
from kassa.reports.anomalies.store import ALERTS_MAX, Marks
from kassa.reports.reading.store import read_report

app = typer.Typer(
    no_args_is_help=True, help="Anomalies: list, show, expect, expected, take-back, budget."
)
Id = Annotated[str, typer.Argument(metavar="ID", help="Such as 2026-11-21-4f1c09ab.")]


@app.command("list")
@in_one_line
def listed(
    day: Annotated[str, typer.Argument(metavar="DAY", help="Such as 2026-11-21.")],
    as_json: AsJson = False,
) -> None:
    """List what stood out of a day, the worst first."""
    connect_as_merchant()
    report = _alerted_so_far(day) or _report(day)
    if as_json:
        print_json(report)
        return
    for line in report["headlines"]:
        say(line)
    before = {one.anomaly_id for one in _alerted(day)}  # while the day went on
    for each in report["findings"]:
        is_known = report["is_closed"] or each["anomaly_id"] in before
        _print_short(stored.read(Finding, each), is_known)


@app.command("show")
@in_one_line
def show(anomaly_id: Id, as_json: AsJson = False) -> None:
    """Show why something stood out, what is at stake, and the events behind it."""
    connect_as_merchant()
    one = look_up(anomaly_id)
    if as_json:
        print_json(one)
        return
    say(one.headline)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in _fields(one):
        table.add_row(Text(name, style="dim"), Text(value))
    console().print(table)


@app.command("expect")
@in_one_line
def expect(
    anomaly_id: Id,
    reason: Annotated[str, typer.Option(help="Why it is expected; kept for good.")],
    as_json: AsJson = False,
) -> None:
    """Mark one as expected: the like of it is listed as such, and alerted no more."""
    stack = connect_as_merchant()
    mark = Marks(settings().merchant_id).expect(look_up(anomaly_id), reason, operator(stack))
    if as_json:
        print_json(mark)
    else:
        say(f"Expected from the next report on: {TITLES[mark.kind].lower()}, {mark.like}.")


@app.command("expected")
@in_one_line
def expected(as_json: AsJson = False) -> None:
    """List what is marked as expected, and how many alerts a day there may be."""
    connect_as_merchant()
    entered = Marks(settings().merchant_id).read()
    if as_json:
        print_json(entered)
        return
    say(f"{entered.alerts_a_day} alerts a day at most.")
    for mark in entered.marks:
        say(f"{mark.anomaly_id}  {TITLES[mark.kind]}, {mark.like}")
        for one in mark.statements:
            word = "expected" if one.is_expected else "not expected"
            by = f" by {one.marked_by}" if one.marked_by else ""
            line = f"  {instant(one.marked_at)} UTC  {word}{by}: {one.reason}"
            console().print(Text(line))


@app.command("take-back")
@in_one_line
def take_back(
    anomaly_id: Id,
    reason: Annotated[str, typer.Option(help="Why it isn't any more; kept for good.")],
    as_json: AsJson = False,
) -> None:
    """Expect it no more: the like of it is alerted again."""
    stack = connect_as_merchant()
    mark = Marks(settings().merchant_id).take_back(anomaly_id, reason, operator(stack))
    if as_json:
        print_json(mark)
    else:
        say(f"{anomaly_id} isn't expected any more, from the next report on.")


@app.command("budget")
@in_one_line
def budget(
    alerts_a_day: Annotated[
        int, typer.Argument(metavar="N", help="From 0 to 50.", **between(0, ALERTS_MAX))
    ],
    as_json: AsJson = False,
) -> None:
    """Say of how many anomalies a day somebody is told at most: the worst."""
    stack = connect_as_merchant()
    Marks(settings().merchant_id).set_budget(alerts_a_day, operator(stack))
    if as_json:
        print_json({"alerts_a_day": alerts_a_day})
    else:
        say(f"{alerts_a_day} alerts a day at most, from the next report on.")


def _report(day: str) -> dict[str, Any]:
    return read_report(PeriodKind.DAILY, day, ReportName.ANOMALIES)


def _alerted_so_far(day: str) -> dict[str, Any] | None:
    """Return what of a day was alerted before its report was built; none once there is one."""
    try:
        _report(day)
    except ReportNotFound:
        found = _alerted(day)
        if not found:
            return None
        return {
            "title": f"Alerted so far on {day}",
            "headlines": [one.headline for one in found],
            "is_closed": True,
            "findings": [stored.plain(one) for one in found],
        }
    return None


def _alerted(day: str) -> tuple[Finding, ...]:
    on = first_day(PeriodKind.DAILY, day)
    return alerted_store.read(settings().merchant_id, on).findings


def _print_short(one: Finding, is_alerted: bool) -> None:
    amount = f"  {in_words(one.amount_minor, one.currency)}" if one.currency else ""
    alert = "alerted" if is_alerted else "will be alerted when the day is closed"
    status = "  expected" if one.expected is not None else f"  {alert}" if one.is_alert else ""
    console().print(Text(f"{one.anomaly_id}  {TITLES[one.kind]}{amount}{status}"))


def _fields(one: Finding) -> list[tuple[str, str]]:
    stake = in_words(one.amount_minor, one.currency) if one.currency else "none"
    where = f"{one.gateway}/{one.account}" if one.gateway else "-"
    fields = [
        ("Kind", TITLES[one.kind]),
        ("Where", where),
        ("From", f"{instant(one.began_at)} UTC"),
        ("To", f"{instant(one.ended_at)} UTC"),
        ("At stake", stake),
        ("Expected", one.expected or "no"),
    ]
    fields += [("Why", reason) for reason in one.reasons]
    return [*fields, ("About", ", ".join(one.subject_ids)), ("Events", ", ".join(one.event_ids))]
