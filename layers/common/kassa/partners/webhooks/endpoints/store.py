"""Webhook endpoints in the table: one partition a merchant, each change with its audit item."""

from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import Conflict, NotFound, StaleWrite, UnreadableItem
from kassa.partners.webhooks import keys
from kassa.partners.webhooks.endpoints.endpoint import (
    ENDPOINTS_MAX,
    KEPT_WHEN_DELETED,
    Endpoint,
    EndpointStatus,
)
from kassa.platform import clock, table
from kassa.platform.keys import PLACES
from kassa.platform.telemetry import leave_out

LISTED_FOR = timedelta(seconds=5)  # as long a fact may miss an endpoint that was just entered
_listed: dict[str, tuple[datetime, tuple[Endpoint, ...]]] = {}


class Endpoints:
    """One merchant's endpoints."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def listed(self) -> tuple[Endpoint, ...]:
        """Return all endpoints but those deleted, the oldest first; one unreadable is left out."""
        found, _ = table.query(
            KeyConditionExpression="PK = :endpoints",
            ExpressionAttributeValues=table.typed(
                {":endpoints": keys.endpoint(self._merchant_id, "").PK}
            ),
            ConsistentRead=True,
        )
        read = (_readable(item) for item in found if item.get("status") != EndpointStatus.DELETED)
        return tuple(sorted(filter(None, read), key=lambda one: (one.created_at, one.endpoint_id)))

    def lately(self) -> tuple[Endpoint, ...]:
        """Return what `listed` said at most five seconds ago."""
        now = clock.now()
        kept = _listed.get(self._merchant_id)
        if kept is None or not timedelta(0) <= now - kept[0] < LISTED_FOR:
            kept = _listed[self._merchant_id] = now, self.listed()
        return kept[1]

    def find(self, endpoint_id: str) -> Endpoint | None:
        """Return an endpoint as it stands now; none where it was deleted."""
        item = table.get(keys.endpoint(self._merchant_id, endpoint_id))
        if item is None or item.get("status") == EndpointStatus.DELETED:
            return None
        return _endpoint(item)

    def named(self, endpoint_id: str) -> Endpoint:
        """Return an endpoint; raise NotFound."""
        found = self.find(endpoint_id)
        if found is None:
            raise NotFound(f"there is no webhook endpoint {endpoint_id}")
        return found

    def add(self, endpoint: Endpoint, by: Actor) -> None:
        """Keep a new endpoint; raise Conflict where there are as many as there may be."""
        if len(self.listed()) >= ENDPOINTS_MAX:
            raise Conflict(f"there are {ENDPOINTS_MAX} webhook endpoints: delete one first")
        self._write(endpoint, None, "create", by)

    def save(self, after: Endpoint, operation: str, by: Actor) -> None:
        """Keep what an endpoint became; raise StaleWrite where another changed it meanwhile."""
        self._write(after, after.version - 1, operation, by)

    def note_published(self, endpoint: Endpoint) -> None:
        """Note that the world heard why an endpoint is disabled; a later change stays."""
        update = table.setting(
            keys.endpoint(self._merchant_id, endpoint.endpoint_id),
            {"is_published": True},
            ConditionExpression="#version = :read",
            values={":read": endpoint.version},
        )
        update["ExpressionAttributeNames"]["#version"] = "version"
        table.write("update_item", **update)

    def _write(self, after: Endpoint, read: int | None, operation: str, by: Actor) -> None:
        key = keys.endpoint(self._merchant_id, after.endpoint_id)
        item = key._asdict() | stored.plain(after, exclude_none=True)
        if after.status is EndpointStatus.DELETED:
            item["expires_at"] = int((clock.now() + KEPT_WHEN_DELETED).timestamp())
        act = Act(
            operation=f"webhook_endpoint.{operation}",
            object_id=f"webhook_endpoint/{after.endpoint_id}",
            by=by,
            before=str(after.version - 1) if after.version > 1 else None,
            after=str(after.version),
            reason=after.disabled_because,
        )
        try:
            audit_trail.transact([{"Put": table.putting(item, read)}], act)
        except ClientError as error:
            if table.is_cancelled(error):
                raise StaleWrite("the endpoint was changed at the same instant") from error
            raise
        _listed.clear()


def forget() -> None:
    """Forget what was listed; tests start clean."""
    _listed.clear()


def _endpoint(item: table.Item) -> Endpoint:
    kept = {name: item[name] for name in item if name not in PLACES}
    return stored.read(Endpoint, kept)


def _readable(item: table.Item) -> Endpoint | None:
    try:
        return _endpoint(item)
    except UnreadableItem as error:
        leave_out(error, endpoint_id=str(item["SK"]))
        return None
