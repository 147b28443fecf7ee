"""A policy of reminders, as it is kept: who reads it decides nothing that it doesn't say.

Without a saved one nobody is reminded. Steps are words that something is decided by, so a policy
of a newer release that knows others can't be read.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt, WithJsonSchema

from kassa.core.model import Instant, Model
from kassa.core.money import Money

Minor = Annotated[StrictInt, Field(ge=0)]


class Channel(StrEnum):
    """By what a customer is told."""

    MAIL = "mail"
    TEXT = "text"
    LETTER = "letter"


class Tone(StrEnum):
    """How a customer is told, more serious from one to the next."""

    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FINAL = "final"


class Weekday(StrEnum):
    """A day of the week; their order is that of `date.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Buyers(StrEnum):
    """Of whom something is charged: a business is who says a number of tax or of a register."""

    ALL = "all"
    BUSINESSES = "businesses"


class Step(Model):
    """One reminder of the ladder."""

    name: str
    days: int  # after the day on which the anchor is due; below zero before it
    channel: Channel
    tone: Tone


# OpenAPI's `time` has an offset; this is a clock on the wall.
_LocalTime = Annotated[time, WithJsonSchema({"type": "string", "description": "As 09:00."})]


class Window(Model):
    """When reminders are sent, by the seller's clock: from one time up to, not including, another.

    It never reaches over midnight.
    """

    first: _LocalTime = Field(default=time(9), alias="from")
    until: _LocalTime = time(18)
    days: tuple[Weekday, ...] = tuple(Weekday)

    def is_open(self, local: datetime) -> bool:
        """Tell whether somebody may be told at a local time."""
        day = tuple(Weekday)[local.weekday()]
        return day in self.days and self.first <= local.time().replace(fold=0) < self.until


class Tier(Model):
    """A fee of what is owed up to an amount; the last one has no bound."""

    up_to_minor: Minor | None = None
    fee_minor: Minor


class LateFee(Model):
    """A fee, charged once of each invoice; exactly one of fixed, percent and tiers says it."""

    name: str  # by which it is charged once
    currency: str
    after_days: int  # past the due date, from which a reminder charges it
    buyers: Buyers = Buyers.ALL
    fixed_minor: Minor | None = None
    percent: Decimal | None = None  # of what is owed of the documents
    tiers: tuple[Tier, ...] = ()  # by what is owed of the documents, lowest first


class Interest(Model):
    """Simple interest on what is owed of an invoice's documents, day by day, of a year of 365."""

    annual_percent: Decimal
    from_days: int = 1  # after the due date, the first day that bears interest
    until_days: int | None = None  # the last
    buyers: Buyers = Buyers.ALL
    least: tuple[Money, ...] = ()  # less than that isn't charged yet, one for each currency


class Abandoned(Model):
    """How long after it was sent an unpaid order's customer is told, and until when."""

    after_hours: int = 24
    until_hours: int = 72


class PolicyRules(Model):
    """What a person writes of reminders."""

    steps: tuple[Step, ...]  # earlier days first
    window: Window = Window()
    thresholds: tuple[Money, ...] = ()  # less is reminded of by nobody, one for each currency
    due_from: date | None = None  # what was due before is left alone
    late_fees: tuple[LateFee, ...] = ()
    fee_caps: tuple[Money, ...] = ()  # of all fees of one invoice, one for each currency
    interest: Interest | None = None
    abandoned: Abandoned | None = None  # none: nobody is told of an order they left

    @property
    def lead(self) -> timedelta:
        """Return how long before it is due something is first reminded of."""
        return timedelta(days=max(-self.steps[0].days, 0))

    def threshold_minor(self, currency: str) -> int:
        """Return the least that is reminded of in a currency."""
        return amount_in(self.thresholds, currency) or 0


class ReminderPolicy(PolicyRules):
    """A version of the policy, saved once and never changed; the newest rules."""

    version: int
    saved_at: Instant
    saved_by: str


def amount_in(amounts: tuple[Money, ...], currency: str) -> int | None:
    """Return the amount of a currency among amounts of several; minor units."""
    return next((one.amount_minor for one in amounts if one.currency == currency), None)


_DEFAULT = (
    ("before-due", -3, Tone.FRIENDLY),
    ("due", 0, Tone.FRIENDLY),
    ("first", 3, Tone.NEUTRAL),
    ("second", 10, Tone.FIRM),
    ("last", 21, Tone.FINAL),
)
DEFAULT_STEPS = tuple(
    Step(name=name, days=days, channel=Channel.MAIL, tone=tone) for name, days, tone in _DEFAULT
)
