"""What must be so after the main job; says in words what isn't."""

from collections import Counter
from collections.abc import Iterator

from infra.local.main_job import Outcome, wanted_facts
from infra.local.shop import PAYOUT_EUR_MINOR
from kassa.domain.ledger import Account, balances

Balances = dict[tuple[Account, str], int]


def problems(outcome: Outcome) -> list[str]:
    """Return everything that isn't as it must be; nothing is wrong when it is empty."""
    found = [*_bookings(outcome), *_ledger(outcome), *_documents(outcome)]
    found += [f"{name} holds {n} messages" for name, n in outcome.unfinished.items() if n]
    return found


def _bookings(outcome: Outcome) -> Iterator[str]:
    """Every order is booked, and nothing twice."""
    told = {(each.metadata.subject_id, each.data.fact) for each in outcome.books.facts}
    for subject_id, fact in wanted_facts(list(outcome.sales), outcome.payout_id) - told:
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
    expected = expected_balances(outcome)
    for key in sorted(expected.keys() | found.keys()):
        has, should = found.get(key, 0), expected.get(key, 0)
        if has != should:
            yield f"{key[0]} has {has} {key[1]} (minor units) instead of {should}"


def expected_balances(outcome: Outcome) -> Balances:
    """Return what each account must hold, from the orders alone.

    The gateway's balance knows neither our dispute nor fees; so the chargeback stays in clearing,
    a discrepancy that a person would see.
    """
    sums: Counter[tuple[Account, str]] = Counter()
    for order in (sale.order for sale in outcome.sales if sale.is_captured):
        kept, currency = order.amount_minor - order.refund_minor, order.currency
        sums[Account.CUSTOMERS, currency] -= kept
        sums[Account.GATEWAY_BALANCE, currency] += kept
        if order.is_disputed:
            sums[Account.GATEWAY_CLEARING, currency] -= order.amount_minor
            sums[Account.CHARGEBACKS, currency] += order.amount_minor
    sums[Account.GATEWAY_BALANCE, "EUR"] -= PAYOUT_EUR_MINOR
    sums[Account.BANK, "EUR"] += PAYOUT_EUR_MINOR
    return {key: amount for key, amount in sums.items() if amount}


def _documents(outcome: Outcome) -> Iterator[str]:
    """Every captured payment has its invoice, and today has a report."""
    captured = sum(sale.is_captured for sale in outcome.sales)
    if len(outcome.invoices) != captured:
        yield f"{len(outcome.invoices)} invoices were issued for {captured} captured payments"
    for ending in ("html", "json", "csv"):
        if not any(path.suffix == f".{ending}" for path in outcome.report):
            yield f"today's report has no {ending} file"
