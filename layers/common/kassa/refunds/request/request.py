"""A refund request: someone's request for a refund, and the decision receipt it got; never changed.

What becomes of it stands beside it, in its lifecycle (`lifecycle/lifecycle.py`). The request's id
is made of the payment and the claim, so a claim has one request, however often it is made.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.customers import Customer
from kassa.gateways.events import Subject
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Counterfactual, Outcome
from kassa.refunds.risk.score import ScorePart

DERIVED = "derived-"
NOT_COVERED = "order_not_covered"  # a payment that a refund relies on isn't whole
Relied = tuple[Subject, ...]  # payments that must still be whole when a refund is submitted


class LineItem(Model):
    """One line of the order that is given back; quantity and category as the shop has them."""

    sku: str = Field(min_length=1, max_length=100)
    quantity: int = Field(default=1, ge=1, le=100_000, strict=True)
    amount_minor: int | None = Field(default=None, ge=1, strict=True)
    category: str | None = Field(default=None, min_length=1, max_length=50)


class DecisionReceipt(Model):
    """Why a request was decided as it was: kept with it, published with it, quoted to whoever asks.

    `decision` is what happened; `rule_id` and `policy_version` say what the policy said, which
    differs where a limit in code stood above it: `why` then names the limit.
    """

    decision: Outcome
    why: str  # policy, or the limit in code that stood above it
    rule_id: str
    policy_version: int
    inputs: RefundInputs
    counterfactuals: tuple[Counterfactual, ...] = ()
    score_parts: tuple[ScorePart, ...] = ()  # what the risk score is the sum of
    decided_at: Instant


class RefundRequest(Model):
    """Who wants how much of which payment back, why, and what was decided at once."""

    refund_request_id: str
    merchant_id: str
    payment: Subject
    claim_id: str
    amount: Money
    reason: Reason
    line_items: tuple[LineItem, ...] = ()
    lines: dict[str, int] = {}  # the order's lines that are given back, by id
    ordered: dict[str, int] = {}  # how many of them were ordered, as far as an order says
    order_id: str | None = None
    customer_id: str | None = None
    customer_from_order: bool = False  # an order of Kassa's own names the customer
    language: str | None = None  # BCP 47, the order's
    relies_on: Relied = ()  # beside its own
    requested_at: Instant
    requested_by: str  # the API key's id
    receipt: DecisionReceipt

    @property
    def payer(self) -> str:
        """Return the name limits know the customer by; without one, each payment is its own."""
        whose = Customer(self.customer_id or self.payment.subject_id, self.customer_from_order)
        return whose.key(self.payment.gateway, self.payment.account)


def refund_request_id(payment: Subject, claim_id: str) -> str:
    """Name the one request of a claim on a payment."""
    parts = (payment.gateway, payment.account, payment.subject_id, claim_id)
    return f"rr_{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:24]}"


def derived_claim_id(amount_minor: int | None, lines: Mapping[str, int]) -> str:
    """Name a claim by what is given back, for callers that have no id of their own for it.

    The lines and their quantities name it, or else the amount; never the reason or the comment,
    since the same complaint with another comment is the same complaint.
    """
    content = f"lines|{json.dumps(sorted(lines.items()))}" if lines else f"amount|{amount_minor}"
    return f"{DERIVED}{hashlib.sha256(content.encode()).hexdigest()[:24]}"


def request_of(submission_id: str) -> str:
    """Return the request that a submission belongs to."""
    return submission_id.partition(".")[0]


def request_in_message(message: dict[str, Any]) -> str | None:
    """Return the request that a wake-up, or a fact of a refund, is about; none for any other."""
    data = (message.get("detail") or {}).get("data") or {}
    named = message.get("refund_request_id") or data.get("refund_request_id")
    return request_of(named) if isinstance(named, str) else None
