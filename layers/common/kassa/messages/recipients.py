"""To whom a message goes: who they are in Kassa's ids, and by which address they are reached."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kassa.core.periods import PeriodKind
from kassa.customers.addresses import address_digest, mailbox, phone
from kassa.deliveries.delivery import Channel
from kassa.messages.kinds import Audience, MessageName
from kassa.messages.plan import Message
from kassa.messages.settings.message_settings import readers

_STAFF_DIGITS = 16  # of the digest by which an address of the staff is named


class Recipient(NamedTuple):
    """Who gets a message; the name is kept with its delivery, the address never is."""

    name: str  # customer:<id>, staff:<digest>
    address: str | None  # none where nobody said one that can be sent to


def recipients(message: Message, channel: Channel) -> Iterator[Recipient]:
    """Yield everybody who gets a message by a channel."""
    if message.row.audience is Audience.STAFF:
        for address in _staff(message):
            yield Recipient(_staff_name(message, address), address)
    elif message.now_is.customer_id is not None:
        yield Recipient(
            f"customer:{message.now_is.customer_id}", _customers_address(message, channel)
        )


def _staff(message: Message) -> Iterable[str]:
    """Return whom of the staff a message goes to: reports to whoever gets some of the period."""
    listed = message.settings.staff.get(message.row.message, ())
    if message.row.message is not MessageName.REPORT_READY:
        return listed
    period = PeriodKind(message.fact.data.period)
    if message.settings.reports:
        return readers(message.settings.reports, period)
    return listed if period in message.now_is.mailed_reports else ()


def for_recipient(message: Message, address: str) -> Message:
    """Return a message with what its recipient gets: of a period's reports, theirs."""
    if message.row.message is not MessageName.REPORT_READY or not message.settings.reports:
        return message
    period = PeriodKind(message.fact.data.period)
    theirs = readers(message.settings.reports, period).get(address, frozenset())
    return message._replace(now_is=message.now_is.of_reports(theirs))


def recipient_named(message: Message, channel: Channel, name: str) -> Recipient:
    """Return the recipient of a delivery that was kept, as they are reached by now."""
    known = (one for one in recipients(message, channel) if one.name == name)
    return next(known, Recipient(name, None))


def _customers_address(message: Message, channel: Channel) -> str | None:
    buyer = message.now_is.buyer
    if channel is Channel.LETTER:
        return buyer.name if buyer and buyer.address.lines else None
    if buyer is None:
        return None
    return phone(buyer.phone) if channel is Channel.TEXT else mailbox(buyer.email)


def _staff_name(message: Message, address: str) -> str:
    digest = address_digest(message.now_is.merchant.merchant_id, address)
    return f"staff:{digest[:_STAFF_DIGITS]}"
