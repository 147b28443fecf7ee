"""What documents there must be after the tour, whichever gateway took the money."""

from collections import Counter
from collections.abc import Iterator

from infra.local.tour.figures import expected
from infra.local.tour.outcome import TourOutcome
from infra.local.tour.story import Order

ENDINGS = ("html", "json", "csv")


def document_problems(outcome: TourOutcome) -> Iterator[str]:
    """Every captured payment has its invoice, and today has a report."""
    orders = [told.order for told in outcome.told]
    captured = sum(order.is_paid + bool(order.paid_again_at) for order in orders)
    if len(outcome.invoices) != captured:
        yield f"{len(outcome.invoices)} invoices were issued for {captured} captured payments"
    for ending in ENDINGS:
        if not any(path.suffix == f".{ending}" for path in outcome.report):
            yield f"today's report has no {ending} file"
    yield from _report(outcome.reported, orders)


def _report(reported: dict[str, dict[str, int]], orders: list[Order]) -> Iterator[str]:
    """Today's report, made of the archive alone, says the same over all gateways."""
    wanted: dict[str, Counter[str]] = {}
    for (_, currency), figures in expected(orders).items():
        moved = Counter(gross=figures.captured, refunds=figures.refunded)
        moved.update(disputes=figures.charged_back, fees=figures.fees)
        wanted.setdefault(currency, Counter()).update(moved)
    for currency in sorted(wanted.keys() | reported.keys()):
        says, should = reported.get(currency), dict(wanted.get(currency, Counter()))
        if says != should:
            yield f"today's report says {says} in {currency} (minor units), not {should}"
