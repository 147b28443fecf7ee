"""What a check of `kassa doctor` returns, and how many of them are shown."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.table import Table


class Finding(NamedTuple):
    """A check's name, its verdict, what it saw, and what to do where it isn't well."""

    subject: str
    is_ok: bool
    seen: str
    what_to_do: str = ""


def findings_table(findings: Iterable[Finding]) -> Table:
    """Show findings in their order, each with what to do."""
    lines = Table.grid(padding=(0, 2))
    for column in range(3):
        lines.add_column(no_wrap=column == 0, overflow="fold")
    for finding in findings:
        mark = "[green]ok[/green]" if finding.is_ok else "[red]problem[/red]"
        advice = "" if finding.is_ok else f"\n[bold]{finding.what_to_do}[/bold]"
        lines.add_row(mark, finding.subject, f"{finding.seen}{advice}")
    return lines
