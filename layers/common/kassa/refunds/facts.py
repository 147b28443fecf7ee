"""What is published of a refund request: each change is one fact, named by its number.

They say ids and amounts; the customer's comment never leaves the request. What the gateway
does with the refund is published by the gateway's events (RefundSucceeded and its like).
"""

from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import Fact, FactData
from kassa.core.model import Instant
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.request.request import DecisionReceipt


class RequestFactData(FactData):
    """What every fact of a refund request says: which request, of which payment."""

    refund_request_id: str
    gateway: str
    account: str
    payment_id: str


class RefundRequested(RequestFactData):
    """Someone asked for a refund, and this is what was decided at once."""

    fact: Literal["RefundRequested"] = "RefundRequested"
    reason: Reason
    requested_by: str
    order_id: str | None = None
    customer_id: str | None = None
    customer_from_order: bool = False  # then it means the same at every gateway
    receipt: DecisionReceipt


class RefundApproved(RequestFactData):
    """A refund was approved, by policy or by a person; its amount is reserved."""

    fact: Literal["RefundApproved"] = "RefundApproved"
    requested_at: Instant | None = None  # earlier versions didn't say
    by: str


class RefundEscalated(RequestFactData):
    """A person must decide; `why` says what brought it to them."""

    fact: Literal["RefundEscalated"] = "RefundEscalated"
    by: str
    why: str


class RefundRejected(RequestFactData):
    """A refund was rejected; `why` names the reason the customer is given."""

    fact: Literal["RefundRejected"] = "RefundRejected"
    requested_at: Instant | None = None  # earlier versions didn't say
    by: str
    why: str


class RefundSubmitted(RequestFactData):
    """The refund was sent to the gateway."""

    fact: Literal["RefundSubmitted"] = "RefundSubmitted"


class RefundAccepted(RequestFactData):
    """The gateway has the refund, under its own id."""

    fact: Literal["RefundAccepted"] = "RefundAccepted"
    requested_at: Instant | None = None  # earlier versions didn't say
    refund_id: str


class RefundDiscrepancyFound(RequestFactData):
    """Another amount left than was approved, which is this fact's own; a person must look."""

    fact: Literal["RefundDiscrepancyFound"] = "RefundDiscrepancyFound"
    why: str  # what left by the gateway's account: minor units and currency


class RefundResolved(RequestFactData):
    """A person said what became of a refund whose outcome was unknown."""

    fact: Literal["RefundResolved"] = "RefundResolved"
    by: str
    why: str  # paid or not_paid


class CustomerInformationRequested(RequestFactData):
    """A person needs to know more from the customer before they decide."""

    fact: Literal["CustomerInformationRequested"] = "CustomerInformationRequested"
    by: str
    why: str  # which question, by its name


class RefundDecisionDue(RequestFactData):
    """Nobody has decided yet: whoever decides is reminded."""

    fact: Literal["RefundDecisionDue"] = "RefundDecisionDue"


RefundFactData = Annotated[
    RefundRequested
    | RefundApproved
    | RefundEscalated
    | RefundRejected
    | RefundSubmitted
    | RefundAccepted
    | RefundDiscrepancyFound
    | RefundResolved
    | CustomerInformationRequested
    | RefundDecisionDue,
    Field(discriminator="fact"),
]


class RefundFact(Fact[RefundFactData]):
    """A fact of a refund request."""
