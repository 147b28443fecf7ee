"""Velocities: how often a customer, card, address, IP or e-mail requested refunds lately.

Each request leaves a marker for each of them; a count is a query, so nothing can drift. Markers
go away by themselves after a month: they are no money, and a habit older than that is none.
Addresses, IPs and e-mails come hashed by the caller, with a secret: an IPv4 address has only 2^32
values. Card and e-mail link the orders of guests, who have no customer id; that only routes.
"""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.gateways.customers import Customer
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings
from kassa.refunds import keys as refund_keys
from kassa.refunds.risk.signals import Velocities

KEPT_FOR = timedelta(days=31)
DAY = timedelta(hours=24)
COUNTED_MAX = 100  # a count of 100 means "at least"; one who requests more is no cheaper to count
_HASH = r"^[0-9a-f]{16,128}$"


class Sighting(Model):
    """Who requested a refund when: what a request leaves markers of, as far as it is known."""

    merchant_id: str
    refund_request_id: str
    requested_at: Instant
    gateway: str
    account: str
    customer_id: str | None = None
    customer_from_order: bool = False  # then it is the shop's, the same at every gateway
    fingerprint: str | None = None  # the card's, the gateway's own
    address_hash: str | None = Field(default=None, pattern=_HASH)
    ip_hash: str | None = Field(default=None, pattern=_HASH)
    email_hash: str | None = Field(default=None, pattern=_HASH)

    @property
    def values(self) -> dict[str, str]:
        """Return what is known, by kind; a card's print means something only at its account."""
        whose = Customer(self.customer_id or "", self.customer_from_order)
        known = {
            "customer": self.customer_id and whose.key(self.gateway, self.account),
            "card": self.fingerprint and f"{self.gateway}#{self.account}#{self.fingerprint}",
            "address": self.address_hash,
            "ip": self.ip_hash,
            "email": self.email_hash,
        }
        return {kind: value for kind, value in known.items() if value}


class Markers:
    """The markers of one refund request."""

    def __init__(self, sighting: Sighting) -> None:
        self._seen = sighting
        self._partitions = {
            kind: refund_keys.seen(sighting.merchant_id, kind, value)
            for kind, value in sighting.values.items()
        }

    def marks(self) -> list[dict[str, Any]]:
        """Return the puts for the request's own transaction; made again, they are the same."""
        at, request = self._seen.requested_at, self._seen.refund_request_id
        beside = {
            "SK": keys.listed(_instant(at), request),
            "refund_request_id": request,
            "expires_at": int((at + KEPT_FOR).timestamp()),
        }
        name = settings().table_name
        return [
            {"Put": {"TableName": name, "Item": table.typed({"PK": partition} | beside)}}
            for partition in self._partitions.values()
        ]

    def counts(self, since: datetime | None = None) -> Velocities:
        """Count the other requests since then, 24 hours before this one unless given otherwise."""
        start = _instant(since or self._seen.requested_at - DAY)
        counted = {kind: self._count(where, start) for kind, where in self._partitions.items()}
        return Velocities(**counted)

    def _count(self, partition: str, start: str) -> int:
        values = {":seen": partition, ":start": start, ":own": self._seen.refund_request_id}
        answer = aws.client("dynamodb").query(
            TableName=settings().table_name,
            KeyConditionExpression="PK = :seen AND SK >= :start",
            FilterExpression="refund_request_id <> :own",
            ExpressionAttributeValues=table.typed(values),
            Select="COUNT",
            ConsistentRead=True,
            Limit=COUNTED_MAX,
        )
        return int(answer["Count"])


def _instant(at: datetime) -> str:
    """Write an instant so that it sorts."""
    return at.isoformat(timespec="milliseconds")
