"""What becomes of one payment, from its first attempt to its dispute, as facts."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.fact_catalog import AnyFact
from tests.support.golden_shop.accounts import DEBIT, DECLINES, Contract, Contracts
from tests.support.golden_shop.made_facts import Subject, When
from tests.support.golden_shop.payments import Payment, Sale

# Of all captures, or of what is named: refunded, in part, whose refund comes back, named late.
REFUNDED, IN_PART, COMES_BACK, DEBIT_RETURNED, DESCRIBED_LATER = 0.06, 0.4, 0.03, 0.08, 0.03


class Fate(NamedTuple):
    """What is decided of a payment before chance is asked."""

    declines: int | None = None
    is_captured: bool | None = None
    settles: bool = True
    refunded_at: datetime | None = None
    is_disputed: bool | None = None
    extra_bp: int = 0  # charged on top of the contract
    is_plain: bool = False  # neither refunded nor disputed by chance
    reasons: tuple[str, ...] = ()


class Lifecycle:
    """Makes the facts of payments."""

    def __init__(self, chance: random.Random, known: Contracts, booked_at: When) -> None:
        self._chance, self._contracts, self._booked_at = chance, known, booked_at

    def payment(self, sale: Sale, fate: Fate) -> list[AnyFact]:
        """Return all that becomes of a sale, in order."""
        of = Payment(self._chance, sale, self._subject(sale))
        facts = list(self._attempts(of, fate))
        if facts and facts[-1].data.fact == "PaymentFailed":
            return facts
        captured_at = facts[-1].metadata.booked_at
        if sale.by.gateway == "paypal" and self._chance.random() < DESCRIBED_LATER:
            facts[-1] = facts[-1].model_copy(
                update={"data": facts[-1].data.model_copy(update={"method": None, "brand": None})}
            )
            facts.append(of.described(captured_at + timedelta(minutes=4)))
        contract = self._contract(sale, captured_at)
        if fate.settles:
            settles_at = of.in_the_balance(captured_at, sale.by.settles_days)
            facts += of.settled(settles_at, contract, fate.extra_bp)
        facts += self._aftermath(of, fate, captured_at, contract)
        return facts

    def _subject(self, sale: Sale) -> Subject:
        return Subject(sale.payment_id, sale.by.gateway, sale.by.account, when=self._booked_at)

    def _contract(self, sale: Sale, at: datetime) -> Contract:
        balance = sale.by.balance_of(sale.amount.currency)
        means = sale.means
        return self._contracts.of(sale.by, means.method, means.brand, balance, at.date())

    def _attempts(self, of: Payment, fate: Fate) -> Iterator[AnyFact]:
        """Decline as often as chance or fate has it, then capture, unless the customer gives up."""
        chance, sale, at = self._chance, of.sale, of.sale.at
        declines, is_captured = fate.declines, fate.is_captured
        if declines is None:
            declines = 0 if chance.random() >= sale.means.fails else chance.choice((1, 1, 1, 2))
            is_captured = declines == 0 or chance.random() < 0.6
        reasons = fate.reasons or DECLINES[sale.means.method]
        for n in range(declines):
            yield of.failed(at, chance.choice(reasons), n)
            at += timedelta(seconds=chance.randint(20, 150))
        if is_captured is not False:
            if sale.means.method == "cash":
                at += timedelta(minutes=chance.randint(20, 1_500))
            yield of.subject.fact("CheckoutCompleted", at, sale.amount, f"cs_{sale.payment_id}",
                                  state="completed", order_id=sale.order_id)  # fmt: skip
            yield of.captured(at + timedelta(seconds=chance.randint(1, 5)))

    def _aftermath(
        self, of: Payment, fate: Fate, captured_at: datetime, contract: Contract
    ) -> Iterator[AnyFact]:
        chance, sale = self._chance, of.sale
        is_free = not fate.is_plain and fate.settles and sale.invoice_number is None
        is_disputed = fate.is_disputed
        if is_disputed is None:
            is_disputed = is_free and chance.random() < sale.by.disputes
        if is_disputed:
            opened_at = captured_at + timedelta(days=chance.uniform(8, 25))
            yield from of.disputed(opened_at, contract, is_won=chance.random() < 0.3)
        elif fate.refunded_at or (is_free and chance.random() < REFUNDED):
            at = fate.refunded_at or captured_at + timedelta(days=chance.uniform(3, 25))
            is_part = fate.refunded_at is None and chance.random() < IN_PART
            minor = sale.amount.amount_minor // (2 if is_part else 1) or 1
            yield from of.refunded(at, minor, contract, chance.random() < COMES_BACK)
        elif is_free and sale.means.method == DEBIT and chance.random() < DEBIT_RETURNED:
            yield from of.returned(captured_at + timedelta(days=chance.uniform(4, 9)))
