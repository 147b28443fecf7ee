"""What the books published of a payment: each of its facts, in the order they became true."""

from kassa.core.postings import Account, PostingKind
from kassa.ledger.facts import LedgerFact, PaymentApplied, PaymentCaptured, fact_subject
from kassa.ledger.lists.events import EventLists

K = PostingKind


def find_payment_facts(of: LedgerFact) -> tuple[LedgerFact, ...]:
    """Return all facts of the payment that a fact is of, as far as they were true by then."""
    events = EventLists().everything(fact_subject(of.metadata)).events
    facts = [fact for event in events for fact in event.facts]
    until = [fact for fact in facts if fact.metadata.version <= of.metadata.version]
    return tuple(sorted(until, key=lambda fact: fact.metadata.version))


def captures_among(facts: tuple[LedgerFact, ...], currency: str) -> list[LedgerFact]:
    """Return the captures in a currency, the first first, each for the invoice it was applied to.

    An order's payment has its order since it was captured: only the invoice is said later.
    """
    applied = {
        one.data.object_id: {"invoice_number": one.data.invoice_number}
        for one in facts
        if isinstance(one.data, PaymentApplied)
    }
    found = [fact for fact in facts if isinstance(fact.data, PaymentCaptured)]
    return [
        fact.model_copy(
            update={"data": fact.data.model_copy(update=applied.get(fact.data.object_id))}
        )
        for fact in found
        if fact.data.amount.currency == currency
    ]


def returned_to_customers(fact: LedgerFact) -> int:
    """Return how much a refund's fact gave customers, in minor units; below zero: it came back.

    A refund of which only its failure is known left and came back in one fact: that is nothing.
    """
    return _into(fact, Account.CUSTOMERS, K.REFUND, K.REFUND_REVERSAL)


def taken_back(fact: LedgerFact) -> int:
    """Return how much of captures that were invoiced a reversal took back, in minor units."""
    return -_into(fact, Account.GATEWAY_CLEARING, K.CAPTURE_REVERSAL)


def _into(fact: LedgerFact, account: Account, *kinds: PostingKind) -> int:
    return sum(
        posting.amount.amount_minor
        * ((posting.destination == account) - (posting.source == account))
        for posting in fact.data.postings
        if posting.kind in kinds
    )
