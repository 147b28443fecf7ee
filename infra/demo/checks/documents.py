"""What documents there must be after the demo, whichever gateway took the money."""

from collections import Counter
from collections.abc import Iterator

from infra.demo.checks.expected import expected
from infra.demo.result import Result
from infra.demo.scenario import Scenario
from kassa.billing.numbering.record import InvoiceState

ENDINGS = ("html", "json", "csv")


def document_problems(result: Result) -> Iterator[str]:
    """Every captured payment has its invoice, every refund with tax its note, today a report."""
    orders = result.scenario.orders
    captured = sum(order.is_paid + bool(order.paid_again_at) for order in orders)
    if len(result.invoices) != captured:
        yield f"{len(result.invoices)} invoices were issued for {captured} captured payments"
    taxed = [order for order in orders if order.is_taxed and order.is_paid]
    back = sum(order.refunded_minor > 0 for order in taxed)
    if len(result.credit_notes) != back:
        yield f"{len(result.credit_notes)} credit notes for {back} refunds of taxed orders"
    if len(result.einvoices) != len(taxed) + back:
        yield f"{len(result.einvoices)} electronic invoices for {len(taxed) + back} documents"
    yield from _numbers(result)
    yield from _open(result)
    for ending in ENDINGS:
        if not any(path.suffix == f".{ending}" for path in result.report):
            yield f"today's report has no {ending} file"
    yield from _report(result.reported, result.scenario)


def _open(result: Result) -> Iterator[str]:
    """What was invoiced to be paid later is paid, and nothing of it is owed."""
    for one in (one for one in result.orders if one.order.is_invoiced):
        found = one.invoice and (one.invoice.state, one.invoice.open_minor)
        if found != (InvoiceState.PAID, 0):
            yield f"the invoice of {one.order.order_id} is {found}, not paid"


def _numbers(result: Result) -> Iterator[str]:
    """Each document's number is certified, and the document is the one that was issued."""
    for path, found in result.certificates:
        if found.broken:
            yield f"{path.name} isn't whole: {found.broken.number} {found.broken.what}"
    certified = sum(found.numbers for _, found in result.certificates)
    issued = len(result.invoices) + len(result.credit_notes)
    if certified != issued:
        yield f"{certified} numbers are certified, {issued} documents were issued"


def _report(reported: dict[str, dict[str, int]], scenario: Scenario) -> Iterator[str]:
    """Today's report, made of the archive alone, says the same over all gateways."""
    totals: dict[str, Counter[str]] = {}
    for (_, currency), figures in expected(scenario).items():
        moved = Counter(gross=figures.captured, refunds=figures.refunded)
        moved.update(disputes=figures.charged_back, fees=figures.fees)
        totals.setdefault(currency, Counter()).update(moved)
    for currency in sorted(totals.keys() | reported.keys()):
        found, should = reported.get(currency), dict(totals.get(currency, Counter()))
        if found != should:
            yield f"today's report says {found} in {currency} (minor units), not {should}"
