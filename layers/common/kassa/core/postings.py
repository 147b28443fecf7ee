"""Postings: one amount that left one account for another, so the books can't be unbalanced."""

from collections import Counter
from collections.abc import Iterable

from kassa.core.model import Label, Model
from kassa.core.money import Money


class Account(Label):
    """Where money can be; per gateway and account of the merchant's."""

    CUSTOMERS = "customers"
    GATEWAY_CLEARING = "gateway_clearing"  # captured or refunded, not yet in the gateway's balance
    GATEWAY_BALANCE = "gateway_balance"  # moved by balance transactions and payouts only
    GATEWAY_FEES = "gateway_fees"
    GATEWAY_ADJUSTMENTS = "gateway_adjustments"  # balance movements no payment explains
    CURRENCY_EXCHANGE = "currency_exchange"
    CHARGEBACKS = "chargebacks"
    BANK = "bank"
    OPENING_BALANCE = "opening_balance"  # captured before the books were opened
    RECEIVABLES = "receivables"  # what customers owe of invoices; with the three below, accrual
    SALES = "sales"  # invoiced, without tax
    TAX_PAYABLE = "tax_payable"
    WRITE_OFFS = "write_offs"
    LATE_FEES = "late_fees"  # charged to customers who pay late
    LATE_INTEREST = "late_interest"


class PostingKind(Label):
    """What a posting is for; with the gateway's object it names the posting, once and for all."""

    CAPTURE = "capture"
    CAPTURE_REVERSAL = "capture_reversal"  # it was disproved, or taken back after success
    REFUND = "refund"
    REFUND_REVERSAL = "refund_reversal"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    PAYOUT = "payout"
    PAYOUT_REVERSAL = "payout_reversal"
    SETTLEMENT = "settlement"
    FEE = "fee"
    EXCHANGE = "exchange"
    ADJUSTMENT = "adjustment"
    SALE = "sale"  # this and what follows: of documents, in the accrual journal
    SALES_TAX = "sales_tax"
    APPLICATION = "application"  # a payment is taken up by an invoice, or released from it
    WRITE_OFF = "write_off"
    LATE_FEE = "late_fee"
    LATE_INTEREST = "late_interest"


# The journal of documents (docs/decisions/0021-accrual-journal.md); all others follow the money.
ACCRUAL = frozenset(
    {
        *(PostingKind.SALE, PostingKind.SALES_TAX, PostingKind.APPLICATION, PostingKind.WRITE_OFF),
        *(PostingKind.LATE_FEE, PostingKind.LATE_INTEREST),
    }
)


class Posting(Model):
    """One amount that left one account for another; it can't be out of balance.

    `object_id` is the gateway's object, or what an invoice's entry is of. With `kind` it says what
    was moved; the payment's fold (or the receivable's) knows how much of it is posted.
    """

    object_id: str
    kind: PostingKind
    source: Account
    destination: Account
    amount: Money


def posting_between(
    accounts: tuple[Account, Account], object_id: str, kind: PostingKind, money: Money
) -> Posting:
    """Post an amount from the first account to the second; a negative one goes the other way."""
    source, destination = accounts
    if money.amount_minor < 0:
        source, destination = destination, source
        money = money.model_copy(update={"amount_minor": -money.amount_minor})
    return Posting(
        object_id=object_id, kind=kind, source=source, destination=destination, amount=money
    )


def balances(postings: Iterable[Posting]) -> dict[tuple[Account, str], int]:
    """Sum postings by account and currency; the sum over accounts is zero by construction."""
    sums: Counter[tuple[Account, str]] = Counter()
    for posting in postings:
        money = posting.amount
        sums[posting.source, money.currency] -= money.amount_minor
        sums[posting.destination, money.currency] += money.amount_minor
    return dict(sums)
