"""API keys in the table: found by id, listed by age, revoked but never deleted by us.

The table's own time to live removes a key some days after its end (`expires_at`, in seconds).
"""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.callers import Scope
from kassa.core.errors import NotFound, StaleWrite
from kassa.people.api_keys import ApiKey
from kassa.platform import keys, table
from kassa.platform.settings import settings
from kassa.platform.table import Item

KNOWN = frozenset(Scope)


class ApiKeys:
    """The table's API keys."""

    def add(self, key: ApiKey, by: Actor) -> None:
        """Keep a new key; an id that exists already is refused by the table."""
        put = table.putting(_item(key))
        audit_trail.transact([{"Put": put}], _act("key.create", key, by))

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key, or none; read consistently, so that a revoked key is closed at once."""
        item = table.get(keys.api_key(key_id))
        return _api_key(item) if item else None

    def listed(self) -> list[ApiKey]:
        """Return the first hundred keys, oldest first."""
        return [_api_key(item) for item in table.oldest(keys.API_KEYS)]

    def revoke(self, key_id: str, now: datetime, by: Actor) -> ApiKey:
        """Close a key for good; revoking it again keeps the first time, and is no act."""
        key = self.find(key_id)
        if key is None:
            raise NotFound(f"there is no API key {key_id}")
        if key.revoked_at is not None:
            return key
        update = {
            "TableName": settings().table_name,
            "Key": table.key(keys.api_key(key_id)),
            "UpdateExpression": "SET revoked_at = :now",
            "ConditionExpression": "attribute_exists(PK) AND attribute_not_exists(revoked_at)",
            "ExpressionAttributeValues": table.typed({":now": now.isoformat()}),
        }
        try:
            audit_trail.transact([{"Update": update}], _act("key.revoke", key, by))
        except ClientError as error:
            if table.is_cancelled(error):
                raise StaleWrite(f"{key_id} was revoked at the same instant") from error
            raise
        return key.model_copy(update={"revoked_at": now})


def _act(operation: str, key: ApiKey, by: Actor) -> Act:
    """Return what the audit trail keeps of a key: whose it is, and what it may do."""
    owner = [f"person/{key.person_id}"] if key.person_id else []
    return Act(
        operation=operation,
        object_id=f"api_key/{key.key_id}",
        by=by,
        after=" ".join([*owner, *sorted(key.scopes)]) if operation == "key.create" else None,
    )


def _item(key: ApiKey) -> Item:
    created_at = key.created_at.isoformat()
    return {
        **keys.api_key(key.key_id)._asdict(),
        "GSI1PK": keys.API_KEYS,
        "GSI1SK": keys.listed(created_at, key.key_id),
        "key_id": key.key_id,
        "name": key.name,
        "scopes": {str(scope) for scope in key.scopes},
        "secret_sha256": key.secret_sha256,
        "created_at": created_at,
        "expires_at": int(key.expires_at.timestamp()),
        **({"person_id": key.person_id} if key.person_id else {}),
    }


def _api_key(item: Item) -> ApiKey:
    known = {name: item[name] for name in ApiKey.model_fields if name in item}
    known["scopes"] = KNOWN & set(item["scopes"])  # a newer release's allow nothing here
    ends_at = datetime.fromtimestamp(int(item["expires_at"]), UTC)
    return ApiKey.model_validate(known | {"expires_at": ends_at})
