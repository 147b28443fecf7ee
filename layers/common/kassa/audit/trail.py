"""The audit trail: what people and operators did; each act follows from the one before.

An item's content is text, and its hash is that text's sha256; the text names the hash of the item
before. So nothing can be changed, taken out or put in without every later hash changing too, and
the head of each day that is over is published as a fact.
"""

import json
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import ConfigDict, Field

from kassa.core.callers import Caller
from kassa.core.model import Instant, Model

GENESIS = "0" * 64  # what the first item of all follows from
REASON_MAX = 500


class Outcome(StrEnum):
    """How far an act is; one that is no write of the table is noted before it is tried."""

    DONE = "done"
    BEGUN = "begun"
    FAILED = "failed"


class Actor(Model):
    """Who acted: a person by an API key, an operator as AWS knows them, or Kassa itself."""

    person_id: str | None = None
    key_id: str | None = None
    aws_arn: str | None = None
    system: str | None = None

    @classmethod
    def of(cls, caller: Caller) -> "Actor":
        """Return who called the API, as the authorizer proved it."""
        return cls(person_id=caller.person_id, key_id=caller.key_id)

    @property
    def name(self) -> str:
        """Return the one id that says most."""
        return self.person_id or self.key_id or self.aws_arn or self.system or "unknown"


def noted(text: str) -> str:
    """Return how free text is named: it stays where they can be erased, the trail can't be."""
    return f"words sha256:{hashed(text)[:16]}"


class Act(Model):
    """What somebody did to something: ids and versions only, no secret, no customer's comment."""

    operation: str  # such as refund.approve
    object_id: str  # such as refund_request/rr_1
    by: Actor
    before: str | None = None  # a version or a digest
    after: str | None = None
    reason: str | None = Field(default=None, max_length=REASON_MAX)
    outcome: Outcome = Outcome.DONE
    begun: str | None = None  # the item that noted it before it was tried, as day/number
    identity: str | None = None  # whom an issuer vouched for: its address and their subject
    source_ip: str | None = None  # where a browser stood that signed in or out


class AuditItem(Act):
    """An act as it stands in the chain; what a later release adds to it is left unread."""

    model_config = ConfigDict(extra="ignore")

    day: date
    number: int  # 1, 2, 3 … within the UTC day
    at: Instant
    previous: str  # the hash of the item before, also over midnight

    @property
    def item_id(self) -> str:
        """Return how an item is spoken of."""
        return f"{self.day}/{self.number}"

    def content(self) -> str:
        """Return the text that is kept and hashed; the same item gives the same text."""
        fields = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))


class ChainHead(Model):
    """How far the chain is: where the next item goes, and which days were published."""

    version: int  # rises with every write, so that of two writers one alone goes on
    began_on: date
    day: date  # of the last item, or a later one: no item ever goes to a day before
    number: int  # of the last item of that day; 0 where it has none yet
    hash: str  # of the last item of all
    published_on: date  # the last day whose head was published
    published_hash: str  # and that head


class DayHead(Model):
    """What is published of a day that is over."""

    day: date
    count: int
    head_hash: str  # of its last item, or of the last one before it


def anchor_key(merchant_id: str, day: date) -> str:
    """Return where a day's head is kept as an object of its own."""
    return f"audit/{merchant_id}/{day}.json"


def hashed(content: str) -> str:
    """Return the hash of an item's text."""
    return sha256(content.encode()).hexdigest()


def first_head(today: date) -> ChainHead:
    """Return the head of a chain that begins today."""
    before = today - timedelta(days=1)
    return ChainHead(
        version=0,
        began_on=today,
        day=today,
        number=0,
        hash=GENESIS,
        published_on=before,
        published_hash=GENESIS,
    )


def linked(act: Act, head: ChainHead, now: datetime) -> tuple[AuditItem, ChainHead]:
    """Return an act as the chain's next item, and the head after it.

    A clock that lags behind another's writes into the other's day: days never lie interleaved.
    """
    moved = at_day(head, now.date())
    fields = {name: getattr(act, name) for name in Act.model_fields}
    number = moved.number + 1
    item = AuditItem(**fields, day=moved.day, number=number, at=now, previous=head.hash)
    after = {"version": head.version + 1, "number": number, "hash": hashed(item.content())}
    return item, moved.model_copy(update=after)


def at_day(head: ChainHead, today: date) -> ChainHead:
    """Return the head as it stands on a day: the days before it take no item any more."""
    return head if today <= head.day else head.model_copy(update={"day": today, "number": 0})
