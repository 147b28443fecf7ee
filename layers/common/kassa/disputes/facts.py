"""What is published of a dispute's answer; how the dispute itself stands, the books publish."""

from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import Fact, FactData
from kassa.core.model import Instant


class AnswerFactData(FactData):
    """What every fact of an answer says: of which dispute of which payment."""

    gateway: str
    account: str
    payment_id: str
    dispute_id: str
    reason: str | None = None
    evidence_due_by: Instant | None = None


class DisputeAnswered(AnswerFactData):
    """The gateway has the evidence; the bank decides, and its decision is a fact of its own."""

    fact: Literal["DisputeAnswered"] = "DisputeAnswered"
    by: str


class DisputeAccepted(AnswerFactData):
    """The merchant gave a dispute up; what it takes is published by the gateway's events."""

    fact: Literal["DisputeAccepted"] = "DisputeAccepted"
    by: str


class DisputeEvidenceDue(AnswerFactData):
    """A dispute has no answer, and its deadline is at most so many hours away."""

    fact: Literal["DisputeEvidenceDue"] = "DisputeEvidenceDue"
    hours: int


class DisputeDeadlineMissed(AnswerFactData):
    """The deadline of a dispute passed, and nothing was submitted."""

    fact: Literal["DisputeDeadlineMissed"] = "DisputeDeadlineMissed"


DisputeFactData = Annotated[
    DisputeAnswered | DisputeAccepted | DisputeEvidenceDue | DisputeDeadlineMissed,
    Field(discriminator="fact"),
]


class DisputeFact(Fact[DisputeFactData]):
    """A fact of a dispute's answer."""
