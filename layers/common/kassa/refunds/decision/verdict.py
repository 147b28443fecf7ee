"""A person's verdict on a refund request, as it is sent and as it is answered."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, StrictInt

from kassa.core.callers import Caller
from kassa.core.model import Model
from kassa.refunds.decision.rejection import CustomerText, Question, RejectionReason
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, Resolution
from kassa.refunds.request.lines import Lines


class Action(StrEnum):
    """What a person does with a refund request."""

    CLAIM = "claim"
    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"  # the customer
    HAND_BACK = "hand-back"
    UNDO = "undo"  # an approval, while nothing is submitted to the gateway
    RESOLVE = "resolve"  # an outcome that nobody knows


class DecisionBody(Model):
    """What an action needs said: how much is approved, why rejected, what is asked or resolved."""

    amount_minor: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None  # none: in full
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    reason: RejectionReason | None = None
    question: Question | None = None
    outcome: Resolution | None = None
    note: Annotated[str, Field(min_length=3, max_length=300)] | None = None  # how they know


class Verdict(NamedTuple):
    """What a caller does, and says."""

    action: Action
    caller: Caller
    body: DecisionBody
    lines: Lines = {}  # of the order, that an approval chose; none: those that were requested


class DecidedRefund(Model):
    """The case as it stands after a verdict, and the text for the customer, if any."""

    case: RefundView
    customer_text: CustomerText | None = None


class ResolvedRefund(DecidedRefund):
    """The case after a person resolved its outcome, and what the gateway said of it just now."""

    gateway_status: GatewayAnswer


Decided = ResolvedRefund | DecidedRefund
