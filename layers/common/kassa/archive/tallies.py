"""Tallies: what was counted over a set of facts, before a report gives it meaning."""

from datetime import date

from kassa.core.model import Model
from kassa.core.postings import Account, PostingKind


class Flow(Model):
    """All postings of a period that moved one currency from one account to another."""

    currency: str
    kind: PostingKind
    source: Account
    destination: Account
    amount_minor: int
    postings: int
    event_ids: tuple[str, ...]  # ascending; all of them, or the first of a long list

    def into(self, account: Account) -> int:
        """Return what these postings brought into an account; negative if they took."""
        return self.amount_minor * ((self.destination == account) - (self.source == account))


class Captures(Model):
    """What was captured in one step of the period by one payment method."""

    currency: str
    step: int  # which of the period's: hours of a day, days of a longer one
    method: str
    amount_minor: int
    captures: int


class Failures(Model):
    """Attempts of a period that failed for one reason."""

    currency: str
    reason: str
    attempts: int
    event_ids: tuple[str, ...]


class Tally(Model):
    """What was counted over a set of facts; everything in a report follows from it."""

    facts: dict[str, int] = {}  # by name
    flows: tuple[Flow, ...] = ()
    captures: tuple[Captures, ...] = ()
    payments: dict[str, int] = {}  # payments with a capture, by currency
    failures: tuple[Failures, ...] = ()
    opened: dict[str, int] = {}  # what invoices say they added to what is owed, by currency

    @property
    def count(self) -> int:
        """Return how many facts were counted, each once."""
        return sum(self.facts.values())


class Rollup(Model):
    """Facts, or postings, that are alike in everything asked for; what wasn't asked for is none.

    A row without `kind` counts facts and adds up what they are about; one with it counts the
    postings those facts made. The two are never added to each other.
    """

    report_day: date | None = None  # whose report counted it; later than `day` if it came late
    day: date | None = None  # the merchant's, on which it was booked
    hour: int | None = None  # local, 0 to 23; an hour that clocks repeat is one
    gateway: str | None = None
    account: str | None = None
    method: str | None = None  # none where the gateway never named it, as of refunds
    brand: str | None = None
    reason: str | None = None
    currency: str
    fact: str
    kind: PostingKind | None
    source: Account | None
    destination: Account | None
    count: int
    amount_minor: int

    def into(self, account: Account) -> int:
        """Return what these postings brought into an account; negative if they took."""
        return self.amount_minor * ((self.destination == account) - (self.source == account))


class Placed(Model):
    """What one country, channel or product has of a currency's captures and failed attempts.

    A payment of two products counts for both, and its amount is shared by them.
    """

    cut: str
    currency: str
    name: str
    amount_minor: int
    captures: int
    failed: int
