"""How `kassa up` shows refunds: each request from its decision on, and those made by hand."""

from rich.table import Table

from cli.output import amount, table
from infra.demo.result import OrderResult, Result
from kassa.core.money import Money
from kassa.refunds.lifecycle.cases import RefundCase
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


def refunds_table(result: Result) -> Table:
    """Show every refund that was requested, and every one made at a gateway."""
    shown = table("Refunds", ["order", "amount>", "decision", "rule", "now", "sent in>"])
    shown.columns[0].no_wrap = shown.columns[1].no_wrap = True
    for one in result.orders:
        if one.order.refund and one.case is None:
            shown.add_row(*_refused(one))
        for case in one.cases:
            shown.add_row(*_row(one, case))
    for one in result.orders:
        if minor := one.order.by_hand_minor:
            by_hand = _money(one, minor)
            shown.add_row(one.order.order_id, by_hand, "by hand", "", "[green]booked[/green]")
    return shown


def _refused(one: OrderResult) -> tuple[str, ...]:
    """Return how a request was answered that never became one."""
    requested = one.order.refund.amount_minor if one.order.refund else 0
    status, body = one.refunds[0] if one.refunds else (0, {})
    left = _money(one, int(body.get("left_minor") or 0))
    cells = str(status), "headroom", f"[red]{left} left[/red]"
    return one.order.order_id, _money(one, requested), *cells


def _row(one: OrderResult, case: RefundCase) -> tuple[str, ...]:
    receipt, lifecycle = case.request.receipt, case.lifecycle
    took_ms = _sent_in_ms(lifecycle)
    return (
        one.order.order_id,
        amount(case.request.amount),
        receipt.decision,
        receipt.rule_id,
        _now(one, lifecycle),
        f"{took_ms:,} ms" if took_ms is not None else "",
    )


def _now(one: OrderResult, lifecycle: RefundLifecycle) -> str:
    notes = [
        _STOPPED.get(lifecycle.changes[-1].why or "")
        or _STATES.get(lifecycle.state, lifecycle.state)
    ]
    if len(lifecycle.approvals) > 1:
        notes.append(f"{len(lifecycle.approvals)} approved")
    if len(one.refunds) > 1:
        notes.append("asked twice")
    if one.order.paid_again_at:
        notes.append("by itself")
    return ", ".join(notes)


def _sent_in_ms(lifecycle: RefundLifecycle) -> int | None:
    """Return how long it took from the approval until it was submitted to the gateway."""
    at = {change.step: change.at for change in lifecycle.changes}
    if Step.SUBMITTED not in at:
        return None
    return round((at[Step.SUBMITTED] - at[Step.APPROVED]).total_seconds() * 1000)


def _money(one: OrderResult, minor: int) -> str:
    return amount(Money(amount_minor=minor, currency=one.order.currency))
