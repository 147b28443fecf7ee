"""What Kassa made true and tells the world: a fact, where it comes from, and its postings.

A posting stands in exactly one fact, so whoever has all facts has the ledger. Facts hold ids
only; names and mail addresses never leave the customer item.
"""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from kassa.audit.facts import AuditDayClosed
from kassa.core.model import Instant, Model
from kassa.ledger.facts import (
    BalanceTransactionBooked,
    CheckoutCompleted,
    CheckoutExpired,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeInquiryClosed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    MovementCorrected,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDescribed,
    PaymentFailed,
    PaymentReversed,
    PaymentVoided,
    PayoutFailed,
    PayoutPaid,
    RefundCanceled,
    RefundCreated,
    RefundFailed,
    RefundSucceeded,
    RefundTraced,
    UnknownFact,
)
from kassa.orders.facts import SecondPaymentFound
from kassa.refunds.facts import (
    CustomerAsked,
    RefundAccepted,
    RefundApproved,
    RefundAsked,
    RefundDecisionDue,
    RefundDiscrepancyFound,
    RefundEscalated,
    RefundRejected,
    RefundRequested,
    RefundResolved,
)


class FactMetadata(Model):
    """Where a fact comes from; `version` is the subject's after the commit that made it true."""

    fact_id: str  # subject_id:object_id:name; the same whenever it is told again
    event_id: str
    merchant_id: str
    gateway: str
    account: str
    subject_kind: str
    subject_id: str
    version: int
    booked_at: Instant


KnownFactData = Annotated[
    PaymentAuthorized
    | PaymentCaptured
    | PaymentDescribed
    | PaymentFailed
    | PaymentReversed
    | PaymentVoided
    | RefundCreated
    | RefundSucceeded
    | RefundTraced
    | RefundFailed
    | RefundCanceled
    | DisputeOpened
    | DisputeInquiryClosed
    | DisputeWon
    | DisputeLost
    | DisputeFundsWithdrawn
    | DisputeFundsReinstated
    | MovementCorrected
    | CheckoutCompleted
    | CheckoutExpired
    | PayoutPaid
    | PayoutFailed
    | BalanceTransactionBooked
    | RefundRequested
    | RefundApproved
    | RefundEscalated
    | RefundRejected
    | RefundAsked
    | RefundAccepted
    | CustomerAsked
    | RefundDecisionDue
    | RefundDiscrepancyFound
    | RefundResolved
    | SecondPaymentFound
    | AuditDayClosed,
    Field(discriminator="fact"),
]

KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(get_args(KnownFactData)[0])}


def _of_no_known_kind(data: UnknownFact) -> UnknownFact:
    """Refuse a fact of ours that lacks something: it isn't a newer release's."""
    if data.fact in KINDS:
        raise ValueError("a fact of this kind says something else")
    return data


AnyFactData = Annotated[
    KnownFactData | Annotated[UnknownFact, AfterValidator(_of_no_known_kind)],
    Field(union_mode="left_to_right"),
]

FACT_DATA: TypeAdapter[AnyFactData] = TypeAdapter(
    AnyFactData, config=ConfigDict(hide_input_in_errors=True)
)


class Fact(Model):
    """A fact as it stands in the event's item, on the bus (`detail`) and in the archive."""

    metadata: FactMetadata
    data: AnyFactData
