"""Note what a refund does to the invoices of its payment, and what its return undoes.

An invoice with tax gets a credit note (`issue_credit_note`). One that states none is lowered
without one: by what the refund is beyond the customer's credit. A refund that came back leaves its
note standing: what that gives back is owed to the customer, and the next refund needs no other.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from kassa.billing.credit_notes.find_refunded_invoice import find_refunded_invoice
from kassa.billing.credit_notes.issue_credit_note import issue_credit_note
from kassa.billing.credit_notes.refund_entries import Refund
from kassa.billing.receivables.note_entries import note_entries
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.billing.receivables.store import Decide, Receivables
from kassa.billing.settling.find_payment_facts import (
    captures_among,
    find_payment_facts,
    returned_to_customers,
)
from kassa.core.facts import FactMetadata
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.ledger.facts import LedgerFact, RefundFailed, RefundSucceeded
from kassa.platform import clock, keys
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger, metrics

K = EntryKind
Invoiced = Callable[[LedgerFact], KeptReceivable | None]  # a capture's invoice, issued if need be


def note_refund(
    fact: LedgerFact, merchant: Merchant, invoiced: Invoiced, time_left_s: TimeLeft
) -> None:
    """Enter a refund on the invoices of its payment, once, with its credit note where one is due.

    Raises InvalidRequest where more goes back than was invoiced with tax, and StaleWrite where
    others kept being faster: the message must come back.
    """
    minor = returned_to_customers(fact)
    if minor < 0:  # less left than was published
        note_refund_returned(fact, merchant, invoiced, time_left_s)
        return
    invoices = _invoices(fact, invoiced)
    metadata, currency = fact.metadata, fact.data.amount.currency
    if minor and (found := find_refunded_invoice(fact, merchant)):
        money = Money(amount_minor=minor, currency=currency)
        refund = Refund(metadata, money, clock.now())
        issue_credit_note(refund, found, merchant, time_left_s)
        return
    metrics.add_metric(name="CreditNoteNotDue", unit="Count", value=1)
    known = {of.number: of.receivable.entered(K.REFUNDED, metadata.fact_id) for of in invoices}
    minor -= sum(entry.minor for entry in known.values() if entry)  # heard of before
    for position, of in enumerate(invoices, start=1):
        decide = partial(_refunded, metadata, minor, position == len(invoices))
        entry = _entered(of, metadata.fact_id, decide, time_left_s).entered(
            K.REFUNDED, metadata.fact_id
        )
        minor -= entry.minor if entry and not known[of.number] else 0


def note_refund_returned(
    fact: LedgerFact, merchant: Merchant, invoiced: Invoiced, time_left_s: TimeLeft
) -> None:
    """Enter that a refund came back, on the invoices where it was entered; raises as `note_refund`.

    Its success may not have been heard of yet: then that is entered first.
    """
    minor = -returned_to_customers(fact)
    metrics.add_metric(name="RefundReturned", unit="Count", value=int(minor > 0))
    if minor <= 0:  # it never left
        return
    of_payment, refund_id = find_payment_facts(fact), fact.data.object_id
    of_refund = [one for one in of_payment if one.data.object_id == refund_id]
    left = [one for one in of_refund if returned_to_customers(one) > 0]
    for one in left:
        note_refund(one, merchant, invoiced, time_left_s)
    ids = frozenset(one.metadata.fact_id for one in of_refund)
    source_id = fact.metadata.fact_id
    for of in _invoices(fact, invoiced):
        after = _entered(of, source_id, partial(_returned, fact.metadata, minor, ids), time_left_s)
        entry = after.entered(K.REFUND_REVERSED, source_id)
        minor -= entry.minor if entry else 0


def note_application(
    fact: LedgerFact, merchant: Merchant, invoiced: Invoiced, time_left_s: TimeLeft
) -> None:
    """Let a payment settle the invoice that it was applied to, and enter its refunds before that.

    What was given back while it paid nothing was entered nowhere yet.
    """
    known = find_payment_facts(fact)
    for capture in captures_among(known, fact.data.amount.currency):
        invoiced(capture)
    for one in known:
        if isinstance(one.data, RefundSucceeded):
            note_refund(one, merchant, invoiced, time_left_s)
        elif isinstance(one.data, RefundFailed):
            note_refund_returned(one, merchant, invoiced, time_left_s)


def _invoices(fact: LedgerFact, invoiced: Invoiced) -> list[KeptReceivable]:
    """Return the invoices of a refund's payment: the one that it leads to, or its captures'."""
    of = fact.metadata
    paid_by = keys.of_payment(of.gateway, of.account, of.subject_id)
    if known := Receivables(of.merchant_id).of_source(paid_by):
        return [known]
    captures = captures_among(find_payment_facts(fact), fact.data.amount.currency)
    found = [invoiced(capture) for capture in captures]
    return list({one.number: one for one in found if one is not None}.values())


def _entered(
    of: KeptReceivable, source_id: str, decide: Decide, time_left_s: TimeLeft
) -> Receivable:
    """Enter what is decided on an invoice, and return how that stands."""
    kept = note_entries((of.of.merchant_id, of.number), source_id, decide, time_left_s)
    logger.info("refund entered", fact_id=source_id, invoice_number=of.number)
    return kept.receivable


def _refunded(of: FactMetadata, left_minor: int, is_last: bool, on: Receivable) -> Iterable[Entry]:
    """Enter what a refund gives back of an invoice: of what was paid of it, or all that is left.

    What was sold by it is lowered by what goes beyond the customer's credit.
    """
    minor = left_minor if is_last else min(left_minor, max(0, on.paid_minor))
    if not minor or on.entered(K.REFUNDED, of.fact_id):
        return
    lowered_minor = min(minor - min(minor, max(0, on.credit_minor)), max(0, on.owed_minor))
    if lowered_minor:
        yield _entry(K.CREDITED, of, lowered_minor)
    yield _entry(K.REFUNDED, of, minor)


def _returned(
    of: FactMetadata, left_minor: int, refunds: frozenset[str], on: Receivable
) -> Iterable[Entry]:
    """Enter what came back of a refund, and restore what it had lowered without a note."""
    of_refund = [one for one in on.entries if one.source_id in refunds]
    sums = {kind: sum(one.minor for one in of_refund if one.kind is kind) for kind in K}
    minor = min(left_minor, sums[K.REFUNDED] - sums[K.REFUND_REVERSED])
    if minor <= 0 or on.entered(K.REFUND_REVERSED, of.fact_id):
        return
    yield _entry(K.REFUND_REVERSED, of, minor)
    plain = Counter[EntryKind]()  # without a note: one that a person voided was restored then
    for one in of_refund:
        plain[one.kind] += one.minor if one.number is None else 0
    if restored_minor := min(minor, plain[K.CREDITED] - plain[K.CREDIT_VOIDED]):
        yield _entry(K.CREDIT_VOIDED, of, restored_minor)


def _entry(kind: EntryKind, of: FactMetadata, minor: int) -> Entry:
    return Entry(
        kind=kind, source_id=of.fact_id, minor=minor, at=clock.now(), payment=of.subject_name
    )
