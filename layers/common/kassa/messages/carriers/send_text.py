"""Texts through AWS End User Messaging, with the delivery that its events name afterwards."""

from kassa.deliveries.delivery import Delivery, Outcome
from kassa.messages.carriers.ask_carrier import ask_carrier
from kassa.messages.carriers.ports import TAG, Outgoing
from kassa.platform import aws
from kassa.platform.settings import settings

STACK = "stack"  # whose events the rule lets through
VALID_S = 4 * 3600  # a text that its phone wasn't reached with by then is dropped


def send_text(attempt: Delivery, out: Outgoing) -> Outcome:
    """Let End User Messaging take a text."""
    return ask_carrier(
        attempt,
        lambda: aws.client_that_asks_once("pinpoint-sms-voice-v2").send_text_message(
            DestinationPhoneNumber=out.to,
            OriginationIdentity=out.sender,
            MessageBody=out.content.decode(),
            MessageType="PROMOTIONAL" if out.is_promotional else "TRANSACTIONAL",
            TimeToLive=VALID_S,
            Context={TAG: attempt.delivery_id, STACK: settings().stack_name},
        ),
    )
