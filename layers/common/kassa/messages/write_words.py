"""Write the words of a message, in its reader's language and with its seller's look.

What is sent and what is shown beforehand come from here alike.
"""

from typing import Any

from kassa.billing.seller.store import find_seller
from kassa.deliveries.delivery import Channel
from kassa.messages.kinds import NEEDED, Audience
from kassa.messages.params import params_of
from kassa.messages.plan import Message
from kassa.messages.rendering.render import Rendered, render, render_text
from kassa.messages.templates.brand import Brand

NOT_WRITTEN = "not_written"  # no template can say it: a mistake of ours, or of own words


def write_mail(message: Message, unsubscribe_link: str | None) -> Rendered:
    """Return a message as a mail; raise InvalidRequest where no template says it."""
    fields, brand = _fields(message, unsubscribe_link), _brand(message)
    own = message.settings.words
    return render(message.row.message, fields, message.language, brand, own)


def write_text(message: Message) -> str:
    """Return a message as a text (SMS); raise InvalidRequest where no template says it."""
    fields, brand = _fields(message, None), _brand(message)
    own = message.settings.words
    return render_text(message.row.message, fields, message.language, brand, own).text


def can_be_ended(message: Message, channel: Channel) -> bool:
    """Tell whether whoever gets a message can end its like by a link: not of what they need."""
    is_needed = message.row.category in NEEDED
    return channel is Channel.MAIL and not is_needed and message.row.audience is not Audience.STAFF


def _fields(message: Message, unsubscribe_link: str | None) -> dict[str, Any]:
    fields = params_of(message.row.message, message.fact, message.now_is, message.language)
    if unsubscribe_link is not None:
        fields["unsubscribe_link"] = unsubscribe_link
    if own := message.settings.links.get(message.row.message):
        fields["link"] = own
    return fields


def _brand(message: Message) -> Brand:
    """Return how the merchant's messages look: as its seller's profile says, else plain."""
    merchant, time_zone = message.now_is.merchant, message.time_zone
    seller = find_seller(merchant)
    if seller is None:
        return Brand(name=merchant.name or merchant.merchant_id, time_zone=time_zone)
    return Brand.of_seller(seller.party, seller.branding, time_zone)
