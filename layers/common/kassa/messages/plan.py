"""Whether a message may leave now: what stands in its way, asked of how things stand.

Nothing here reads or sends: the same fact, situation, settings and instant give the same answer.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.core.facts import Fact
from kassa.deliveries.delivery import Channel, Outcome, Reason, Status
from kassa.messages.catalog import Row
from kassa.messages.contacts.contact import Contact
from kassa.messages.contacts.countries import language_for, time_zone_of
from kassa.messages.contacts.quiet_hours import quiet_until
from kassa.messages.kinds import Audience, Category, MessageName
from kassa.messages.settings.message_settings import MessageSettings
from kassa.messages.situations.situation import Situation

TYPESET_WITHIN = timedelta(hours=1)  # after which an invoice's mail goes without its document
TYPESETTING = timedelta(seconds=5)
AGE_MAX = timedelta(days=7)  # what became true before that is no news: books were booked again
DOCUMENTED = {MessageName.INVOICE, MessageName.CREDIT_NOTE}
NO_DOCUMENT, SETTLING = "no_document_yet", "may_settle_by_itself"


class Message(NamedTuple):
    """A fact that is message: as which message, and how things stand that it is about."""

    row: Row
    fact: Fact[Any]
    now_is: Situation
    settings: MessageSettings

    @property
    def language(self) -> str:
        """Return the language that it is told in; staff have the merchant's, or their report's."""
        now_is = self.now_is
        if now_is.mailed_report is not None:
            return now_is.mailed_report.language
        merchants = self.settings.language or now_is.merchant.language
        if self.row.audience is Audience.STAFF:
            return language_for(None, None, merchants)
        return language_for(now_is.language, now_is.country, merchants)

    @property
    def time_zone(self) -> str:
        """Return the time zone of whoever it is told to, as far as anybody said."""
        merchants = self.settings.time_zone or self.now_is.merchant.time_zone
        if self.row.audience is Audience.STAFF:
            return merchants
        return time_zone_of(self.now_is.country, merchants)


def channels_of(row: Row, fact: Fact[Any], settings: MessageSettings) -> tuple[Channel, ...]:
    """Return by which channels a message goes: as its fact says, else as the settings do."""
    named = getattr(fact.data, "channel", None)
    return (Channel(named),) if named else settings.channels_of(row.message)


def is_switched_off(row: Row, channel: Channel, settings: MessageSettings) -> bool:
    """Tell whether the merchant doesn't want a message, or said nothing of who sends it."""
    if row.message in settings.off:
        return True
    if channel is Channel.TEXT:
        return settings.text_sender is None
    return channel is Channel.MAIL and settings.sender is None


def is_old(fact: Fact[Any], now: datetime) -> bool:
    """Tell whether what a fact says is no news any more."""
    return now - fact.metadata.booked_at > AGE_MAX


def obstacle(
    message: Message, address: str | None, contact: Contact, now: datetime
) -> Outcome | None:
    """Return why a message isn't sent, or not yet; none where nothing stands in its way."""
    return next(_obstacles(message, address, contact, now), None)


def _obstacles(
    message: Message, address: str | None, contact: Contact, now: datetime
) -> Iterator[Outcome]:
    row, fact, now_is, settings = message
    if now < (due_at := fact.data.occurred_at + row.waits):
        yield Outcome(Status.WAITING, SETTLING, next_attempt_at=due_at)
    if not row.is_still_true(fact.data, now_is):
        yield Outcome(Status.SKIPPED, Reason.NOT_TRUE_ANY_MORE)
    if address is None:
        yield Outcome(Status.SKIPPED, Reason.NO_ADDRESS)
    if row.category is Category.MARKETING and not _has_consent(now_is):
        yield Outcome(Status.SKIPPED, Reason.NO_CONSENT)
    if refused := contact.refuses(row.category):
        yield Outcome(Status.SKIPPED, refused)
    if row.message in DOCUMENTED and not now_is.documents and _is_fresh(fact, now):
        yield Outcome(Status.WAITING, NO_DOCUMENT, next_attempt_at=now + TYPESETTING)
    if until := quiet_until(settings.quiet_hours, row.category, now, message.time_zone):
        yield Outcome(Status.WAITING, Reason.QUIET_HOURS, next_attempt_at=until)


def tomorrow(now: datetime, time_zone: str) -> datetime:
    """Return when the next day begins by a time zone's clock."""
    zone = ZoneInfo(time_zone)
    next_day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(next_day, time.min, zone).astimezone(UTC)


def _has_consent(now_is: Situation) -> bool:
    return now_is.order is not None and now_is.order.order.marketing_consent_at is not None


def _is_fresh(fact: Fact[Any], now: datetime) -> bool:
    return now - fact.metadata.booked_at < TYPESET_WITHIN
