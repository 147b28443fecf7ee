"""How `kassa up` shows refunds: each request from its decision on, and those made by hand."""

from rich.table import Table

from cli.output import amount, table
from infra.local.orders import Sale
from infra.local.outcome import Asked, Outcome, Refunds
from kassa.core.money import Money
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Step, Why

_STATES = {
    RequestState.ESCALATED: "[yellow]a person decides[/yellow]",
    RequestState.PAID: "[green]paid[/green]",
    RequestState.REJECTED: "[red]rejected[/red]",
}
_STOPPED = {
    str(Why.DISPUTE): "[yellow]stopped: disputed[/yellow]",
    str(Why.FAILED): "[yellow]reopened: failed[/yellow]",
}


def refunds_table(outcome: Outcome, refunds: Refunds) -> Table:
    """Show every refund that was asked for, and every one made at the gateway."""
    shown = table("Refunds", ["order", "amount>", "decision", "rule", "now", "sent in>"])
    shown.columns[0].no_wrap = shown.columns[1].no_wrap = True
    for asked in sorted(refunds.asked, key=lambda each: each.sale.order.order_id):
        shown.add_row(*_row(asked))
    for sale in outcome.sales:
        if minor := sale.order.dashboard_minor:
            by_hand = _money(sale, minor)
            order_id = sale.order.order_id
            shown.add_row(order_id, by_hand, "by hand", "", "[green]booked[/green]")
    return shown


def _row(asked: Asked) -> tuple[str, ...]:
    wanted, case = _money(asked.sale, asked.plan.amount_minor), asked.case
    if case is None:
        left = _money(asked.sale, int(asked.answers[0][1].get("left_minor") or 0))
        order_id = asked.sale.order.order_id
        return order_id, wanted, "409", "headroom", f"[red]{left} left[/red]"
    receipt, lifecycle = case.request.receipt, case.lifecycle
    took_ms = _sent_in_ms(lifecycle)
    return (
        asked.sale.order.order_id,
        wanted,
        receipt.decision,
        receipt.rule_id,
        _now(asked, lifecycle),
        f"{took_ms:,} ms" if took_ms is not None else "",
    )


def _now(asked: Asked, lifecycle: RefundLifecycle) -> str:
    words = [
        _STOPPED.get(lifecycle.changes[-1].why or "")
        or _STATES.get(lifecycle.state, lifecycle.state)
    ]
    if len(lifecycle.approvals) > 1:
        words.append(f"{len(lifecycle.approvals)} approved")
    if len(asked.answers) > 1:
        words.append("asked twice")
    return ", ".join(words)


def _sent_in_ms(lifecycle: RefundLifecycle) -> int | None:
    """Return how long it took from the approval until the gateway was asked."""
    at = {change.step: change.at for change in lifecycle.changes}
    if Step.ASKED not in at:
        return None
    return round((at[Step.ASKED] - at[Step.APPROVED]).total_seconds() * 1000)


def _money(sale: Sale, minor: int) -> str:
    return amount(Money(amount_minor=minor, currency=sale.order.currency))
