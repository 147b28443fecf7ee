"""Compose a message as it leaves: its words, its headers, its documents, its unsubscribe link."""

from typing import Any

from kassa.billing.seller.store import find_seller
from kassa.core.errors import InvalidRequest
from kassa.deliveries.delivery import Channel, Delivery
from kassa.messages.carriers.ports import Outgoing
from kassa.messages.kinds import Audience, Category
from kassa.messages.params import params_of
from kassa.messages.plan import Message
from kassa.messages.rendering.mail import Attachment, MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import render, render_text
from kassa.messages.templates.brand import Brand
from kassa.messages.typeset_reminder import typeset_reminder
from kassa.messages.unsubscribing.unsubscribe_store import new_link
from kassa.platform import clock, documents
from kassa.platform.telemetry import logger


def compose_message(message: Message, delivery: Delivery, address: str) -> Outgoing:
    """Return a message in the form of its channel; raise InvalidRequest where no template says it.

    A link by which its reader ends such messages is made anew with each.
    """
    if delivery.channel is Channel.LETTER:
        return Outgoing("", "", typeset_reminder(message, delivery))
    link = _unsubscribe_link(message, delivery, address)
    fields = params_of(message.row.message, message.fact, message.now_is, message.language)
    if link is not None:
        fields["unsubscribe_link"] = link
    if own := message.settings.links.get(message.row.message):
        fields["link"] = own
    if delivery.channel is Channel.TEXT:
        return _text(message, fields, address)
    return _mail(message, delivery, fields, address)


def _text(message: Message, fields: dict[str, Any], address: str) -> Outgoing:
    brand = _brand(message)
    own = message.settings.words
    text = render_text(message.row.message, fields, message.language, brand, own).text
    is_promotional = message.row.category is Category.MARKETING
    sender = message.settings.text_sender or ""
    return Outgoing(address, sender, text.encode(), is_promotional)


def _mail(message: Message, delivery: Delivery, fields: dict[str, Any], to: str) -> Outgoing:
    sender = message.settings.sender
    if sender is None:
        raise InvalidRequest("sender: nobody said who sends mails")
    brand = _brand(message)
    own = message.settings.words
    rendered = render(message.row.message, fields, message.language, brand, own)
    if rendered.mistakes:
        logger.warning("own words not used", message=message.row.message, wrong=rendered.mistakes)
    reply_to = message.settings.reply_to
    headers = MailHeaders(
        delivery_id=delivery.delivery_id,
        sent_at=clock.now(),
        reply_to=MailAddress(email=reply_to) if reply_to else None,
        unsubscribe_link=fields.get("unsubscribe_link"),
    )
    named = MailAddress(email=sender.address, name=sender.name)
    whole = build_mail(rendered, named, MailAddress(email=to), headers, _attachments(message))
    return Outgoing(to, sender.address, whole)


def _unsubscribe_link(message: Message, delivery: Delivery, address: str) -> str | None:
    """Return a new link by which its reader gets no more of this category; none of what they need.

    Links are https, so where the API has no such address (a stack run here) there is none.
    """
    category = message.row.category
    is_needed = category is Category.TRANSACTIONAL or message.row.audience is Audience.STAFF
    if is_needed or delivery.channel is not Channel.MAIL:
        return None
    language = message.language
    return new_link(delivery.merchant_id, address, category, language, clock.now())


def _brand(message: Message) -> Brand:
    """Return how the merchant's messages look: as its seller's profile says, else plain."""
    merchant, time_zone = message.now_is.merchant, message.time_zone
    seller = find_seller(merchant)
    if seller is None:
        return Brand(name=merchant.name or merchant.merchant_id, time_zone=time_zone)
    return Brand.of_seller(seller.party, seller.branding, time_zone)


def _attachments(message: Message) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(filename=name, content=documents.read(path), media_type=_media_type(name))
        for name, path in message.now_is.documents.items()
    )


def _media_type(filename: str) -> str:
    return "text/html" if filename.endswith(".html") else "application/pdf"
