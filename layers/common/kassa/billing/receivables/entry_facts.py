"""Which facts a receivable's entries are published as: from what is stored, the same every time."""

from typing import Any

from kassa.billing import facts
from kassa.billing.receivables.receivable import (
    Entry,
    EntryKind,
    KeptReceivable,
    Position,
)
from kassa.core.facts import Fact, FactData, FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind, posting_between

K = EntryKind
BillingFact = Fact[facts.BillingFactData]

_FACTS: dict[EntryKind, type[FactData]] = {
    K.ISSUED: facts.InvoiceIssued,
    K.CREDITED: facts.CreditNoteIssued,
    K.CREDIT_VOIDED: facts.InvoiceRestored,
    K.SETTLED: facts.InvoiceSettled,
    K.REFUND_REVERSED: facts.InvoiceSettled,
    K.REVERSED: facts.InvoiceReopened,
    K.REFUNDED: facts.InvoiceReopened,
    K.CREDIT_MOVED: facts.InvoiceReopened,
    K.VOIDED: facts.InvoiceVoided,
    K.WRITTEN_OFF: facts.InvoiceWrittenOff,
    K.LATE_FEE: facts.LateFeeCharged,
    K.LATE_INTEREST: facts.LateFeeCharged,
    K.LATE_CHARGE_WAIVED: facts.LateFeeWaived,
}
# These are of documents, so they are published also where they move nothing.
_OF_DOCUMENTS = {K.ISSUED, K.CREDITED, K.CREDIT_VOIDED, K.VOIDED}


def facts_of(kept: KeptReceivable, source_id: str) -> tuple[BillingFact, ...]:
    """Return the facts of what was entered of one source, with their postings.

    An entry that moved nothing, as a payment of what was paid already, is published by none. What
    an earlier release left isn't either: it stands in no journal.
    """
    if kept.version is None:
        return ()
    found, open_minor = list[BillingFact](), 0
    for position, entry in enumerate(kept.receivable.entries, start=1):
        open_minor += entry.moved.open_minor
        is_published = entry.kind in _OF_DOCUMENTS or entry.moved != Position()
        if entry.source_id == source_id and is_published:
            found.append(_fact(kept, entry, position, open_minor))
    return tuple(found)


def _fact(kept: KeptReceivable, entry: Entry, position: int, open_minor: int) -> BillingFact:
    of, currency, kind = kept.of, kept.receivable.currency, _FACTS[entry.kind]
    if entry.kind is K.CREDITED and entry.number is None:
        kind = facts.InvoiceCredited
    known: dict[str, Any] = {
        "object_id": entry.source_id,
        "occurred_at": entry.at,
        "amount": Money(amount_minor=entry.minor, currency=currency),
        "postings": postings_of(entry, currency),
        "number": kept.number,
        "open_minor": open_minor,
        "change_minor": entry.moved.open_minor,
        "order_id": of.order_id,
        "customer_id": of.customer_id,
        "credit_note": entry.number,
        "charge": entry.kind.value,
    }
    fitting = {name: value for name, value in known.items() if name in kind.model_fields}
    metadata = FactMetadata(
        fact_id=f"{kept.number}:{entry.source_id}:{entry.kind}",
        event_id=entry.source_id,
        merchant_id=of.merchant_id,
        gateway="kassa",
        account="main",
        subject_kind="invoice",
        subject_id=kept.number,
        version=position,
        booked_at=entry.at,
    )
    return BillingFact(metadata=metadata, data=kind.model_validate(fitting))


def postings_of(entry: Entry, currency: str) -> tuple[Posting, ...]:
    """Return what an entry moved as postings of the accrual journal; none where nothing moved."""
    moves = zip(MOVES.items(), entry.moved, strict=True)
    return tuple(
        posting_between(
            accounts, entry.source_id, kind, Money(amount_minor=minor, currency=currency)
        )
        for (kind, accounts), minor in moves
        if minor
    )


# What each part of a position is posted as, in the position's order: from where, to where.
MOVES: dict[PostingKind, tuple[Account, Account]] = {
    PostingKind.SALE: (Account.SALES, Account.RECEIVABLES),
    PostingKind.SALES_TAX: (Account.TAX_PAYABLE, Account.RECEIVABLES),
    PostingKind.APPLICATION: (Account.RECEIVABLES, Account.CUSTOMERS),
    PostingKind.WRITE_OFF: (Account.RECEIVABLES, Account.WRITE_OFFS),
    PostingKind.LATE_FEE: (Account.LATE_FEES, Account.RECEIVABLES),
    PostingKind.LATE_INTEREST: (Account.LATE_INTEREST, Account.RECEIVABLES),
}
