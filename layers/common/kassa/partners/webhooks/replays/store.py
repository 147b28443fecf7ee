"""Replays in the table: an endpoint's latest, of which one at a time is under way."""

from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import Conflict, StaleWrite
from kassa.partners.webhooks import keys
from kassa.partners.webhooks.replays.window import Replay
from kassa.platform import clock, table
from kassa.platform.settings import settings


class Replays:
    """One merchant's replays."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def latest(self, endpoint_id: str) -> Replay | None:
        """Return an endpoint's latest replay, as it stands now."""
        item = table.get(keys.replay(self._merchant_id, endpoint_id))
        if item is None:
            return None
        return stored.read(Replay, {k: v for k, v in item.items() if k not in ("PK", "SK")})

    def start(self, replay: Replay, by: Actor) -> None:
        """Keep a new replay; raise Conflict while another of the endpoint is under way."""
        before = self.latest(replay.endpoint_id)
        if before is not None and before.is_under_way(clock.now()):
            raise Conflict(
                f"replay {before.replay_id} is under way ({before.enqueued} enqueued): wait for it"
            )
        act = Act(
            operation="webhook_endpoint.replay",
            object_id=f"webhook_endpoint/{replay.endpoint_id}",
            by=by,
            after=f"{replay.begins_at.isoformat()}/{replay.ends_at.isoformat()}",
        )
        try:
            audit_trail.transact([{"Put": self._put(replay, before)}], act)
        except ClientError as error:
            if table.is_cancelled(error):
                raise StaleWrite("another replay was begun at the same instant") from error
            raise

    def advance(self, after: Replay, before: Replay) -> None:
        """Keep how far a replay is; raise StaleWrite where another moved it on meanwhile."""
        put = self._put(after, before)
        if table.write("put_item", **put) is None:
            raise StaleWrite("the replay was moved on at the same instant")

    def _put(self, replay: Replay, before: Replay | None) -> dict[str, Any]:
        key = keys.replay(self._merchant_id, replay.endpoint_id)
        item = key._asdict() | stored.plain(replay, exclude_none=True)
        put: dict[str, Any] = {"TableName": settings().table_name, "Item": table.typed(item)}
        if before is None:
            return put | {"ConditionExpression": "attribute_not_exists(PK)"}
        return put | {
            "ConditionExpression": "replay_id = :id AND #version = :read",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": table.typed(
                {":id": before.replay_id, ":read": before.version}
            ),
        }
