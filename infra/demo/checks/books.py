"""What must stand in the books: every fact that the orders become, each once, and every sum."""

from collections import Counter
from collections.abc import Iterator

from infra.demo.checks.expected import expected
from infra.demo.checks.figures import Figures, Where, booked, named
from infra.demo.checks.paid_with import payments
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Flow, Order
from infra.local.observed import Books

PAID_WITH = {  # what a customer chooses, and what may be reported of the payment
    "card": ("card",),
    "paypal": ("wallet", "card"),  # PayPal's page takes cards too
    "pay_later": ("pay_later",),
    "crypto": ("crypto",),
}


def book_problems(result: Result) -> Iterator[str]:
    """Yield what isn't as it must be with the books."""
    orders = [one.order for one in result.orders]
    yield from _facts(result)
    yield from _ledger(result.books)
    yield from _figures(result)
    yield from _methods(result.books, orders)


def expected_facts(one: OrderResult) -> Iterator[str]:
    """Yield the facts that must be published of an order's payment."""
    order = one.order
    yield "PaymentCaptured" if order.is_paid else "PaymentFailed"
    if order.refunded_minor:
        yield "RefundSucceeded"
    if order.is_charged_back:
        yield "DisputeFundsWithdrawn"
    if order.has_flow(Flow.COMES_BACK):
        yield "RefundFailed"


def _facts(result: Result) -> Iterator[str]:
    """Every order is booked, with all that becomes of it."""
    published = {(each.metadata.subject_id, each.data.fact) for each in result.books.facts}
    expected_pairs = {
        (one.payment_id, fact) for one in result.orders for fact in expected_facts(one)
    }
    for payment_id, fact in sorted((of, fact) for of, fact in expected_pairs - published if of):
        yield f"{fact} of {payment_id} was not booked"


def _ledger(books: Books) -> Iterator[str]:
    """Nothing is published or posted twice, and every currency sums to zero."""
    ids = Counter(fact.metadata.fact_id for fact in books.facts)
    yield from (
        f"fact {fact_id} was published by two events" for fact_id, n in ids.items() if n > 1
    )
    posted = Counter(
        (fact.metadata.gateway, posting.object_id, posting.kind, posting.source)
        for fact in books.facts
        for posting in fact.data.postings
    )
    for (gateway, of, kind, _), n in posted.items():
        if n > 1:
            yield f"{gateway}: {kind} of {of} was posted {n} times"
    captured = Counter(
        (fact.metadata.gateway, fact.metadata.subject_id)
        for fact in books.facts
        if fact.data.fact == "PaymentCaptured"
    )
    yield from (f"{at} {of} was captured {n} times" for (at, of), n in captured.items() if n > 1)


def _methods(books: Books, orders: list[Order]) -> Iterator[str]:
    """Whatever a gateway calls it, who chose a method paid with what we call it."""
    allowed = {order.order_id: PAID_WITH.get(order.method or "") for order in orders}
    for paid in payments(books):
        known = allowed.get(paid.order_id or "")
        if known and paid.method not in known:
            found = f"{paid.order_id} at {paid.gateway} was paid with {paid.method}"
            yield f"{found}, not with {' or '.join(known)}"


def _figures(result: Result) -> Iterator[str]:
    """Every gateway comes to what the scenario says, and every currency sums to zero."""
    found, should = booked(result.books), expected(result.scenario)
    for where in sorted(found.keys() | should.keys()):
        yield from _differences(where, found.get(where, Figures()), should.get(where, Figures()))
    sums: Counter[str] = Counter()
    for (_, currency), figures in found.items():
        sums[currency] += figures.total
    yield from (f"{currency} sums to {off}, not to zero" for currency, off in sums.items() if off)


def _differences(where: Where, found: Figures, figures: Figures) -> Iterator[str]:
    should = named(figures)
    for name, has in named(found).items():
        if has != should[name]:
            yield f"{where[0]}: {name} is {has} {where[1]} (minor units) instead of {should[name]}"
