"""What a partner is asked for: one Protocol that a CRM, a shop or an accounting program implements.

A partner is a program of somebody else's that holds records of what became true here. It says
which kinds of record it makes of a fact, builds one, finds it, and writes it. When that is done,
how often and what a repeat may do is decided outside (`keep_record`), once for all partners.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from kassa.core.errors import KassaError
from kassa.core.model import Model

View = Mapping[str, Any] | None


class RecordUnreadable(KassaError):
    """A fact lacks what a partner's record takes from it; the message names every field."""


class BuyerForgotten(KassaError):
    """Whom a partner's record would name was erased; nothing is sent."""


class FactContext(NamedTuple):
    """A fact as it stands on the bus, and what else can be read of what it is about.

    `view` returns a part in JSON's values: `payment` (how it stands now), `order` (what the shop
    sent) or `buyer` (who it was sent with); none where there is none.
    """

    fact: Mapping[str, Any]
    view: Callable[[str], View]


class Holds(StrEnum):
    """What a partner's record is of."""

    FACT = "fact"  # a record of its own for each fact
    SUBJECT = "subject"  # the latest fact of whatever facts are about
    PAYMENT = "payment"  # how a payment stands now, whatever the fact says


class Record(Model):
    """What a partner is to hold: our id for it, and its content in the partner's own terms."""

    kind: str
    key: str  # ours, the same whenever it is worked out again
    holds: Holds
    subject: str  # whose versions count: those of two subjects can't be compared
    version: int
    fields: dict[str, Any]


class Held(NamedTuple):
    """A record that a partner was found to hold."""

    partner_id: str | None = None  # what the partner calls it
    version: int | None = None  # as it was written there by us; none where the partner doesn't say


class Verdict(StrEnum):
    """What a request to a partner came to."""

    DONE = "done"
    REFUSED = "refused"  # a person must look; the same again would be refused again
    BUSY = "busy"  # nothing was done; the same again later may be
    UNKNOWN = "unknown"  # nobody knows whether it was done


class Answer(NamedTuple):
    """What a partner answered; `reason` is fit for people and logs, without anybody's data."""

    verdict: Verdict
    reason: str | None = None
    partner_id: str | None = None
    retry_after_s: float | None = None  # as the partner asked
    is_silent: bool = False  # nobody answered at all: three in a row, and it is left alone
    is_for_all: bool = False  # what it asks for holds for every record, not for this one


class Traits(NamedTuple):
    """What may be done with one kind of a partner's records."""

    can_look_up: bool
    is_idempotent: bool  # the same record written twice is one record there
    settles: timedelta  # how long a request without an answer may still take effect
    request_takes: timedelta  # at most

    @property
    def is_repeatable(self) -> bool:
        """Whether a lost answer can be found out about, or does no harm."""
        return self.can_look_up or self.is_idempotent


class Partner(Protocol):
    """One connected partner, by the name that people gave it."""

    @property
    def name(self) -> str:
        """Return its name, unique among the merchant's partners."""
        ...

    @property
    def turn(self) -> timedelta:
        """Return how far apart its requests must be."""
        ...

    def kinds_of(self, fact: str) -> Sequence[str]:
        """Return which kinds of record a kind of fact leads to."""
        ...

    def traits(self, kind: str) -> Traits | None:
        """Return what may be done with a kind of record; none where there is no such kind."""
        ...

    def record(self, kind: str, context: FactContext) -> Record:
        """Build a record; raise RecordUnreadable or BuyerForgotten where there is none to build."""
        ...

    def look_up(self, record: Record, partner_id: str | None) -> Held | Answer | None:
        """Find a record by our id, or by the partner's own; none where the partner has none.

        An Answer says why that can't be told.
        """
        ...

    def upsert(self, record: Record, held: Held | None) -> Answer:
        """Write a record; `held` is what is known to be there."""
        ...
