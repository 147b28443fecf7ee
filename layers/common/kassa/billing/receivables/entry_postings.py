"""As which postings of the accrual journal an entry of a receivable is posted."""

from kassa.billing.receivables.receivable import Entry
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind, posting_between


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
