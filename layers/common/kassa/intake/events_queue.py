"""The way of a verified body onto EventsQueue; what is too large for a message lies in S3 first."""

import json
from datetime import datetime
from functools import cache
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import QueueUnavailable
from kassa.gateways.webhooks.parts import Part
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.intake.large_bodies import carried
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings


class Delivery(NamedTuple):
    """One arrival of a gateway's event; on the queue it is `kassa.gateways.events.Delivery`."""

    gateway: str
    account: str
    endpoint: WebhookEndpoint
    received_at: datetime
    part: Part


class Deliveries:
    """EventsQueue, and the bucket for what is too large for it."""

    def __init__(self, queue_url: str, bucket: str) -> None:
        self._queue_url = queue_url
        self._bucket = bucket

    def put(self, delivery: Delivery) -> str:
        """Queue a delivery and return the message's id; the object of a large one stands before."""
        try:
            account, body = (delivery.gateway, delivery.account), delivery.part.body
            fields = carried(account, body, self._bucket, lean_aws.client)
            message = json.dumps(_envelope(delivery) | fields, separators=(",", ":"))
            sent = lean_aws.client("sqs").send_message(
                QueueUrl=self._queue_url, MessageBody=message
            )
        except ClientError as error:
            raise QueueUnavailable(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise QueueUnavailable(type(error).__name__) from error
        return str(sent["MessageId"])


def _envelope(delivery: Delivery) -> dict[str, str | bool | None]:
    return {
        "gateway": delivery.gateway,
        "account": delivery.account,
        "merchant_id": delivery.endpoint.merchant_id,
        "mode": delivery.endpoint.mode,
        "received_at": delivery.received_at.isoformat(),
        "origin": "webhook",
        "opened_at": delivery.endpoint.opened_at,
        **_delivery_fields(delivery.part, delivery.endpoint.shop),
    }


def _delivery_fields(part: Part, shop: str | None) -> dict[str, str | bool]:
    """Say what isn't in the bytes, where there is something to say."""
    fields: dict[str, str | bool | None] = {
        "shop": shop,
        "delivery_id": part.delivery_id,
        "is_unverified": part.is_unverified,
    }
    return {name: value for name, value in fields.items() if value}


@cache
def deliveries() -> Deliveries:
    """Return this stack's queue; tests call `deliveries.cache_clear()`."""
    return Deliveries(lean_settings().events_queue_url, lean_settings().bucket_name)
