"""Which carrier takes the messages of a channel; a letter's is a folder that is printed from."""

from kassa.deliveries.delivery import Channel, Delivery, Outcome, Status
from kassa.messages.carriers.ports import Carrier, Outgoing
from kassa.messages.carriers.send_mail import send_mail
from kassa.messages.carriers.send_text import send_text
from kassa.platform import aws, documents
from kassa.platform.settings import settings


def store_letter(attempt: Delivery, out: Outgoing) -> Outcome:
    """Put a letter, a PDF, where somebody prints and posts it from; what stands stays."""
    path = f"letters/{attempt.merchant_id}/{attempt.delivery_id}.pdf"
    documents.store(path, out.content)
    return Outcome(Status.SENT, carrier_id=path)


def refuse_in_training(attempt: Delivery, out: Outgoing) -> Outcome:
    """Leave a message unsent where people learn."""
    return Outcome(Status.FAILED, "training")


SERVICES = {Channel.MAIL: "sesv2", Channel.TEXT: "pinpoint-sms-voice-v2"}
CARRIERS: dict[Channel, Carrier] = {
    Channel.MAIL: send_mail,
    Channel.TEXT: send_text,
    Channel.LETTER: store_letter,
}


def carrier_of(channel: Channel) -> Carrier:
    """Return who takes the messages of a channel; in training nobody beyond this machine does."""
    service = SERVICES.get(channel)
    if settings().is_training and service is not None:
        reached = aws.client_that_asks_once(service).meta.endpoint_url
        return CARRIERS[channel] if settings().may_call(reached) else refuse_in_training
    return CARRIERS[channel]
