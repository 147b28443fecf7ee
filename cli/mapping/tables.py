"""How a mapping, what is wrong with it and what it makes of an event are shown."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.mapping.trials import Trial
from cli.output import amount, console, instant, table
from cli.stack import give_up
from kassa.core.postings import Posting
from kassa.gateways.events import GatewayEvent, Ignored, ObjectReport
from kassa.gateways.standard.mapping.checks import MappingFinding, Severity
from kassa.gateways.standard.mapping.model import About, Mapping, Rule

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.LIMIT: "cyan"}
_TEXTS = ("method", "brand", "reason", "refund_request_id", "reference", "country", "fingerprint")


def print_findings(findings: Sequence[MappingFinding]) -> None:
    """Print what a check found, errors first; one place a line."""
    shown = table("Findings", ["", "Place", ""])
    shown.show_header = False
    for one in sorted(findings, key=lambda finding: list(Severity).index(finding.severity)):
        style = _STYLES[one.severity]
        severity = f"[{style}]{one.severity}[/{style}]"
        shown.add_row(severity, f"[bold]{escape(one.place)}[/bold]", escape(one.text))
    if findings:
        console().print(shown)


def refuse_errors(file: Path, findings: Sequence[MappingFinding]) -> None:
    """Exit with 1 if a mapping has errors."""
    count = sum(one.is_error for one in findings)
    if count:
        counted = "an error" if count == 1 else f"{count} errors"
        give_up(f"{file} has {counted} and can't be used")


def rules_table(mapping: Mapping) -> Table:
    """Show what each type of event means, in the order in which the rules count."""
    shown = table("", ["Rule>", "Event", "If", "Means", "Of"])
    shown.title = None
    for number, rule in enumerate(mapping.rules):
        means = "\n".join(
            f"{_plain(one.kind)} [bold]{one.state}[/bold]" for one in rule.object_reports
        )
        shown.add_row(
            f"[dim]{number}[/dim]",
            escape("\n".join(rule.type)),
            escape("\n".join(_conditions(rule))) or "[dim]always[/dim]",
            means or "[dim]ignored[/dim]",
            escape(_named(rule.about or About())),
        )
    return shown


def _conditions(rule: Rule) -> Iterator[str]:
    for path, values in rule.when.items():
        yield f"{path}: {' or '.join(map(_spelled, values))}"


def _spelled(value: object) -> str:
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _named(about: About) -> str:
    given = about.model_dump(exclude_none=True)
    return "\n".join(f"{kind} {path}" for kind, path in given.items())


def print_trial(trial: Trial) -> None:
    """Print what an event would become: whose it is, how things stand, and what is posted."""
    screen, event = console(), trial.event
    screen.print(f"[bold]{escape(trial.file.name)}[/bold]  {escape(event.gateway_type)}")
    if isinstance(event, Ignored):
        screen.print("Ignored: it would be kept and counted, and nothing follows.\n")
        return
    screen.print(Text(_whose(event, trial.rule), style="dim"))
    screen.print(_object_reports(event))
    postings = [posting for fact in trial.facts for posting in fact.data.postings]
    screen.print(_postings(postings) if postings else "Nothing is posted.")
    if trial.waiting:
        screen.print(
            "It waits for its payment's capture: name that event too, with another --event.",
            style="yellow",
        )
    screen.print()


def _whose(event: GatewayEvent, rule: int | None) -> str:
    about = [f"{event.subject.kind} {event.subject.subject_id}"]
    about += [f"order {event.order_id}"] if event.order_id else []
    about += [f"customer {event.customer_id}"] if event.customer_id else []
    return f"{instant(event.happened_at)} UTC, by rules[{rule}]: {', '.join(about)}"


def _object_reports(event: GatewayEvent) -> Table:
    shown = table("How things stand", ["What", "Object", "Amount>", "Also"])
    for one in event.object_reports:
        shown.add_row(
            f"{_plain(one.kind)} [bold]{one.state}[/bold]",
            escape(one.object_id),
            amount(one.amount),
            escape("\n".join(_also(one, event))),
        )
    return _unbroken(shown, "What", "Amount", "Also")


def _also(one: ObjectReport, event: GatewayEvent) -> Iterator[str]:
    if one.belongs_to:
        yield f"belongs to: {one.belongs_to}"
    if one.is_assumed:
        yield "assumed"
    for name in _TEXTS:
        if text := getattr(one, name):
            yield f"{_plain(name)}: {text}"
    if one.movement:
        fee = one.movement.gross.model_copy(update={"amount_minor": one.movement.fee_minor})
        yield f"moves: {one.movement.moves}"
        yield f"fee: {amount(fee)}"
    if one.happened_at != event.happened_at:
        yield f"at {instant(one.happened_at)}"


def _postings(postings: Sequence[Posting]) -> Table:
    shown = table("What is posted", ["Posting", "From", "To", "Amount>"])
    for one in postings:
        named = f"{_plain(one.kind)}\n[dim]{escape(one.object_id)}[/dim]"
        shown.add_row(named, one.source, one.destination, amount(one.amount))
    return _unbroken(shown, "From", "To", "Amount")


def _unbroken(shown: Table, *names: str) -> Table:
    """Break no line in some columns; the others give way where the screen is narrow."""
    for column in shown.columns:
        column.no_wrap = column.header in names
    return shown


def _plain(name: str) -> str:
    return name.replace("_", " ")
