"""What Kassa made true and publishes: a fact, where it comes from, and its postings.

A posting stands in exactly one fact, so whoever has all facts has the ledger. Facts hold ids
only; names and mail addresses never leave the customer item. Which facts there are, each room says
in its own `facts.py`; all of them stand in `kassa/fact_catalog.py`.
"""

import operator
from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import AfterValidator, Field

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.core.postings import Posting


class FactMetadata(Model):
    """Where a fact comes from; `version` is the subject's after the commit that made it true."""

    fact_id: str  # subject_id:object_id:name; the same whenever it is published again
    event_id: str
    merchant_id: str
    gateway: str
    account: str
    subject_kind: str
    subject_id: str
    version: int
    booked_at: Instant
    # It was before the books: history, and no news.
    is_imported: Literal[True] | None = Field(None, exclude_if=operator.not_)

    @property
    def subject_name(self) -> str:
        """Return what the fact is about by its whole name: stripe/main/pi_1."""
        return f"{self.gateway}/{self.account}/{self.subject_id}"


class FactData(Model):
    """What every fact says: which object, when, how much, and the postings it made."""

    object_id: str
    occurred_at: Instant
    amount: Money
    postings: tuple[Posting, ...] = ()


class MeasuredFactData(FactData):
    """What was measured, kept for reports: the archive alone hears of it, and its amount is zero.

    Fields of its own are archived as they stand.
    """


class UnknownFact(FactData):
    """A fact of a newer release: nothing is done about it here; it is passed on as it stands."""

    fact: str


def known_to(kinds: Any) -> AfterValidator:
    """Return what refuses, as unknown, a fact of a known kind that lacks something.

    `kinds` is the annotated union of a reader's kinds: what it names isn't a newer release's.
    """
    names = {kind.__name__ for kind in get_args(get_args(kinds)[0])}

    def refuse(data: UnknownFact) -> UnknownFact:
        if data.fact in names:
            raise ValueError("a fact of this kind says something else")
        return data

    return AfterValidator(refuse)


Data = TypeVar("Data", bound=FactData)


class Fact(Model, Generic[Data]):
    """A fact as it stands in the event's item, on the bus (`detail`) and in the archive."""

    metadata: FactMetadata
    data: Data
