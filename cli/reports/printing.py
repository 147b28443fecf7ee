"""How a built report is printed: the summary's figures, of others what they say first."""

from typing import Any

from rich.markup import escape

from cli.output import console
from cli.reports.tables import Figures, figures_tables
from kassa.archive.report_names import ReportName
from kassa.core import stored
from kassa.reports.breakdown.localization import Texts
from kassa.reports.report import Report
from kassa.reports.summary.summary import FIGURES, CurrencySummary


def print_report(report: ReportName, content: dict[str, Any]) -> None:
    """Print a report by what its JSON holds; its documents have the rest."""
    if report is ReportName.SUMMARY:
        _print_summary(stored.read(Report, content))
        return
    screen = console()
    screen.print(f"[bold]{escape(content['title'])}[/bold]")
    for line in content["headlines"]:
        screen.print(escape(line))


def _print_summary(report: Report) -> None:
    screen = console()
    noun = report.period.kind.noun
    goes_on = f"preliminary, the {noun} goes on"
    still = "imported, from before these books" if report.is_imported else goes_on
    status = "closed" if report.is_closed else still
    screen.print(
        f"[bold]Transaction summary of {report.period.name}[/bold]"
        f"  {report.period.time_zone}, {status}"
    )
    if report.breakdown is not None:
        texts = Texts("en", report.layout)
        for need in report.breakdown.needs:
            screen.print(f"! {texts.need(need)}", style="yellow", markup=False)
        if report.breakdown.findings:
            count = texts.number(report.breakdown.findings)
            screen.print(texts("first.findings", count=count), style="yellow", markup=False)
    if report.currencies:
        screen.print(figures_tables(map(_figures, report.currencies)))
    else:
        screen.print(f"Nothing moved {'on' if noun == 'day' else 'in'} this {noun}.")
    for correction in report.corrections:
        screen.print(f"corrects {correction.day}: {correction.facts} facts came late")


def _figures(one: CurrencySummary) -> Figures:
    figures = {name: getattr(one, name).amount_minor for name in FIGURES}
    counts = (one.captured_payments, one.failed_attempts, one.success_rate)
    return Figures(one.currency, figures, *counts)
