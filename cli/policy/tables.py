"""How a refund policy and what is found about it are shown to a finance person."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from cli.output import amount, console, instant, table
from cli.people.lookup import who
from cli.stack import give_up
from kassa.refunds.policy.checks import Finding, Severity
from kassa.refunds.policy.model import OTHERWISE, RefundPolicy
from kassa.refunds.policy.parse import printed

OUTCOMES = {
    "approve": "[green]approve[/green]",
    "escalate": "[yellow]escalate[/yellow]",
    "reject": "[red]reject[/red]",
}
_SEVERITIES = {
    Severity.ERROR: "[bold red]error[/bold red]",
    Severity.WARNING: "[yellow]warning[/yellow]",
    Severity.NOTICE: "[dim]notice[/dim]",
}
MINUTE = len("2026-11-22 09:00")
_UNLESS = {"keep": "it keeps waiting", "reject": "it is rejected", "approve": "it is approved"}


def print_policy(policy: RefundPolicy, state: str) -> None:
    """Print a policy as a table in plain words, and what people's decisions must keep to."""
    screen = console()
    saved = f"saved {instant(policy.saved_at)} UTC by {who(policy.saved_by)}"
    screen.print(
        f"[bold]Refund policy, version {policy.version}[/bold]"
        f"  {state}, from {instant(policy.effective_from)} UTC"
    )
    screen.print(saved, style="dim")
    if policy.note:
        screen.print(f"“{escape(policy.note)}”")
    screen.print(rules_table(policy))
    screen.print(_people(policy), style="dim")


def rules_table(policy: RefundPolicy) -> Table:
    """Show the rows in their order; a row holds when all that stands in it does."""
    titles, rows = printed(policy)
    shown = table("", ["Rule", "Name", "When", "Then"])
    shown.title = None
    shown.columns[0].no_wrap = True
    for rule_id, name, *cells, then in rows:
        pairs = zip(titles[2:-1], cells, strict=True)
        when = "\n".join(
            f"{title.lower()}: {cell}" for title, cell in pairs if cell not in ("any", "")
        )
        default = "nothing above holds" if rule_id == OTHERWISE else "always"
        shown.add_row(rule_id, escape(name), escape(when or default), OUTCOMES[then])
    return shown


def _people(policy: RefundPolicy) -> str:
    over = ", ".join(amount(money) for money in policy.second_person_over)
    two = " Two people replace this policy." if policy.second_person_to_save else ""
    return (
        f"A person has {policy.decide_within_hours} h to decide, is reminded after"
        f" {policy.remind_after_hours} h; else {_UNLESS[policy.on_expiry]}."
        f" Two people approve above {over or 'the hard limit of one refund'}."
        f" {_undo(policy.undo_minutes)}{two}"
    )


def print_findings(findings: Sequence[Finding]) -> None:
    """Print what a check found, the gravest first."""
    shown = table("Findings", ["", ""])
    shown.show_header = False
    for one in findings:
        shown.add_row(_SEVERITIES[one.severity], f"[bold]{one.rule_id}[/bold] {escape(one.text)}")
    if findings:
        console().print(shown)


def refuse_errors(name: object, findings: Sequence[Finding]) -> None:
    """Exit with 1 if a policy has errors."""
    if any(one.severity is Severity.ERROR for one in findings):
        give_up(f"{name} has errors and can't be saved")


def policies_table(policies: Sequence[RefundPolicy], ruling: int) -> Table:
    """Show the versions, newest first."""
    columns = ["Version>", "State", "From (UTC)", "Saved (UTC)", "By", "Note"]
    shown = table("Refund policies", columns)
    for column in shown.columns[:-1]:
        column.no_wrap = True
    for number, policy in enumerate(policies):
        state = state_of(policy, ruling, policies[:number])
        shown.add_row(
            str(policy.version),
            "[green]rules now[/green]" if state == "rules now" else state,
            instant(policy.effective_from)[:MINUTE],
            instant(policy.saved_at)[:MINUTE],
            who(policy.saved_by).replace(" (", "\n("),
            escape(policy.note),
        )
    return shown


def state_of(policy: RefundPolicy, ruling: int, newer: Sequence[RefundPolicy]) -> str:
    """Say whether a version rules, ruled, is planned, or gave way before it could rule."""
    if policy.version == ruling:
        return "rules now"
    if any(each.effective_from <= policy.effective_from for each in newer):
        return "replaced"
    return "planned" if policy.version > ruling else "over"


def _undo(minutes: int) -> str:
    if not minutes:
        return "An approval can't be taken back."
    return f"An approval can be taken back for {minutes} min."
