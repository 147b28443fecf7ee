"""Companies that pay by invoice: issued, paid after weeks, some in part, some never."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.core.postings import Account, Posting, PostingKind, posting_between
from kassa.fact_catalog import AnyFact
from tests.support.golden_shop.accounts import ADYEN, TRANSFER, Means
from tests.support.golden_shop.customers import Customers
from tests.support.golden_shop.lifecycles import Fate, Lifecycle
from tests.support.golden_shop.made_facts import Subject, money
from tests.support.golden_shop.planted import Kind, Planted, planted

A, K = Account, PostingKind
DUE = timedelta(days=14)
BY_BANK = Means(TRANSFER, "sepa_credit_transfer", 1, 0)
SHORT = 0.1  # of those paid: a little less was paid, and the rest is given up
WAYS = {
    K.SALE: (A.SALES, A.RECEIVABLES),
    K.SALES_TAX: (A.TAX_PAYABLE, A.RECEIVABLES),
    K.APPLICATION: (A.RECEIVABLES, A.CUSTOMERS),
    K.WRITE_OFF: (A.RECEIVABLES, A.WRITE_OFFS),
}


class Invoices:
    """Issues invoices and lets them be paid."""

    def __init__(self, chance: random.Random, customers: Customers, lifecycle: Lifecycle) -> None:
        self._chance, self._customers, self._lifecycle = chance, customers, lifecycle
        self._count, self.noted = 0, list[Planted]()

    def issued(self, at: datetime, is_paid: bool = True) -> Iterator[AnyFact]:
        """Issue an invoice of an instant, and yield all that comes of it."""
        self._count += 1
        number, who = f"2026-{self._count:08}", self._customers.new(ADYEN)
        gross = self._chance.randrange(200_00, 2_000_00, 1_00)
        tax = gross - round(gross / 1.19)
        of = _Invoice(number, gross, who.customer_id, f"order-{number}")
        made = of.entry(
            "InvoiceIssued", at, gross, gross, ((K.SALE, gross - tax), (K.SALES_TAX, tax))
        )
        yield made
        if not is_paid:
            record = planted(
                Kind.INVOICE_WITHOUT_PAYMENT, [made], gross, customer_id=who.customer_id
            )
            self.noted.append(record)
            return
        paid_at = at + DUE + timedelta(days=self._chance.uniform(-8, 9))
        paid = round(gross * 0.97) if self._chance.random() < SHORT else gross
        sale = self._customers.sale(paid_at, who._replace(means=BY_BANK), paid,
                                    order_id=of.order_id, invoice_number=number)  # fmt: skip
        facts = self._lifecycle.payment(sale, Fate(declines=0, is_plain=True))
        yield from facts
        captured = next(one for one in facts if one.data.fact == "PaymentCaptured")
        settled_at = captured.metadata.booked_at + timedelta(seconds=3)
        yield of.entry("InvoiceSettled", settled_at, paid, -paid, ((K.APPLICATION, paid),))
        if paid < gross:
            left = gross - paid
            given_up_at = settled_at + timedelta(days=20)
            yield of.entry("InvoiceWrittenOff", given_up_at, left, -left, ((K.WRITE_OFF, left),))


class _Invoice:
    """One invoice's facts, and what is owed of it."""

    def __init__(self, number: str, gross: int, customer_id: str, order_id: str) -> None:
        self.order_id, self._number, self._customer_id = order_id, number, customer_id
        self._subject, self._open = Subject(number, "kassa", "main", "invoice"), 0

    def entry(
        self, name: str, at: datetime, minor: int, change: int, moved: tuple[tuple[K, int], ...]
    ) -> AnyFact:
        self._open += change
        source_id = f"{name}-{self._number}"
        return self._subject.fact(
            name, at, money(minor, "EUR"), source_id, number=self._number, open_minor=self._open,
            change_minor=change, order_id=self.order_id, customer_id=self._customer_id,
            postings=[_posting(source_id, kind, minor) for kind, minor in moved],
        )  # fmt: skip


def _posting(source_id: str, kind: K, minor: int) -> Posting:
    return posting_between(WAYS[kind], source_id, kind, money(minor, "EUR"))
