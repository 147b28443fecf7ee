"""`kassa report prove`: a closed report's totals, added up anew by Athena, beside what it says."""

from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json, say, table
from cli.reports.lists import Name, named
from cli.reports.tables import money
from cli.stack import give_up
from cli.whole_numbers import between
from infra.stack import Stack
from kassa.reports.proof.athena import Athena
from kassa.reports.proof.proof import Proof
from kassa.reports.proof.prove_report import prove_report

WAIT_MAX_S = 1800  # Athena itself ends a query by then
Wait = Annotated[
    int,
    typer.Option("--wait", help="Seconds Athena is given to answer.", **between(1, WAIT_MAX_S)),
]


@in_one_line
def prove(name: Name, wait_s: Wait = 300, as_json: AsJson = False) -> None:
    """Have Athena add up a closed report's facts, and compare account by account."""
    kind = named(name)
    proof = prove_report(kind, name, _athena(connect_as_merchant(), wait_s))
    if as_json:
        print_json(proof)
    else:
        _print(proof)
    if not proof.is_proven:
        raise typer.Exit(1)


def _athena(stack: Stack, wait_s: int) -> Athena:
    if stack.workgroup is None or stack.database is None:
        give_up(
            f"the stack {stack.name} has no Athena: deploy it with AnalyticsEngine=athena"
            " (docs/reports.md)"
        )
    # Glue folds names to lower case, whatever CloudFormation was given.
    return Athena(stack.client("athena"), stack.workgroup, stack.database.lower(), wait_s)


def _print(proof: Proof) -> None:
    screen = console()
    shown = table(proof.name, ["journal", "account", "report>", "Athena>", "difference>"])
    for each in proof.accounts:
        minors = (each.report_minor, each.athena_minor, each.difference_minor)
        amounts = (money(minor, each.currency) for minor in minors)
        shown.add_row(each.journal, f"{each.account} {each.currency}", *amounts)
    screen.print(shown)
    for key in proof.missing_files:
        say(f"gone from the bucket: {key}", style="red")
    if not proof.is_unchanged:
        say("report.json isn't what it was when the report was closed", style="red")
    files = f"{proof.files:,} files, {proof.later_files:,} that came later left out"
    say(f"{files}; query {proof.query_id} scanned {proof.scanned_bytes:,} bytes", style="dim")
    if proof.is_proven:
        say("Every account is the same to the minor unit.", style="green")
    else:
        say("The report isn't proven: a person must look.", style="red")
