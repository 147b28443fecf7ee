"""`kassa doctor`: looks at the machine and the stack, and says what to do about each problem."""

from typing import Annotated

import typer
from rich.table import Table

from cli.checks import Finding, look_at_machine, look_at_stack
from cli.output import AsJson, console, print_json
from cli.stack import chosen, current


def command(
    port: Annotated[int, typer.Option(help="Where the emulator would listen.")] = 4566,
    gateway_port: Annotated[int, typer.Option(help="Where the gateway would listen.")] = 8420,
    as_json: AsJson = False,
) -> None:
    """Check machine and stack; exit with 1 if anything needs a person."""
    try:
        stack = current()
    except typer.Exit:  # it has said what to do; the machine may tell why
        if chosen():
            raise
        findings = look_at_machine([port, gateway_port])
        findings.append(Finding("stack", False, "no stack is running here", "run 'make run'"))
    else:
        findings = look_at_machine([]) + look_at_stack(stack)
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        console().print(_shown(findings))
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(1)


def _shown(findings: list[Finding]) -> Table:
    lines = Table.grid(padding=(0, 2))
    for finding in findings:
        mark = "[green]ok[/green]" if finding.is_ok else "[red]problem[/red]"
        advice = "" if finding.is_ok else f"\n[bold]{finding.what_to_do}[/bold]"
        lines.add_row(mark, finding.subject, f"{finding.seen}{advice}")
    return lines
