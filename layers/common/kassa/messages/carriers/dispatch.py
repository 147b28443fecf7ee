"""Which carrier takes the messages of a channel."""

from kassa.deliveries.delivery import Channel
from kassa.messages.carriers.ports import Carrier
from kassa.messages.carriers.send_mail import send_mail
from kassa.messages.carriers.send_text import send_text
from kassa.messages.carriers.store_letter import store_letter

CARRIERS: dict[Channel, Carrier] = {
    Channel.MAIL: send_mail,
    Channel.TEXT: send_text,
    Channel.LETTER: store_letter,
}


def carrier_of(channel: Channel) -> Carrier:
    """Return who takes the messages of a channel."""
    return CARRIERS[channel]
