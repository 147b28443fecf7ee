"""How a refund request is said in plain words: why it waits, how it stands, what was known."""

from datetime import datetime

from rich.markup import escape

from cli.output import amount, instant
from cli.people.lookup import who
from kassa.core.money import Money
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.lifecycle import POLICY, Change, RequestState, Step
from kassa.refunds.policy.model import OTHERWISE
from kassa.refunds.policy.phrases import plain
from kassa.refunds.request.request import DecisionReceipt

_WHY = {
    "hard_limit": "above the limit of one refund",
    "payment_age": "the payment is too old",
    "open_dispute": "the payment is disputed",
    "dispute": "the payment is disputed",
    "lost_dispute": "a dispute was lost: the bank gave money back",
    "order_not_covered": "what paid the order has gone back, or a part of it",
    "pays_its_order": "the payment pays its order by now",
    "same_amount": "as much was refunded before, perhaps for the same",
    "line_refunded": "a line of it was refunded before",
    "gateway_silent": "the gateway didn't say what it refunded",
    "customer_day_limit": "the customer's limit of a day is reached",
    "merchant_day_limit": "the limit of all refunds of a day is reached",
    "excess": "the payment hasn't enough left",
    "unknown_outcome": "the gateway never said what it did",
    "refund_failed": "the refund came back",
    "refund_canceled": "the refund was canceled",
    "undone": "an approval was undone",
    "overdue": "nobody decided in time",
    "approval_void": "who approved it may not approve any more",
}
STATES = {
    RequestState.ESCALATED: "[yellow]a person decides[/yellow]",
    RequestState.APPROVED: "[green]approved[/green]",
    RequestState.SUBMITTED: "[cyan]sent to the gateway, no answer yet[/cyan]",
    RequestState.ACCEPTED: "[cyan]accepted by the gateway[/cyan]",
    RequestState.PAID: "[green]paid[/green]",
    RequestState.DISCREPANCY: "[red]another amount left than was approved[/red]",
    RequestState.REJECTED: "[red]rejected[/red]",
}
_LABELS = {
    "amount_percent": "of what was paid",
    "amount_ratio_percent": "of their mean payment",
    "requests_customer_day": "requests by customer",
    "requests_card_day": "requests by card",
    "requests_address_day": "requests to address",
    "requests_ip_day": "requests from network",
    "requests_email_day": "requests by e-mail",
    "disputed_percent": "taken by disputes",
}
_UNITS = {"_days": "days", "_percent": "%", "_day": "in 24 hours"}
CHANGES = {
    Step.SUBMITTED: "sent to the gateway",
    Step.INFORMATION_REQUESTED: "customer asked",
    Step.REMINDED: "reminder",
    Step.DISCREPANCY: "another amount left",
    Step.RESOLVED: "outcome resolved",
}


def deadline(at: datetime | None, now: datetime) -> str:
    """Say how far a deadline is, in the unit that matters."""
    if at is None:
        return "–"
    minutes = int(abs((at - now).total_seconds()) // 60)
    far = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    if at <= now:
        return f"[red]{far} ago[/red]"
    return f"[yellow]in {far}[/yellow]" if minutes < 240 else f"in {far}"


def progress(case: RefundView, now: datetime) -> list[str]:
    """Say who looks at it, who has approved it already, and how long that can be undone."""
    lifecycle, lines = case.lifecycle, []
    is_open = lifecycle.state is RequestState.ESCALATED
    if lifecycle.lease and lifecycle.lease.until > now:
        lines.append(
            f"[dim]with {who(lifecycle.lease.by)} until {lifecycle.lease.until:%H:%M}[/dim]"
        )
    if is_open and lifecycle.approvals:
        approved = amount(money_of(case, lifecycle.approved_minor))
        lines.append(f"[dim]1 of 2 approved {approved}: {who(lifecycle.approvals[0])}[/dim]")
    if not is_open and 0 < lifecycle.approved_minor < case.request.amount.amount_minor:
        lines.append(f"{amount(money_of(case, lifecycle.approved_minor))} of it was approved.")
    if (
        lifecycle.state is RequestState.APPROVED
        and lifecycle.not_before
        and lifecycle.not_before > now
    ):
        lines.append(f"It can be undone until {instant(lifecycle.not_before)} UTC.")
    return lines


def last_why(case: RefundView) -> str:
    escalations = [one for one in case.lifecycle.changes if one.step is Step.ESCALATED]
    return why(escalations[-1], case) if escalations else ""


def why(change: Change, case: RefundView) -> str:
    """Say why a change was made; a rule is named, a refusal quoted."""
    code, _, rest = (change.why or "").partition(":")
    if code == POLICY:
        return rule(case.request.receipt)
    if code == "refused":
        return f"the gateway refused: {escape(plain(rest))}"
    if change.step is Step.RESOLVED:
        return escape(f"{plain(code)}: {change.note}")
    if change.step is Step.DISCREPANCY:
        return escape(f"{change.why} (minor units)")
    if code == "second_to":
        return f"after {who(rest)}"
    return _WHY.get(code, escape(change.why or ""))


def rule(receipt: DecisionReceipt) -> str:
    return "no rule fits" if receipt.rule_id == OTHERWISE else f"rule {escape(receipt.rule_id)}"


def limit(receipt: DecisionReceipt) -> str:
    """Say which limit in code stood above what the policy said, if one did."""
    return "" if receipt.why == POLICY else f", but {_WHY.get(receipt.why, escape(receipt.why))}"


def input_pair(name: str, value: object) -> tuple[str, str]:
    """Return an input as people say it, its unit with its value."""
    for suffix, unit in _UNITS.items():
        if name.endswith(suffix):
            return _LABELS.get(name, plain(name.removesuffix(suffix))), f"{value} {unit}"
    if isinstance(value, bool):
        return plain(name.removeprefix("has_")), "yes" if value else "no"
    text = amount(value) if isinstance(value, Money) else escape(plain(str(value)))
    return plain(name), text


def money_of(case: RefundView, amount_minor: int) -> Money:
    return case.request.amount.model_copy(update={"amount_minor": amount_minor})
