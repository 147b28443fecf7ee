"""The facts by name: what each holds beside the postings it made."""

from calendar import monthrange
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import Fact, FactData, FactMetadata, UnknownFact, known_to
from kassa.core.model import Instant
from kassa.gateways.events import Movement, Subject, SubjectKind


class PaymentAuthorized(FactData):
    """Funds are reserved and can be captured."""

    fact: Literal["PaymentAuthorized"] = "PaymentAuthorized"


class PaymentCaptured(FactData):
    """Funds were taken; with several captures, `amount` is what this one added."""

    fact: Literal["PaymentCaptured"] = "PaymentCaptured"
    order_id: str | None = None
    invoice_number: str | None = None  # ours, as printed, where a person entered it for one
    customer_id: str | None = None
    method: str | None = None
    brand: str | None = None
    card_country: str | None = None  # ISO 3166-1: the card's, or else the payer's
    language: str | None = None
    recurring: str | None = None  # by an agreement: how often, as an ISO 8601 duration, or `P`
    agreement_id: str | None = None  # the gateway's
    recurring_minor: int | None = None  # of the amount, what comes again; none: all of it


class PaymentReversed(FactData):
    """`amount`, booked as captured, never was, or its bank took it back; goods may be gone."""

    fact: Literal["PaymentReversed"] = "PaymentReversed"
    reason: str | None = None
    order_id: str | None = None
    invoice_number: str | None = None
    customer_id: str | None = None
    method: str | None = None
    recurring: str | None = None
    agreement_id: str | None = None


class PaymentMarkedRecurring(FactData):
    """It became known of a capture, of `amount`, that an agreement collects it, or which."""

    fact: Literal["PaymentMarkedRecurring"] = "PaymentMarkedRecurring"
    customer_id: str | None = None
    recurring: str
    agreement_id: str | None = None
    recurring_minor: int | None = None
    was_recurring: str | None = None
    was_agreement_id: str | None = None


class PaymentApplied(FactData):
    """A person said which invoice a payment pays, after its capture was published for none."""

    fact: Literal["PaymentApplied"] = "PaymentApplied"
    order_id: str | None = None  # the invoice's
    invoice_number: str
    customer_id: str | None = None


class PaymentDescribed(FactData):
    """The payment method became known after the capture was published."""

    fact: Literal["PaymentDescribed"] = "PaymentDescribed"
    method: str
    brand: str | None = None
    card_country: str | None = None


class PaymentFailed(FactData):
    """One attempt to collect the payment failed; another may follow."""

    fact: Literal["PaymentFailed"] = "PaymentFailed"
    reason: str | None = None
    method: str | None = None
    brand: str | None = None
    card_country: str | None = None


class PaymentVoided(FactData):
    """The payment will not be captured any more."""

    fact: Literal["PaymentVoided"] = "PaymentVoided"


class RefundCreated(FactData):
    """The gateway accepted a refund that hasn't left yet."""

    fact: Literal["RefundCreated"] = "RefundCreated"
    refund_request_id: str | None = None


class RefundSucceeded(FactData):
    """A refund left; it can still fail days later."""

    fact: Literal["RefundSucceeded"] = "RefundSucceeded"
    customer_id: str | None = None
    refund_request_id: str | None = None
    reference: str | None = None  # the bank's trace number, where it is known already


class RefundTraced(FactData):
    """The bank's trace number of a refund became known after its success was published."""

    fact: Literal["RefundTraced"] = "RefundTraced"
    reference: str
    refund_request_id: str | None = None


class RefundFailed(FactData):
    """A refund came back; also published when the gateway never reported that it had left."""

    fact: Literal["RefundFailed"] = "RefundFailed"
    customer_id: str | None = None
    reason: str | None = None
    refund_request_id: str | None = None


class RefundCanceled(FactData):
    """A refund was called off before it left."""

    fact: Literal["RefundCanceled"] = "RefundCanceled"
    refund_request_id: str | None = None


class DisputeOpened(FactData):
    """The customer's bank questions a charge."""

    fact: Literal["DisputeOpened"] = "DisputeOpened"
    reason: str | None = None
    evidence_due_by: Instant | None = None  # until when the gateway takes evidence, as far as known


