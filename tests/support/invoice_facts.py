"""What the books published, put where the books keep it; and what is owed of it then."""

from datetime import date, datetime, timedelta
from typing import Any

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import take_number
from kassa.billing.numbering.record import Statement
from kassa.billing.receivables.items import Terms
from kassa.billing.receivables.note_entries import make_known
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.receivables.store import Receivables, kept_of
from kassa.core.merchant import Merchant
from kassa.core.postings import Account, Posting, PostingKind, balances
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Subject
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent, event_item
from kassa.platform import keys, table
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, Stack
from tests.support.facts import captured, moved

K = PostingKind


def booked_item(fact: Any) -> table.Item:
    """Return the item of the event that a fact of a payment was booked under."""
    of = fact.metadata
    named = {"gateway": of.gateway, "account": of.account, "subject_id": of.subject_id}
    event = BookedEvent(
        event_id=of.event_id,
        subject=Subject(kind="payment", **named),
        merchant_id=of.merchant_id,
        gateway_type="test",
        booked_at=of.booked_at,
        version=of.version,
        is_ignored=False,
        raw=None,
        reading={},
        facts=(LedgerFact.model_validate(fact.model_dump()),),
    )
    return event_item(event)


def booked(*facts: Any) -> list[Any]:
    """Keep facts in the books, each under its event, as the ledger did before it published them."""
    for fact in facts:
        table.put_new(booked_item(fact))
    return list(facts)


def capture(
    minor: int = 100_00, payment: str = "pi_1", at: datetime = NOW, **fields: Any
) -> AnyFact:
    """Return a capture of the first order."""
    return captured(payment, at, (minor, "EUR"), **{"order_id": "order-1", "version": 1} | fields)


def taken_back(minor: int = 100_00, payment: str = "pi_1", version: int = 2) -> AnyFact:
    """Return that a payment was taken back."""
    at, ids = NOW + timedelta(days=2), {"object_id": f"ch_{payment}", "order_id": "order-1"}
    kind = PostingKind.CAPTURE_REVERSAL
    return moved("PaymentReversed", payment, at, (minor, "EUR"), kind, version=version, **ids)


def refunded(minor: int, refund_id: str = "re_1", version: int = 2) -> AnyFact:
    """Return that a refund of the first payment left."""
    at, money = NOW + timedelta(days=1), (minor, "EUR")
    ids = {"object_id": refund_id, "version": version}
    return moved("RefundSucceeded", "pi_1", at, money, K.REFUND, **ids)


def came_back(minor: int, refund_id: str = "re_1", version: int = 3) -> AnyFact:
    """Return that a refund of the first payment came back."""
    at, money = NOW + timedelta(days=5), (minor, "EUR")
    ids = {"object_id": refund_id, "version": version}
    return moved("RefundFailed", "pi_1", at, money, K.REFUND_REVERSAL, **ids)


def of(number: str = "2026-00000001") -> KeptReceivable:
    """Return what is owed of an invoice."""
    return Receivables("main").of_number(number)


def on_terms(
    minor: int = 100_00, order_id: str = "order-1", tolerance_minor: int = 0
) -> KeptReceivable:
    """Issue an order's invoice before it is paid, and return what is owed of it."""
    merchant = Merchant.from_settings(settings().model_dump())
    source_id = keys.of_order(merchant.merchant_id, order_id)
    statement = Statement(
        kind=DocumentKind.INVOICE,
        source_id=source_id,
        currency="EUR",
        gross_minor=minor,
        order_id=order_id,
        customer_id="customer-1",
    )
    terms = Terms(date(2026, 12, 5), tolerance_minor)
    item = take_number(statement, merchant, {"documents": {}}, terms=terms)
    kept = kept_of(item)
    make_known(kept, source_id)
    return kept


def accrued(stack: Stack) -> dict[Account, int]:
    """Sum the postings of all facts of invoices that were published since, each once."""
    facts = {one["detail"]["metadata"]["fact_id"]: one["detail"] for one in stack.published()}
    kept = [AnyFact.model_validate(one) for one in facts.values()]
    postings: list[Posting] = [
        posting
        for fact in kept
        if fact.metadata.subject_kind == "invoice"
        for posting in fact.data.postings
    ]
    return {account: minor for (account, _), minor in balances(postings).items() if minor}
