"""The tables of `kassa up`: orders, methods, traffic, gateways, and the ledger by gateway."""

from collections import Counter
from collections.abc import Iterable

from rich.table import Table

from cli.output import amount, table
from infra.demo.checks.figures import Figures, Where, booked
from infra.demo.checks.paid_with import payments
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Ending, Order
from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.orders.lifecycle import OrderStatus
from kassa.refunds.lifecycle.lifecycle import RequestState

BOOKED_AS = {
    "PaymentCaptured": "captured",
    "PaymentFailed": "declined",
    "RefundSucceeded": "partly refunded",
    "RefundFailed": "refund came back",
    "DisputeFundsWithdrawn": "charged back",
}
ACCOUNTS = ("customers", "clearing", "balance", "fees", "disputes", "bank")
AGREES, DIFFERS, UNKNOWN = "[green]✓[/green]", "[red]✗[/red]", "-"
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


def gateways_table(result: Result, differing: Iterable[str]) -> Table:
    """Show one line for each gateway and currency, and whether the gateway's own books agree."""
    columns = ("captured", "refunded", "disputed", "fees", "paid out", "held")
    shown = _narrow(table("Gateways", ["gateway", *(f"{name}>" for name in columns), "agrees>"]))
    differ, terms = set(differing), result.scenario.terms
    for (gateway, currency), figures in sorted(booked(result.books).items(), key=_in_order):
        cells = (figures.captured, figures.refunded, figures.charged_back)
        more = (figures.fees, figures.paid_out, figures.held)
        agree = UNKNOWN if not terms[gateway].is_fake else AGREES
        agree = DIFFERS if gateway in differ else agree
        numbers = (_cell(minor, currency) for minor in (*cells, *more))
        shown.add_row(f"{gateway} {currency}", *numbers, agree)
    return shown


def orders_table(result: Result) -> Table:
    """Show what became of each order; at one gateway as the books have it, by its payment."""
    return _by_payment(result) if len(result.scenario.gateways) == 1 else _by_gateway(result)


def _by_payment(result: Result) -> Table:
    published = {(each.metadata.subject_id, each.data.fact) for each in result.books.facts}
    shown = table("Orders", ["order", "amount>", "booked as", "payment"])
    for one in result.orders:
        became = [noun for fact, noun in BOOKED_AS.items() if (one.payment_id, fact) in published]
        shown.add_row(
            one.order.order_id, _money(one.order), (became or [""])[-1], one.payment_id or ""
        )
    return shown


def _by_gateway(result: Result) -> Table:
    shown = _narrow(table("Orders", ["order", "by", "at", "amount>", "became"]))
    for one in result.orders:
        method = (one.order.method or "").replace("_", " ")
        became = ", ".join([_ended(one), *_then(one)])
        shown.add_row(one.order.order_id, method, _where(one), _money(one.order), became)
    return shown


def traffic_table(result: Result) -> Table:
    """Show how many events came, and what was made of them."""
    books = result.books
    shown = table("Traffic", ["what", "how many>"])
    pulled = sum(event.gateway_type.startswith("kassa.") for event in books.events)
    shown.add_row("events received by webhook", str(len(books.events) - pulled))
    shown.add_row("events pulled from gateways", str(pulled))
    shown.add_row("  booked", str(len(books.events) - len(books.ignored)))
    shown.add_row("  ignored (kept, nothing to do)", str(len(books.ignored)))
    shown.add_row("facts published", str(len(books.facts)))
    if result.received:
        shown.add_row("  told to a program outside", str(len(result.received.facts)))
    shown.add_row("invoices issued", str(len(result.invoices)))
    if result.credit_notes:
        shown.add_row("credit notes issued", str(len(result.credit_notes)))
        shown.add_row("electronic invoices beside them", str(len(result.einvoices)))
    return shown


def methods_table(result: Result) -> Table:
    """Show what was paid with, in Kassa's terms, and at which gateways by which brand."""
    paid: dict[str, dict[str, Counter[str]]] = {}
    for one in payments(result.books):
        at = paid.setdefault(one.method or "unknown", {})
        at.setdefault(one.gateway, Counter())[one.brand or "no brand"] += 1
    shown = _narrow(table("Paid with", ["method", "payments>", "at"]))
    for method, at in sorted(paid.items()):
        count = sum(brands.total() for brands in at.values())
        places = (f"{gateway} ({', '.join(sorted(of))})" for gateway, of in sorted(at.items()))
        shown.add_row(method, f"{count}", ", ".join(places))
    return shown


def ledger_table(result: Result) -> Table:
    """Set accounts against currencies at one gateway, gateways against accounts at several."""
    return _by_account(result) if len(result.scenario.gateways) == 1 else _by_line(result)


def _by_account(result: Result) -> Table:
    """Set accounts against currencies; every column sums to zero."""
    sums = balances(result.books.postings)
    currencies = sorted({currency for _, currency in sums})
    shown = table("Ledger", ["account", *(f"{currency}>" for currency in currencies)])
    totals: Counter[str] = Counter()
    for account in Account:
        held = {currency: sums.get((account, currency), 0) for currency in currencies}
        totals.update(held)
        if any(held.values()):
            shown.add_row(account, *(_cell(minor, currency) for currency, minor in held.items()))
    shown.add_section()
    shown.add_row("sum", *(_cell(totals[currency], currency) or "0" for currency in currencies))
    return shown


def _by_line(result: Result) -> Table:
    """Set gateways against accounts; every line sums to zero, and so does every currency."""
    lines = sorted(booked(result.books).items(), key=_in_order)
    names = list(ACCOUNTS)
    names += ["exchange"] if any(one.exchange for _, one in lines) else []
    names += ["other"] if any(one.elsewhere for _, one in lines) else []
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
        exchange=figures.exchange,
        other=figures.elsewhere,
    )


def _cells(accounts: Counter[str], names: list[str], currency: str) -> list[str]:
    total = sum(accounts.values())
    return [*(_cell(accounts[name], currency) for name in names), _cell(total, currency) or "0"]


def _where(one: OrderResult) -> str:
    """Return the gateway that has the order, as Kassa says where it knows."""
    last = one.view.attempts[-1:] if one.view else ()
    return last[0].gateway if last else one.order.gateway


def _ended(one: OrderResult) -> str:
    if one.view is None:
        return _ENDS[one.order.ending] if one.order.method is None else "[red]unknown[/red]"
    if one.view.status is OrderStatus.OPEN and one.order.ending is Ending.DECLINED:
        return _ENDS[Ending.DECLINED]  # the page would let the customer try again
    ending = _ENDINGS.get(one.view.status)
    return _ENDS[ending] if ending else str(one.view.status)


def _then(one: OrderResult) -> Iterable[str]:
    """Say what else happened, briefly."""
    order = one.order
    if order.refused_by:
        yield f"{order.refused_by} had refused"
    if order.is_unanswered:
        yield "an answer was lost"
    if order.paid_again_at:
        yield "twice"
    for case in one.cases:
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
        yield f"{_cell(order.reversed_minor, order.currency)} reversed"


def _money(order: Order) -> str:
    return amount(Money(amount_minor=order.amount_minor, currency=order.currency))


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
