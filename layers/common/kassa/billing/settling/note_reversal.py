"""Note that a payment was taken back: the invoices that it settled are owed again, not void.

A charge may have settled several invoices, as more of it was captured; the last is reopened first.
The capture may not have been heard of yet: then its invoice is issued by this.
"""

from collections.abc import Callable, Iterable
from functools import partial

from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables.note_entries import note_entries
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.billing.settling.find_payment_facts import (
    captures_among,
    find_payment_facts,
    taken_back,
)
from kassa.core.facts import FactMetadata
from kassa.ledger.facts import LedgerFact, PaymentReversed
from kassa.platform import clock, keys
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger, metrics

Invoiced = Callable[[LedgerFact], KeptReceivable | None]  # a capture's invoice, issued if need be


def note_reversal(fact: LedgerFact, invoiced: Invoiced, time_left_s: TimeLeft) -> None:
    """Enter a reversal on the invoices of its charge's captures, and let their order lead there.

    `invoiced` returns a capture's invoice. Raises StaleWrite as that does.
    """
    source_id, left_minor = fact.metadata.fact_id, taken_back(fact)
    facts = [one for one in find_payment_facts(fact) if one.data.object_id == fact.data.object_id]
    captures = captures_among(tuple(facts), fact.data.amount.currency)
    ids = {one.metadata.fact_id for one in captures}
    gone = {one.metadata.fact_id for one in facts if isinstance(one.data, PaymentReversed)}
    for of in _distinct(invoiced(one) for one in reversed(captures)):
        if of.of.order_id:
            Numbers().lead_to(of.of, keys.of_order(of.of.merchant_id, of.of.order_id))
        decide = partial(_decided, fact.metadata, left_minor, ids, gone)
        place = of.of.merchant_id, of.number
        entered = note_entries(place, source_id, decide, time_left_s).receivable
        if entry := entered.entered(EntryKind.REVERSED, source_id):
            left_minor -= entry.minor
            metrics.add_metric(name="InvoiceReopened", unit="Count", value=1)
            logger.info("invoice reopened", fact_id=source_id, invoice_number=of.number)
        left_minor -= _taken_where_moved(fact, entered, left_minor, time_left_s)
    if left_minor:
        logger.warning("more was taken back than was invoiced", fact_id=source_id)


def _taken_where_moved(
    fact: LedgerFact, paid_first: Receivable, left_minor: int, time_left_s: TimeLeft
) -> int:
    """Take back what of a payment was credit and pays other invoices by now; return how much."""
    taken_minor = 0
    for moved in paid_first.entries if left_minor else ():
        if moved.kind is not EntryKind.CREDIT_MOVED or moved.number is None:
            continue
        decide = partial(_moved_back, fact.metadata, left_minor - taken_minor, moved.source_id)
        place = fact.metadata.merchant_id, moved.number
        entered = note_entries(place, fact.metadata.fact_id, decide, time_left_s).receivable
        entry = entered.entered(EntryKind.REVERSED, fact.metadata.fact_id)
        taken_minor += entry.minor if entry else 0
    return taken_minor


def _moved_back(
    of: FactMetadata, most_minor: int, credit_id: str, on: Receivable
) -> Iterable[Entry]:
    settled = on.entered(EntryKind.SETTLED, credit_id)
    minor = min(most_minor, settled.minor) if settled else 0
    if minor > 0 and on.entered(EntryKind.REVERSED, of.fact_id) is None:
        yield _reversed(of, minor)


def _reversed(of: FactMetadata, minor: int) -> Entry:
    return Entry(
        kind=EntryKind.REVERSED,
        source_id=of.fact_id,
        minor=minor,
        at=clock.now(),
        payment=of.subject_name,
    )


def _distinct(found: Iterable[KeptReceivable | None]) -> Iterable[KeptReceivable]:
    """Return each invoice once, in their order."""
    return {one.number: one for one in found if one is not None}.values()


def _decided(
    of: FactMetadata, most_minor: int, captures: set[str], reversals: set[str], on: Receivable
) -> Iterable[Entry]:
    """Take back of an invoice what its charge settled and hasn't taken back, and no more.

    What was credit and pays another invoice is taken back there.
    """
    settled = [one for one in on.entries if one.kind is EntryKind.SETTLED]
    taken = [one for one in on.entries if one.kind is EntryKind.REVERSED]
    left_minor = sum(one.minor for one in settled if one.source_id in captures)
    left_minor -= sum(one.minor for one in taken if one.source_id in reversals)
    minor = min(most_minor, left_minor)
    beyond_minor = max(0, minor - max(0, on.paid_minor))
    minor -= min(beyond_minor, on.minor_of(EntryKind.CREDIT_MOVED))
    if minor > 0 and on.entered(EntryKind.REVERSED, of.fact_id) is None:
        yield _reversed(of, minor)
