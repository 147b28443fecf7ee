"""Unsubscribe: whoever has a mail's link ends such mails to its address, by one click.

Only POST changes anything: links are opened by programs that look for viruses, and by previews.
"""

from typing import NamedTuple

from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.unsubscribing import unsubscribe_store
from kassa.messages.unsubscribing.pages import HEADERS, Notice, page
from kassa.platform import clock
from kassa.platform.telemetry import logger

POST = "POST"


class Answer(NamedTuple):
    """What a browser, or a mail program, is answered."""

    status: int
    headers: dict[str, str]
    body: str


def unsubscribe(method: str, token: str) -> Answer:
    """Return the page of a link, with its one button; a POST ends what the link is of.

    A link works again and again, and says no address; one that nobody was given is 404.
    """
    of = unsubscribe_store.find(token)
    if of is None:
        return Answer(404, dict(HEADERS), page(Notice.UNKNOWN, None))
    if method != POST:
        return Answer(200, dict(HEADERS), page(Notice.ASKED, of.language))
    ContactStore(of.merchant_id).unsubscribe(of.address_digest, of.category, clock.now())
    logger.info("unsubscribed", category=of.category)
    return Answer(200, dict(HEADERS), page(Notice.DONE, of.language))
