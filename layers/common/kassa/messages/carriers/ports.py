"""What every carrier does: it takes one message, and what it answered is the attempt's outcome."""

from typing import NamedTuple, Protocol

from kassa.deliveries.delivery import Delivery, Outcome

TAG = "delivery_id"  # by which a carrier's events say of a mail, or a text, whose it is


class Outgoing(NamedTuple):
    """A message as it leaves, in its carrier's form."""

    to: str  # a mail address, a phone number in E.164; of a letter nothing
    sender: str  # a mail address, or what texts come from
    content: bytes  # a mail as it stands on the wire, a text in UTF-8, a PDF
    is_promotional: bool = False


class Carrier(Protocol):
    """Who takes messages of one channel."""

    def __call__(self, attempt: Delivery, out: Outgoing) -> Outcome:
        """Take a message and return what became of it; whatever the carrier says, nothing raises.

        It is asked once: no answer means that nobody knows whether the message left.
        """
        ...
