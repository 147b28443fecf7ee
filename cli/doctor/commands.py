"""`kassa doctor`: looks at the machine and the stack, and says what to do about each problem."""

from typing import Annotated

import typer

from cli.doctor import go_live
from cli.doctor.checks import look_at_machine, look_at_stack
from cli.doctor.findings import Finding, findings_table
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import chosen, current
from cli.whole_numbers import PORT_MAX, between


@in_one_line
def command(
    port: Annotated[
        int, typer.Option(**between(1, PORT_MAX), help="Where the emulator would listen.")
    ] = 4566,
    gateway_port: Annotated[
        int, typer.Option(**between(1, PORT_MAX), help="Where the gateway would listen.")
    ] = 8420,
    is_offline: Annotated[
        bool, typer.Option("--offline", help="Ask no gateway whether its API answers.")
    ] = False,
    goes_live: Annotated[
        bool, typer.Option("--go-live", help="Check also what must be so before real customers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check machine, stack and gateway accounts; exit with 1 if anything needs a person."""
    try:
        stack = current()
    except typer.Exit:  # it has said what to do; the machine may tell why
        if chosen():
            raise
        findings = look_at_machine([port, gateway_port])
        findings.append(Finding("stack", False, "no stack is running here", "run 'make run'"))
    else:
        findings = look_at_machine([]) + look_at_stack(stack, not is_offline)
        findings += go_live.look(stack) if goes_live else []
    if as_json:
        print_json([_plain(finding) for finding in findings])
    else:
        console().print(findings_table(findings))
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(1)


def _plain(finding: Finding) -> dict[str, object]:
    """Return a finding for programs, without what needn't be done."""
    return finding._asdict() | ({"what_to_do": ""} if finding.is_ok else {})
