"""One payment's facts, each by a method: attempts, capture, settlement, refund, dispute."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.money import Money
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Movement
from tests.support.golden_shop.accounts import KLARNA, USD_IN_EUR, Contract, GatewayAccount, Means
from tests.support.golden_shop.made_facts import Subject, money

K = PostingKind
DAY = timedelta(days=1)


class Sale(NamedTuple):
    """What a customer is about to pay, and how."""

    payment_id: str
    at: datetime
    by: GatewayAccount
    means: Means
    amount: Money
    customer_id: str
    order_id: str
    country: str = "DE"
    invoice_number: str | None = None
    is_recurring: bool = False


class Payment:
    """One payment's facts, each by a method."""

    def __init__(self, chance: random.Random, sale: Sale, subject: Subject) -> None:
        self.sale, self.subject, self._chance = sale, subject, chance
        self._charge = f"ch_{sale.payment_id}"
        self._captured_at: datetime | None = None

    def failed(self, at: datetime, reason: str, n: int) -> AnyFact:
        """Decline the n-th attempt."""
        sale, object_id = self.sale, f"{self._charge}_{n}"
        return self.subject.fact("PaymentFailed", at, sale.amount, object_id, state="failed",
                                 reason=reason, **self._says())  # fmt: skip

    def captured(self, at: datetime) -> AnyFact:
        """Capture the whole amount."""
        state = f"captured:{self.sale.amount.amount_minor}"
        fact = self.subject.fact("PaymentCaptured", at, self.sale.amount, self._charge,
                                 state=state, postings=(K.CAPTURE,), **self._says())  # fmt: skip
        self._captured_at = fact.metadata.booked_at
        return fact

    def described(self, at: datetime) -> AnyFact:
        """Name the method, which the capture was published without."""
        return self.subject.fact("PaymentDescribed", at, self.sale.amount, self._charge,
                                 state="described", **self._says())  # fmt: skip

    def _says(self) -> dict[str, object]:
        sale = self.sale
        return {
            "method": sale.means.method,
            "brand": sale.means.brand,
            "order_id": sale.order_id,
            "invoice_number": sale.invoice_number,
            "customer_id": sale.customer_id,
            "country": sale.country,
            "card_country": sale.country,
            "captured_at": self._captured_at,
            "recurring": "P1M" if sale.is_recurring else None,
            "agreement_id": f"sub_{sale.customer_id}" if sale.is_recurring else None,
        }

    def settled(self, at: datetime, contract: Contract, extra_bp: int) -> Iterator[AnyFact]:
        """Bring the payment into the balance; Klarna charges by a movement of its own."""
        minor, currency = self.sale.amount.amount_minor, contract.currency
        charged = contract._replace(percent_bp=contract.percent_bp + extra_bp)
        gross, is_exchanged = self._in_balance(minor, at), currency != self.sale.amount.currency
        fee_minor = charged.fee_minor(gross.amount_minor, is_exchanged)
        yield self._moved(at, "charge", minor, 0 if self.sale.by is KLARNA else fee_minor)
        if self.sale.by is KLARNA:
            fee = Movement(moves="fee", gross=money(-fee_minor, currency), fee_minor=0)
            named = f"txn_{self.sale.payment_id}_fee"
            yield self.subject.balance_moved(at, named, fee, **self._says())

    def refunded(
        self, at: datetime, minor: int, contract: Contract, comes_back: bool
    ) -> Iterator[AnyFact]:
        """Give some of it back; now and then it comes back days later."""
        refund_id, amount = f"re_{self.sale.payment_id}", money(minor, self.sale.amount.currency)
        in_balance_at, of = self.in_the_balance(at, 1), self.subject
        yield of.fact("RefundCreated", at, amount, refund_id, state="pending")
        yield of.fact("RefundSucceeded", at + timedelta(minutes=1), amount, refund_id,
                      state="succeeded", postings=(K.REFUND,))  # fmt: skip
        yield self._moved(in_balance_at, "refund", -minor, contract.refund_minor)
        if comes_back:
            back_at = in_balance_at + 5 * DAY
            yield of.fact("RefundFailed", back_at, amount, refund_id, state="failed",
                          postings=(K.REFUND_REVERSAL,), reason="account_closed")  # fmt: skip
            yield self._moved(back_at + DAY, "refund_failure", minor, 0)

    def disputed(self, at: datetime, contract: Contract, is_won: bool) -> Iterator[AnyFact]:
        """Dispute the payment: the funds go, and come back where the bank decides for us."""
        dispute_id, amount, of = f"dp_{self.sale.payment_id}", self.sale.amount, self.subject
        minor, fee_minor = amount.amount_minor, contract.dispute_minor
        yield of.fact("DisputeOpened", at, amount, dispute_id, state="open", reason="fraudulent")
        yield of.fact("DisputeFundsWithdrawn", at, amount, f"{dispute_id}/funds", state="withdrawn",
                      belongs_to=dispute_id, postings=(K.CHARGEBACK,))  # fmt: skip
        yield self._moved(at + timedelta(hours=2), "dispute", -minor, fee_minor)
        decided_at = at + timedelta(days=self._chance.uniform(20, 45))
        if not is_won:
            yield of.fact("DisputeLost", decided_at, amount, dispute_id, state="lost")
            return
        yield of.fact("DisputeWon", decided_at, amount, dispute_id, state="won")
        yield of.fact("DisputeFundsReinstated", decided_at, amount, f"{dispute_id}/funds",
                      state="reinstated", belongs_to=dispute_id,
                      postings=(K.CHARGEBACK_REVERSAL,))  # fmt: skip
        yield self._moved(decided_at + timedelta(hours=2), "dispute", minor, -fee_minor)

    def returned(self, at: datetime) -> Iterator[AnyFact]:
        """Let the customer's bank take a debit back."""
        amount, says = self.sale.amount, self._says() | {"reason": "no_mandate"}
        yield self.subject.fact("PaymentReversed", at, amount, self._charge,
                                state=f"reversed:{amount.amount_minor}",
                                postings=(K.CAPTURE_REVERSAL,), **says)  # fmt: skip
        yield self._moved(at + timedelta(hours=5), "charge", -amount.amount_minor, 0)

    def in_the_balance(self, at: datetime, days: int) -> datetime:
        """Return when what happened at an instant is in the balance: early some morning (UTC)."""
        if not days:
            return at + timedelta(minutes=3)
        morning = at.replace(hour=4, minute=0, second=0, microsecond=0)
        return morning + days * DAY + timedelta(seconds=self._chance.randint(0, 3_600))

    def _moved(self, at: datetime, moves: str, minor: int, fee_minor: int) -> AnyFact:
        """Move so much of the payment's currency, exchanged where the balance has another."""
        gross, currency = self._in_balance(minor, at), self.sale.amount.currency
        exchanged = None if gross.currency == currency else money(minor, currency)
        movement = Movement(moves=moves, gross=gross, fee_minor=fee_minor, exchanged=exchanged)
        transaction_id = f"txn_{self.sale.payment_id}_{moves}{'' if minor >= 0 else '_out'}"
        return self.subject.balance_moved(at, transaction_id, movement, **self._says())

    def _in_balance(self, minor: int, at: datetime) -> Money:
        currency = self.sale.by.balance_of(self.sale.amount.currency)
        if currency == self.sale.amount.currency:
            return money(minor, currency)
        return money(round(minor * rate(at)), currency)


def rate(at: datetime) -> float:
    """Return what a US dollar is in euros in an instant's month."""
    return round(USD_IN_EUR + 0.03 * math.sin(at.month / 12 * math.tau), 4)
