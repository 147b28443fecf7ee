"""Facts for tests: a day of trade in our words, without a gateway behind it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kassa.billing.invoices.invoice import Invoice, next_invoice
from kassa.billing.numbering.series import Series
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind
from kassa.fact_catalog import AnyFact
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.settlement import posting

K = PostingKind


def fact(
    name: str,
    subject_id: str,
    booked_at: datetime,
    money: tuple[int, str],
    **fields: Any,
) -> AnyFact:
    """Return a fact; its id follows from subject, object and name, as it does in the books."""
    object_id = fields.pop("object_id", f"ch_{subject_id}")
    metadata = {
        "fact_id": f"{subject_id}:{object_id}:{name}",
        "event_id": fields.pop("event_id", f"evt_{object_id}_{name}"),
        "merchant_id": fields.pop("merchant_id", "main"),
        "gateway": "stripe",
        "account": "main",
        "subject_kind": "payment",
        "subject_id": subject_id,
        "version": fields.pop("version", 1),
        "booked_at": booked_at,
    }
    data = {
        "fact": name,
        "object_id": object_id,
        "occurred_at": booked_at - timedelta(seconds=2),
        "amount": {"amount_minor": money[0], "currency": money[1]},
        **fields,
    }
    return AnyFact.model_validate({"metadata": metadata, "data": data})


def posted(object_id: str, kind: PostingKind, money: tuple[int, str]) -> Posting:
    """Return a posting of the usual way of its kind."""
    return posting(object_id, kind, Money(amount_minor=money[0], currency=money[1]))


def captured(
    payment: str, at: datetime, money: tuple[int, str], method: str | None = "card", **fields: Any
) -> AnyFact:
    """Return a capture with its posting."""
    object_id = fields.setdefault("object_id", f"ch_{payment}")
    made = posted(object_id, K.CAPTURE, money)
    if fields.pop("opening", False):
        made = made.model_copy(update={"destination": Account.OPENING_BALANCE})
    return fact("PaymentCaptured", payment, at, money, method=method, postings=[made], **fields)


def moved(
    name: str,
    payment: str,
    at: datetime,
    money: tuple[int, str],
    *kinds: PostingKind,
    **fields: Any,
) -> AnyFact:
    """Return a fact of a refund, dispute or payout, with the postings of its path."""
    object_id = fields.setdefault("object_id", f"re_{payment}")
    postings = [posted(object_id, kind, money) for kind in kinds]
    return fact(name, payment, at, money, postings=postings, **fields)


def balanced(
    transaction: str, at: datetime, gross: tuple[int, str], fee_minor: int, moves: str = "charge"
) -> AnyFact:
    """Return a balance transaction with its settlement and its fee."""
    postings = [posted(transaction, K.SETTLEMENT, gross)]
    if fee_minor:
        postings.append(posted(transaction, K.FEE, (fee_minor, gross[1])))
    movement = {
        "moves": moves,
        "gross": {"amount_minor": gross[0], "currency": gross[1]},
        "fee_minor": fee_minor,
    }
    return fact(
        "BalanceTransactionBooked",
        transaction,
        at,
        gross,
        object_id=transaction,
        postings=postings,
        movement=movement,
    )


def failed(
    payment: str, at: datetime, money: tuple[int, str], reason: str | None, n: int
) -> AnyFact:
    """Return a failed attempt, the payment's n-th."""
    return fact(
        "PaymentFailed", payment, at, money, reason=reason, object_id=f"ch_{payment}_failed_{n}"
    )


NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SHOP = Merchant(
    merchant_id="main",
    name="My Shop",
    address=("1 Example Street",),
    tax_id="",
    time_zone="UTC",
    language="en",
)
SERIES = Series(merchant_id="main", name="2026")


def invoice(language: str = "en", **fields: str) -> Invoice:
    fact = captured("pi_1", NOW, (12_500, "KWD"), language=language, **fields)
    assert isinstance(fact.data, PaymentCaptured)
    return next_invoice(fact.data, fact.metadata, SHOP, SERIES, NOW)
