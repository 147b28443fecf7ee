"""The way of a verified body onto EventsQueue; what is too large for a message lies in S3 first."""

import base64
import json
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import QueueUnavailable
from kassa.gateways.webhooks.parts import Part
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings

# As base64 and with its envelope this stays under 256 KiB, the least any queue takes, and ten of
# them under the 6 MB a Lambda is handed at once.
INLINE_BYTES_MAX = 180 * 1024


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
            carried = self._carried(delivery)
            message = json.dumps(_envelope(delivery) | carried, separators=(",", ":"))
            sent = lean_aws.client("sqs").send_message(
                QueueUrl=self._queue_url, MessageBody=message
            )
        except ClientError as error:
            raise QueueUnavailable(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise QueueUnavailable(type(error).__name__) from error
        return str(sent["MessageId"])

    def _carried(self, delivery: Delivery) -> dict[str, str]:
        if len(delivery.part.body) <= INLINE_BYTES_MAX:
            return {"body_base64": base64.b64encode(delivery.part.body).decode()}
        key = large_key(delivery.gateway, delivery.account, delivery.part.body)
        lean_aws.client("s3").put_object(
            Bucket=self._bucket,
            Key=key,
            Body=delivery.part.body,
            ContentType="application/octet-stream",
        )
        return {"body_key": key}


def large_key(gateway: str, account: str, body: bytes) -> str:
    """Name a large body by its digest, so that a redelivery writes the same object again."""
    return f"large/{gateway}/{account}/{sha256(body).hexdigest()}"


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
