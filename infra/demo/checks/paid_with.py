"""What was paid with, by the facts: the capture's own word, or the one that described it later."""

from typing import NamedTuple

from infra.local.observed import Books
from kassa.ledger.facts import PaymentCaptured, PaymentDescribed


class Paid(NamedTuple):
    """A captured payment, and by what."""

    gateway: str
    order_id: str | None
    method: str | None
    brand: str | None


def payments(books: Books) -> list[Paid]:
    """Return every capture; where webhooks came out of order, its method was reported after it."""
    described = {
        (fact.metadata.gateway, fact.data.object_id): fact.data
        for fact in books.facts
        if isinstance(fact.data, PaymentDescribed)
    }
    found = []
    for fact in books.facts:
        if isinstance(fact.data, PaymentCaptured):
            by = described.get((fact.metadata.gateway, fact.data.object_id), fact.data)
            found.append(Paid(fact.metadata.gateway, fact.data.order_id, by.method, by.brand))
    return found
