"""Events as the books keep them, of one fact each, with the postings that a test says."""

from datetime import datetime
from typing import Any

from kassa.core.facts import FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind
from kassa.fact_catalog import FACT_DATA
from kassa.gateways.events import Subject
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent

A, P = Account, PostingKind
Move = tuple[PostingKind, Account, Account, int]  # from an account to another, in minor units


def capture(gross: int, settled: int, fee: int) -> tuple[Move, ...]:
    """Return what a capture moves, with what its balance transaction settles."""
    return (
        (P.CAPTURE, A.CUSTOMERS, A.GATEWAY_CLEARING, gross),
        (P.SETTLEMENT, A.GATEWAY_CLEARING, A.GATEWAY_BALANCE, settled),
        (P.FEE, A.GATEWAY_BALANCE, A.GATEWAY_FEES, fee),
    )


def refund(minor: int) -> tuple[Move, ...]:
    """Return what a refund moves that is settled."""
    return (
        (P.REFUND, A.GATEWAY_CLEARING, A.CUSTOMERS, minor),
        (P.SETTLEMENT, A.GATEWAY_BALANCE, A.GATEWAY_CLEARING, minor),
    )


def booked_event(
    of: Subject, at: datetime, amount: Money, moves: tuple[Move, ...], **fields: Any
) -> BookedEvent:
    """Return an event of one fact; `fields` are the fact's, its name among them."""
    name = fields["fact"]
    postings = tuple(
        Posting(
            object_id=f"{of.subject_id}/{name}",
            kind=kind,
            source=source,
            destination=target,
            amount=amount.model_copy(update={"amount_minor": minor}),
        )
        for kind, source, target, minor in moves
        if minor
    )
    fields |= {"object_id": of.subject_id, "occurred_at": at, "amount": amount}
    metadata = FactMetadata(
        fact_id=f"{of.subject_id}:{name}",
        event_id=f"evt_{of.subject_id}_{name}",
        merchant_id="main",
        gateway=of.gateway,
        account=of.account,
        subject_kind=of.kind,
        subject_id=of.subject_id,
        version=1,
        booked_at=at,
    )
    data = FACT_DATA.validate_python(fields | {"postings": postings})
    return BookedEvent(
        event_id=metadata.event_id,
        subject=of,
        merchant_id="main",
        gateway_type=name,
        booked_at=at,
        version=1,
        is_ignored=False,
        raw=None,
        reading={},
        facts=(LedgerFact(metadata=metadata, data=data),),
    )
