"""Compose a message as it leaves: its words, its headers, its documents, its unsubscribe link."""

from kassa.core.errors import InvalidRequest
from kassa.deliveries.delivery import Channel, Delivery
from kassa.messages.carriers.ports import Outgoing
from kassa.messages.kinds import Category
from kassa.messages.plan import Message
from kassa.messages.reminders.typeset_reminder import typeset_reminder
from kassa.messages.rendering.mail import Attachment, MailAddress, MailHeaders, build_mail
from kassa.messages.unsubscribing.unsubscribe_store import new_link
from kassa.messages.write_words import can_be_ended, write_mail, write_text
from kassa.platform import clock, documents
from kassa.platform.telemetry import logger


def compose_message(message: Message, delivery: Delivery, address: str) -> Outgoing:
    """Return a message in the form of its channel; raise InvalidRequest where no template says it.

    A link by which its reader ends such messages is made anew with each.
    """
    if delivery.channel is Channel.LETTER:
        return Outgoing("", "", typeset_reminder(message, delivery))
    if delivery.channel is Channel.TEXT:
        sender = message.settings.text_sender or ""
        is_promotional = message.row.category is Category.MARKETING
        return Outgoing(address, sender, write_text(message).encode(), is_promotional)
    return _mail(message, delivery, address)


def _mail(message: Message, delivery: Delivery, to: str) -> Outgoing:
    sender = message.settings.sender
    if sender is None:
        raise InvalidRequest("sender: nobody said who sends mails")
    link = _unsubscribe_link(message, delivery, to)
    rendered = write_mail(message, link)
    if rendered.mistakes:
        logger.warning("own words not used", message=message.row.message, wrong=rendered.mistakes)
    reply_to = message.settings.reply_to
    headers = MailHeaders(
        delivery_id=delivery.delivery_id,
        sent_at=clock.now(),
        reply_to=MailAddress(email=reply_to) if reply_to else None,
        unsubscribe_link=link,
    )
    named = MailAddress(email=sender.address, name=sender.name)
    whole = build_mail(rendered, named, MailAddress(email=to), headers, _attachments(message))
    return Outgoing(to, sender.address, whole)


def _unsubscribe_link(message: Message, delivery: Delivery, address: str) -> str | None:
    """Return a new link by which its reader gets no more of this category; none of what they need.

    Links are https, so where the API has no such address (a stack run here) there is none.
    """
    if not can_be_ended(message, delivery.channel):
        return None
    category, language = message.row.category, message.language
    return new_link(delivery.merchant_id, address, category, language, clock.now())


def _attachments(message: Message) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(filename=name, content=documents.read(path), media_type=_media_type(name))
        for name, path in message.now_is.documents.items()
    )


def _media_type(filename: str) -> str:
    return "text/html" if filename.endswith(".html") else "application/pdf"
