"""The tables of `kassa up --gateway all`: gateways, orders, and the ledger by gateway."""

from collections import Counter
from collections.abc import Iterable

from rich.table import Table

from cli.output import amount, table
from infra.local.tour.figures import Figures, Where, booked
from infra.local.tour.outcome import Told, TourOutcome
from infra.local.tour.paid import payments
from infra.local.tour.story import Ending, Order
from kassa.core.money import Money
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState

ACCOUNTS = ("customers", "clearing", "balance", "fees", "disputes", "bank")
AGREES, DIFFERS = "[green]✓[/green]", "[red]✗[/red]"
_ENDS = {
    Ending.PAID: "[green]paid[/green]",
    Ending.DECLINED: "[yellow]declined[/yellow]",
    Ending.EXPIRED: "[yellow]expired[/yellow]",
}
_ENDINGS = {
    OrderStatus.PAID: Ending.PAID,
    OrderStatus.FAILED: Ending.DECLINED,
    OrderStatus.EXPIRED: Ending.EXPIRED,
}


def gateways_table(outcome: TourOutcome, differing: Iterable[str]) -> Table:
    """Show one line for each gateway and currency, and whether the gateway's own books agree."""
    columns = ("captured", "refunded", "disputed", "fees", "paid out", "held")
    shown = _narrow(table("Gateways", ["gateway", *(f"{name}>" for name in columns), "agrees>"]))
    differ = set(differing)
    for (gateway, currency), figures in sorted(booked(outcome.books).items(), key=_in_order):
        cells = (figures.captured, figures.refunded, figures.charged_back)
        more = (figures.fees, figures.paid_out, figures.held)
        agree = DIFFERS if gateway in differ else AGREES
        numbers = (_cell(minor, currency) for minor in (*cells, *more))
        shown.add_row(f"{gateway} {currency}", *numbers, agree)
    return shown


def orders_table(outcome: TourOutcome) -> Table:
    """Show what became of each order."""
    shown = _narrow(table("Orders", ["order", "by", "at", "amount>", "became"]))
    for told in outcome.told:
        order = told.order
        money = Money(amount_minor=order.amount_minor, currency=order.currency)
        shown.add_row(
            order.order_id,
            (order.method or "").replace("_", " "),
            _where(told),
            amount(money),
            ", ".join([_ended(told), *_then(told)]),
        )
    return shown


def methods_table(outcome: TourOutcome) -> Table:
    """Show what was paid with, in Kassa's words, and at which gateways by which brand."""
    paid: dict[str, dict[str, Counter[str]]] = {}
    for one in payments(outcome.books):
        at = paid.setdefault(one.method or "unknown", {})
        at.setdefault(one.gateway, Counter())[one.brand or "no brand"] += 1
    shown = _narrow(table("Paid with", ["method", "payments>", "at"]))
    for method, at in sorted(paid.items()):
        count = sum(brands.total() for brands in at.values())
        places = (f"{gateway} ({', '.join(sorted(of))})" for gateway, of in sorted(at.items()))
        shown.add_row(method, f"{count}", ", ".join(places))
    return shown


def ledger_table(outcome: TourOutcome) -> Table:
    """Set gateways against accounts; every line sums to zero, and so does every currency."""
    lines = sorted(booked(outcome.books).items(), key=_in_order)
    names = [*ACCOUNTS, *(["other"] if any(one.elsewhere for _, one in lines) else [])]
    shown = _narrow(table("Ledger", ["gateway", *(f"{name}>" for name in (*names, "sum"))]))
    sums: dict[str, Counter[str]] = {}
    for (gateway, currency), figures in lines:
        accounts = _accounts(figures)
        sums.setdefault(currency, Counter()).update(accounts)
        shown.add_row(f"{gateway} {currency}", *_cells(accounts, names, currency))
    shown.add_section()
    for currency, accounts in sorted(sums.items()):
        shown.add_row(f"all {currency}", *_cells(accounts, names, currency))
    return shown


def _accounts(figures: Figures) -> Counter[str]:
    return Counter(
        customers=figures.customers,
        clearing=figures.clearing,
        balance=figures.balance,
        fees=figures.fees,
        disputes=figures.charged_back,
        bank=figures.paid_out,
        other=figures.elsewhere,
    )


def _cells(accounts: Counter[str], names: list[str], currency: str) -> list[str]:
    total = sum(accounts.values())
    return [*(_cell(accounts[name], currency) for name in names), _cell(total, currency) or "0"]


def _where(told: Told) -> str:
    """Return the gateway that has the order, as Kassa says where it knows."""
    last = told.shown.attempts[-1:] if told.shown else ()
    return last[0].gateway if last else told.order.gateway


def _ended(told: Told) -> str:
    if told.shown is None:
        return _ENDS[told.order.ending] if told.order.method is None else "[red]unknown[/red]"
    if told.shown.status is OrderStatus.OPEN and told.order.ending is Ending.DECLINED:
        return _ENDS[Ending.DECLINED]  # the page would let the customer try again
    ending = _ENDINGS.get(told.shown.status)
    return _ENDS[ending] if ending else str(told.shown.status)


def _then(told: Told) -> Iterable[str]:
    """Say what else happened, briefly."""
    order = told.order
    if order.refused_by:
        yield f"{order.refused_by} had refused"
    if order.is_unheard:
        yield "an answer was lost"
    if order.paid_again_at:
        yield "twice"
    for case in told.cases:
        money = _cell(case.request.amount.amount_minor, order.currency)
        is_paid = case.lifecycle.state is RequestState.PAID
        yield f"{money} back" if is_paid else f"[red]refund {case.lifecycle.state}[/red]"
    if order.by_hand_minor:
        yield f"{_cell(order.by_hand_minor, order.currency)} back by hand"
    yield from _charged_back(order)


def _charged_back(order: Order) -> Iterable[str]:
    """Say what a bank or the gateway took back."""
    if order.is_disputed:
        returned = _cell(order.returned_minor, order.currency)
        yield f"dispute lost, {returned} returned" if returned else "dispute lost"
    if order.reversed_minor:
        yield f"{_cell(order.reversed_minor, order.currency)} reversed, no dispute"


def _cell(minor: int, currency: str) -> str:
    money = Money(amount_minor=minor, currency=currency)
    return amount(money).removesuffix(f" {currency}") if minor else ""


def _in_order(line: tuple[Where, Figures]) -> tuple[str, ...]:
    return line[0]


def _narrow(shown: Table) -> Table:
    """Let columns stand close, and break none but the last: eighty characters must do."""
    shown.collapse_padding = True
    for column in shown.columns[:-1]:
        column.no_wrap = True
    return shown
