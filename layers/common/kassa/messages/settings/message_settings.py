"""A merchant's message settings: who sends, to which staff, which messages, and when.

Nothing is sent until somebody says who sends: without a sender's address every message is skipped.
"""

from collections.abc import Iterable
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StrictInt, field_validator, model_validator

from kassa.archive.report_names import ReportName, kinds_of
from kassa.core.model import Instant, Model
from kassa.core.periods import PeriodKind
from kassa.customers.addresses import mailbox, normalized
from kassa.customers.parties import LanguageTag
from kassa.deliveries.delivery import Channel
from kassa.messages.contacts.quiet_hours import QuietHours
from kassa.messages.kinds import STAFF_MESSAGES, MessageName
from kassa.messages.templates.parts import HttpsLink
from kassa.messages.templates.words import LanguageWords

MAILS_MAX = 1000  # a day, unless the settings say otherwise
TEXTS_MAX = 100
_CHANNELS = frozenset({Channel.MAIL, Channel.TEXT})
_CONTROLS = set(map(chr, range(32))) | {"\x7f", "\x85", "\u2028", "\u2029"}


def _can_be_mailed(address: str) -> str:
    if mailbox(address) != address:
        raise ValueError("is no mail address in plain letters, such as shop@shop.example")
    return address


def _in_one_line(text: str) -> str:
    if _CONTROLS & set(text):
        raise ValueError("must stand in one line, without control characters")
    return text


MailAddress = Annotated[str, Field(max_length=254), AfterValidator(_can_be_mailed)]
_Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_in_one_line)]
_LINKED = frozenset({MessageName.CARD_EXPIRING})  # whose link Kassa doesn't know
_Cap = Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class Sender(Model):
    """Who mails come from; the address must be verified at SES."""

    address: MailAddress
    name: _Name


class ReportMail(Model):
    """Some people, and which reports of which periods they get."""

    to: Annotated[tuple[MailAddress, ...], Field(min_length=1, max_length=10)]
    periods: Annotated[frozenset[PeriodKind], Field(min_length=1)]
    reports: Annotated[frozenset[ReportName], Field(min_length=1)] = frozenset({ReportName.SUMMARY})

    @property
    def line(self) -> str:
        """Return what tells it from the others."""
        return " ".join((*self.to, "|", *sorted(self.periods), "|", *sorted(self.reports)))

    @model_validator(mode="after")
    def _are_made(self) -> Self:
        for report in sorted(self.reports):
            if not kinds_of(report) & self.periods:
                raise ValueError(f"reports: {report} is made of months alone")
        return self


class MessageSettingsDraft(Model):
    """The settings, as they are written and sent to be saved."""

    sender: Sender | None = None  # none: no mail is sent
    reply_to: MailAddress | None = None  # none: answers come to the sender
    staff: dict[MessageName, Annotated[tuple[MailAddress, ...], Field(max_length=10)]] = {}
    # Who gets which reports; none: staff.report_ready the summary, of the parameter MailedReports.
    reports: Annotated[tuple[ReportMail, ...], Field(max_length=20)] = ()
    off: Annotated[frozenset[MessageName], Field(max_length=50)] = frozenset()  # never sent
    quiet_hours: QuietHours | None = None
    language: LanguageTag | None = None  # none: the merchant's
    time_zone: Annotated[str, Field(max_length=50)] | None = None  # none: the merchant's; IANA
    mails_a_day: _Cap = MAILS_MAX
    texts_a_day: _Cap = TEXTS_MAX
    channels: dict[MessageName, Annotated[frozenset[Channel], Field(min_length=1)]] = {}
    text_sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:/+-]{1,256}$")] | None = None
    words: Annotated[dict[LanguageTag, LanguageWords], Field(max_length=20)] = {}  # one's own

    links: dict[MessageName, HttpsLink] = {}  # the merchant's own page for what its reader must do

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        try:
            return name and ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no time zone of the IANA database, such as Asia/Bangkok") from None

    @model_validator(mode="after")
    def _staff_get_staff_s_messages(self) -> Self:
        if others := sorted(set(self.staff) - STAFF_MESSAGES):
            raise ValueError(f"staff: {others[0]} is a message to customers")
        if texted := sorted(set(self.channels) & STAFF_MESSAGES):
            raise ValueError(f"channels: {texted[0]} goes to staff, by mail alone")
        if linked := sorted(set(self.links) - _LINKED):
            raise ValueError(f"links: where {linked[0]} leads is Kassa's to say")
        if not all(its <= _CHANNELS for its in self.channels.values()):
            raise ValueError("channels: a message goes by mail, by text or by both")
        return self

    def channels_of(self, message: MessageName) -> tuple[Channel, ...]:
        """Return by which channels a message goes, where its fact doesn't say."""
        return tuple(sorted(self.channels.get(message, {Channel.MAIL})))

    def most_a_day(self, channel: Channel) -> int | None:
        """Return how many messages may leave a day; none where nothing limits them."""
        return {Channel.MAIL: self.mails_a_day, Channel.TEXT: self.texts_a_day}.get(channel)


class MessageSettings(MessageSettingsDraft):
    """The settings as they were saved; version 0 is what stands before anybody saved any."""

    version: int = 0
    saved_at: Instant | None = None


class SettingsWarning(Model):
    """What isn't sent by some settings, and what to do about it."""

    field: str
    advice: str


def warnings_of(settings: MessageSettingsDraft) -> tuple[SettingsWarning, ...]:
    """Return what won't be sent by these settings."""
    found = [
        ("sender", "no mail is sent until a sender is saved", settings.sender is None),
        ("text_sender", "no text is sent until one is saved", settings.text_sender is None),
        ("mails_a_day", "at 0 no mail is sent", settings.mails_a_day == 0),
    ]
    informed = {*settings.off, *(name for name, to in settings.staff.items() if to)}
    informed |= {MessageName.REPORT_READY} if settings.reports else set()
    unheard = sorted(STAFF_MESSAGES - informed)
    found += [(f"staff.{name}", "nobody of the staff is told", True) for name in unheard]
    return tuple(SettingsWarning(field=of, advice=advice) for of, advice, is_so in found if is_so)


def readers(entered: Iterable[ReportMail], period: PeriodKind) -> dict[str, frozenset[ReportName]]:
    """Return who gets reports of a kind of period, and which; each address once.

    Two spellings of one address are the first of them.
    """
    found: dict[str, frozenset[ReportName]] = {}
    spelled: dict[str, str] = {}
    for one in entered:
        made = {report for report in one.reports if period in kinds_of(report)}
        for written in one.to if period in one.periods and made else ():
            address = spelled.setdefault(normalized(written), written)
            found[address] = found.get(address, frozenset()) | made
    return found