class DisputeInquiryClosed(FactData):
    """A bank's question was settled without a dispute; no funds ever moved."""

    fact: Literal["DisputeInquiryClosed"] = "DisputeInquiryClosed"


class DisputeWon(FactData):
    """The bank decided for the merchant; the funds come back by their own fact."""

    fact: Literal["DisputeWon"] = "DisputeWon"


class DisputeLost(FactData):
    """The bank decided for the customer."""

    fact: Literal["DisputeLost"] = "DisputeLost"


class DisputeFundsWithdrawn(FactData):
    """The gateway took funds for a dispute or a reversal: the chargeback, or a part of it."""

    fact: Literal["DisputeFundsWithdrawn"] = "DisputeFundsWithdrawn"
    customer_id: str | None = None
    belongs_to: str | None = None  # the dispute, or what was reversed; none: object_id names it


class DisputeFundsReinstated(FactData):
    """The gateway gave disputed funds back, or a part of them."""

    fact: Literal["DisputeFundsReinstated"] = "DisputeFundsReinstated"
    customer_id: str | None = None
    belongs_to: str | None = None


class MovementCorrected(FactData):
    """What was posted of an object is taken back, since it was assumed or in a wrong currency.

    What the gateway reports for sure is published by facts of its own; `amount` is what was posted.
    """

    fact: Literal["MovementCorrected"] = "MovementCorrected"
    customer_id: str | None = None
    belongs_to: str | None = None


class CheckoutCompleted(FactData):
    """A customer finished a hosted payment page."""

    fact: Literal["CheckoutCompleted"] = "CheckoutCompleted"
    order_id: str | None = None


class CheckoutExpired(FactData):
    """A hosted payment page closed unpaid."""

    fact: Literal["CheckoutExpired"] = "CheckoutExpired"
    order_id: str | None = None


class PayoutPaid(FactData):
    """The gateway sent a part of our balance to our bank."""

    fact: Literal["PayoutPaid"] = "PayoutPaid"


class PayoutFailed(FactData):
    """A payout came back into our balance."""

    fact: Literal["PayoutFailed"] = "PayoutFailed"
    reason: str | None = None


class BalanceTransactionBooked(FactData):
    """Our balance at the gateway moved; here the fee becomes known.

    What its payment was paid with is what was known of it when this was booked.
    """

    fact: Literal["BalanceTransactionBooked"] = "BalanceTransactionBooked"
    movement: Movement
    method: str | None = None
    brand: str | None = None
    card_country: str | None = None
    customer_id: str | None = None
    captured_at: Instant | None = None  # when its payment was


class CardExpiring(FactData):
    """A card that a gateway keeps for a customer ends soon; no money moves.

    `object_id` is the gateway's id of the card with the month it ends in; `amount` is nothing.
    """

    fact: Literal["CardExpiring"] = "CardExpiring"
    customer_id: str | None = None  # the gateway's
    brand: str | None = None
    last4: str
    exp_month: int
    exp_year: int

    @property
    def last_day(self) -> date:
        """Return the last day on which the card pays."""
        days = monthrange(self.exp_year, self.exp_month)[1]
        return date(self.exp_year, self.exp_month, days)


LedgerFactData = Annotated[
    PaymentAuthorized
    | PaymentCaptured
    | PaymentReversed
    | PaymentMarkedRecurring
    | PaymentApplied
    | PaymentDescribed
    | PaymentFailed
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
    | CardExpiring,
    Field(discriminator="fact"),
]


class LedgerFact(
    Fact[
        Annotated[
            LedgerFactData | Annotated[UnknownFact, known_to(LedgerFactData)],
            Field(union_mode="left_to_right"),
        ]
    ]
):
    """A fact of the books; one of another room, or of a newer release, is unknown here."""


def fact_subject(metadata: FactMetadata) -> Subject:
    """Return what a fact is about: a payment, a payout or an object that belongs to neither."""
    return Subject(
        gateway=metadata.gateway,
        account=metadata.account,
        kind=SubjectKind(metadata.subject_kind),
        subject_id=metadata.subject_id,
    )
