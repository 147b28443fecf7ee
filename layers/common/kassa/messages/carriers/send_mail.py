"""Mails through SES: raw, tagged with the delivery that its events name afterwards."""

from kassa.deliveries.delivery import Delivery, Outcome
from kassa.messages.carriers.ask_carrier import ask_carrier
from kassa.messages.carriers.ports import TAG, Outgoing
from kassa.platform import aws
from kassa.platform.settings import settings


def send_mail(attempt: Delivery, out: Outgoing) -> Outcome:
    """Let SES take a mail."""
    return ask_carrier(
        attempt,
        lambda: aws.client_that_asks_once("sesv2").send_email(
            FromEmailAddress=out.sender,
            Destination={"ToAddresses": [out.to]},
            Content={"Raw": {"Data": out.content}},
            ConfigurationSetName=settings().stack_name,  # its events come back by EventBridge
            EmailTags=[{"Name": TAG, "Value": attempt.delivery_id}],
        ),
    )
