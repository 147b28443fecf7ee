"""A finding: something that stands out, why, what is at stake, and the events behind it."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.core.money_texts import printed

SAMPLE = 100  # payments and events that a finding names; it counts them all
SURPRISE_MAX = 20  # a chance of one in 10 to the 20th, and less


class Kind(StrEnum):
    """What can stand out."""

    DUPLICATE_PAYMENT = "duplicate_payment"
    FAILED_THEN_SUCCESS = "failed_then_success"
    CARD_TESTING = "card_testing"
    VELOCITY = "velocity"
    UNUSUAL_FOR_CUSTOMER = "unusual_for_customer"
    UNUSUAL_FOR_HOUR = "unusual_for_hour"
    CAPTURED_WITHOUT_PAYOUT = "captured_without_payout"
    INVOICE_WITHOUT_PAYMENT = "invoice_without_payment"
    FEE_DRIFT = "fee_drift"
    SILENT_GATEWAY = "silent_gateway"
    REFUND_BURST = "refund_burst"
    DISPUTE_RATIO = "dispute_ratio"
    METHOD_FAILURES = "method_failures"


TITLES = {  # in the command line, which is English
    Kind.DUPLICATE_PAYMENT: "Duplicate payment",
    Kind.FAILED_THEN_SUCCESS: "Many declines, then a capture",
    Kind.CARD_TESTING: "Card testing",
    Kind.VELOCITY: "Many payments of one customer",
    Kind.UNUSUAL_FOR_CUSTOMER: "Amount unusual for the customer",
    Kind.UNUSUAL_FOR_HOUR: "Sales unusual for the hour",
    Kind.CAPTURED_WITHOUT_PAYOUT: "Captured, and not in the balance",
    Kind.INVOICE_WITHOUT_PAYMENT: "Invoice without payment",
    Kind.FEE_DRIFT: "Fees higher than usual",
    Kind.SILENT_GATEWAY: "Silent gateway",
    Kind.REFUND_BURST: "Burst of refunds",
    Kind.DISPUTE_RATIO: "Dispute ratio above the networks' limit",
    Kind.METHOD_FAILURES: "Failures out of their band",
}
_NAMES = {"paypal": "PayPal", "btcpay": "BTCPay"}
_METHODS = {"card": "Card", "wallet": "Wallet", "unknown": "Unnamed"}


class Finding(Model):
    """One thing that stands out of a period."""

    anomaly_id: str  # the day it was first found on, and what it is; the same in every report
    kind: Kind
    headline: str  # what is wrong, in words
    reasons: tuple[str, ...]  # the figures behind it, and the minimum they were asked to reach
    gateway: str | None = None
    account: str | None = None
    method: str | None = None
    currency: str | None = None  # none: no money is at stake
    amount_minor: int = 0  # at stake
    began_at: Instant
    ended_at: Instant  # of its last event so far
    found_on: date  # the merchant's
    like: str  # what a mark is about: anything else of this kind and name is alike
    level: int  # how bad, by the kind's own measure; a mark reaches as far as its own
    surprise: int  # the power of ten by which chance is no explanation; 1 to SURPRISE_MAX
    count: int  # of the events behind it
    subject_ids: tuple[str, ...] = ()  # payments, or invoices; the first of a long list
    event_ids: tuple[str, ...] = ()
    is_new: bool = True  # found in this period first; none is alerted twice
    expected: str | None = None  # why somebody marked the like as expected
    is_alert: bool = False  # within the day's budget of alerts


def anomaly_id(kind: Kind, found_on: date, *names: object) -> str:
    """Return the id of what is found on a day; the same names give the same id."""
    text = "/".join(map(str, (kind, *names)))
    return f"{found_on}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def sampled(ids: Iterable[str]) -> tuple[str, ...]:
    """Return what of a list of ids a finding names."""
    return tuple(sorted(set(ids))[:SAMPLE])


def gateway_name(gateway: str, account: str = "main") -> str:
    """Return a gateway account as people call it."""
    name = _NAMES.get(gateway, gateway.replace("_", " ").capitalize())
    return name if account == "main" else f"{name} ({account})"


def method_name(method: str) -> str:
    """Return a payment method at the begin of a sentence."""
    return _METHODS.get(method, method.replace("_", " ").capitalize())


def instant_of(microseconds: int) -> datetime:
    """Return the instant of a query's microseconds since 1970, to the second."""
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC)


def in_words(amount_minor: int, currency: str) -> str:
    """Return an amount as people read it."""
    return printed(Money(amount_minor=amount_minor, currency=currency))
