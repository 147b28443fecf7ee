"""What must be so after the main job; says in words what isn't."""

from collections import Counter
from collections.abc import Iterator

from infra.local.expected_books import expected_balances
from infra.local.expected_refunds import refund_problems
from infra.local.orders import Course, Sale
from infra.local.outcome import Outcome, Refunds
from infra.local.place import Player
from kassa.core.postings import Account, balances


def problems(outcome: Outcome) -> list[str]:
    """Return everything that isn't as it must be; nothing is wrong when it is empty."""
    found = [*_bookings(outcome), *_ledger(outcome), *_documents(outcome)]
    if outcome.refunds:
        found += [*refund_problems(outcome.refunds), *_of_truth(outcome, outcome.refunds)]
    found += [f"{name} holds {n} messages" for name, n in outcome.unfinished.items() if n]
    return found


def wanted_facts(outcome: Outcome) -> set[tuple[str, str]]:
    """Return the facts that the traffic must become, by subject."""
    wanted = {(outcome.payout_id, "PayoutPaid")} | payment_facts(outcome.sales)
    if outcome.refunds:
        for sale in outcome.sales:
            wanted |= {(sale.payment_id, fact) for fact in _refund_facts(sale)}
    return wanted


def payment_facts(sales: tuple[Sale, ...]) -> set[tuple[str, str]]:
    """Return the facts that selling alone must become, by payment."""
    names = {True: "PaymentCaptured", False: "PaymentFailed"}
    return {(sale.payment_id, names[sale.order.is_captured]) for sale in sales}


def _refund_facts(sale: Sale) -> Iterator[str]:
    order = sale.order
    if order.refunded_minor:
        yield "RefundSucceeded"
    if order.is_disputed:
        yield "DisputeFundsWithdrawn"
    if order.refund and order.refund.course is Course.COMES_BACK:
        yield "RefundFailed"


def _bookings(outcome: Outcome) -> Iterator[str]:
    """Every order is booked, and nothing twice."""
    told = {(each.metadata.subject_id, each.data.fact) for each in outcome.books.facts}
    for subject_id, fact in sorted(wanted_facts(outcome) - told):
        yield f"{fact} of {subject_id} was not booked"
    ids = Counter(each.metadata.fact_id for each in outcome.books.facts)
    posted = Counter((each.object_id, each.kind) for each in outcome.books.postings)
    yield from (f"fact {fact_id} was told by two events" for fact_id, n in ids.items() if n > 1)
    yield from (f"{kind} of {of} was posted twice" for (of, kind), n in posted.items() if n > 1)


def _ledger(outcome: Outcome) -> Iterator[str]:
    """Every currency sums to zero, and every account holds what the orders say."""
    found = {key: amount for key, amount in balances(outcome.books.postings).items() if amount}
    sums: Counter[str] = Counter()
    for (_, currency), amount in found.items():
        sums[currency] += amount
    yield from (f"{currency} sums to {off}, not to zero" for currency, off in sums.items() if off)
    player = Player.STRIPE if outcome.refunds else Player.LOCALSTRIPE
    expected = expected_balances(outcome.sales, player)
    for key in sorted(expected.keys() | found.keys()):
        has, should = found.get(key, 0), expected.get(key, 0)
        if has != should:
            yield f"{key[0]} has {has} {key[1]} (minor units) instead of {should}"


def _of_truth(outcome: Outcome, refunds: Refunds) -> Iterator[str]:
    """The gateway's own balance is what the books say, to the cent."""
    held = balances(outcome.books.postings)
    for currency, has in refunds.truth.balance_minor.items():
        booked = held.get((Account.GATEWAY_BALANCE, currency), 0)
        if has != booked:
            yield f"the gateway holds {has} {currency} (minor units), the books say {booked}"
    by_hand = {(sale.payment_id, sale.order.dashboard_minor) for sale in outcome.sales}
    found = {(one.payment_id, one.amount_minor) for one in refunds.truth.refunds if not one.asked}
    for payment_id, minor in sorted(found ^ {one for one in by_hand if one[1]}):
        yield f"{minor} (minor units) of {payment_id}, by hand: at the gateway or in the plan alone"


def _documents(outcome: Outcome) -> Iterator[str]:
    """Every captured payment has its invoice, and today has a report."""
    captured = sum(sale.order.is_captured for sale in outcome.sales)
    if len(outcome.invoices) != captured:
        yield f"{len(outcome.invoices)} invoices were issued for {captured} captured payments"
    for ending in ("html", "json", "csv"):
        if not any(path.suffix == f".{ending}" for path in outcome.report):
            yield f"today's report has no {ending} file"
