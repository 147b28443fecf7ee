"""What payments do to invoices in a world of numbers: settle, take back, refund, all at once.

At the end what is owed follows from what was captured, taken back and refunded, whatever order it
was consumed in; and the facts on the bus leave the same on `receivables`.
"""

import json
from collections import Counter
from datetime import datetime
from random import Random
from typing import Any

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.receivables.receivable import EntryKind, KeptReceivable
from kassa.billing.receivables.store import kept_of
from kassa.core.postings import Account, PostingKind, balances
from kassa.fact_catalog import AnyFact
from kassa.platform import table
from tests.simulation.dynamodb.store import Store
from tests.support.facts import captured, moved
from tests.support.invoice_facts import booked_item

K = PostingKind
_PAID = {"PaymentCaptured": 1, "PaymentReversed": -1, "RefundSucceeded": -1, "RefundFailed": 1}


def payment(number: int, at: datetime, source: Random) -> list[Any]:
    """Return what becomes of one payment: its capture, and at times what undoes a part of it."""
    name, minor = f"pi_{number}", 100 * number
    order = {"order_id": f"order-{number // 2}"} if source.random() < 0.6 else {}
    facts = [captured(name, at, (minor, "EUR"), version=1, **order)]
    fate = source.choice(("kept", "kept", "reversed", "refunded", "twice", "returned"))
    if fate == "reversed":
        ids = {"object_id": f"ch_{name}", "version": 2}
        facts.append(
            moved("PaymentReversed", name, at, (minor, "EUR"), K.CAPTURE_REVERSAL, **ids, **order)
        )
    if fate == "twice":
        money, again = (minor // 2, "EUR"), {"object_id": f"re_{name}_2", "version": 3}
        facts.append(moved("RefundSucceeded", name, at, money, K.REFUND, version=2))
        facts.append(moved("RefundSucceeded", name, at, money, K.REFUND, **again))
    if fate in ("refunded", "returned"):
        money = (source.choice((minor, minor // 2)), "EUR")
        facts.append(moved("RefundSucceeded", name, at, money, K.REFUND, version=2))
        if fate == "returned":
            facts.append(moved("RefundFailed", name, at, money, K.REFUND_REVERSAL, version=3))
    return facts


def keep(store: Store, fact: Any) -> None:
    """Keep a fact in the books, under its event."""
    store.put_item(TableName="payments", Item=table.typed(booked_item(fact)))


class PublishedFacts:
    """Every fact on the bus, once; and whether one was published in other words."""

    def __init__(self) -> None:
        self.facts: dict[str, dict[str, Any]] = {}
        self.changed: set[str] = set()

    def see(self, _: str, detail: dict[str, Any]) -> None:
        """Look at a fact on the bus."""
        fact_id = detail["metadata"]["fact_id"]
        if self.facts.setdefault(fact_id, detail) != detail:
            self.changed.add(fact_id)


def violations(
    facts: list[Any], published: PublishedFacts, items: list[dict[str, Any]]
) -> list[str]:
    """Return what is wrong with what is owed."""
    invoices = [item for item in items if item["SK"] == "INVOICE"]
    every = [kept_of(item) for item in invoices]
    kept = [one for one in every if one.of.kind is DocumentKind.INVOICE]
    paid_minor = sum(_PAID[fact.data.fact] * fact.data.amount.amount_minor for fact in facts)
    found = sum(one.receivable.paid_minor for one in kept if one.of.currency == "EUR")
    earlier = sum(one.of.gross_minor for one in kept if "pi_earlier" in one.of.source_id)
    wrong = [f"fact {one} was published in other words" for one in sorted(published.changed)]
    if found - earlier != paid_minor:
        wrong.append(f"invoices say that {found - earlier} were paid, and it was {paid_minor}")
    return wrong + _settled(facts, kept) + _published(published, kept)


def _settled(facts: list[Any], kept: list[KeptReceivable]) -> list[str]:
    """Each capture settles one invoice, once."""
    settled = Counter(
        entry.source_id
        for one in kept
        for entry in one.receivable.entries
        if entry.kind is EntryKind.SETTLED
    )
    captures = [fact.metadata.fact_id for fact in facts if fact.data.fact == "PaymentCaptured"]
    return [f"{one} settles {settled[one]} invoices" for one in captures if settled[one] != 1]


def _published(published: PublishedFacts, kept: list[KeptReceivable]) -> list[str]:
    """What facts leave on `receivables` is what is open, and all accounts sum to zero."""
    facts = [AnyFact.model_validate(detail) for detail in published.facts.values()]
    sums = balances(posting for fact in facts for posting in fact.data.postings)
    open_minor = sum(one.receivable.open_minor for one in kept)
    owed = sums.get((Account.RECEIVABLES, "EUR"), 0)
    wrong = [f"facts leave {sums}, which isn't zero"] if sum(sums.values()) else []
    if owed != open_minor:
        names = json.dumps(sorted(published.facts))
        wrong.append(f"facts leave {owed} on receivables, and {open_minor} is open: {names}")
    return wrong
