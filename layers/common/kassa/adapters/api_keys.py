"""API keys in the table: found by id, listed by age, revoked but never deleted by us.

The table's own time to live removes a key some days after its end (`expires_at`, in seconds).
"""

from datetime import UTC, datetime
from typing import Any

from kassa.adapters import keys
from kassa.adapters.aws import client
from kassa.domain.api_keys import ApiKey, Scope
from kassa.errors import NotFound

PAGE = 100  # as many keys as one batch get returns

Item = dict[str, Any]


class ApiKeys:
    """The table's API keys."""

    def __init__(self, table_name: str) -> None:
        """Name the table; the client is the process's own."""
        self._table = table_name

    def add(self, key: ApiKey) -> None:
        """Keep a new key; an id that exists already is refused by the table."""
        client("dynamodb").put_item(
            TableName=self._table, Item=_item(key), ConditionExpression="attribute_not_exists(PK)"
        )

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key, or none; read consistently, so that a revoked key is closed at once."""
        answer = client("dynamodb").get_item(
            TableName=self._table, Key=_key(key_id), ConsistentRead=True
        )
        return _api_key(answer["Item"]) if "Item" in answer else None

    def listed(self) -> list[ApiKey]:
        """Return the first hundred keys, oldest first."""
        dynamodb = client("dynamodb")
        listing = dynamodb.query(
            TableName=self._table,
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :list",
            ExpressionAttributeValues={":list": {"S": keys.API_KEYS}},
            Limit=PAGE,
        )
        wanted = [{name: item[name] for name in ("PK", "SK")} for item in listing["Items"]]
        if not wanted:
            return []
        answer = dynamodb.batch_get_item(RequestItems={self._table: {"Keys": wanted}})
        found = [_api_key(item) for item in answer["Responses"][self._table]]
        return sorted(found, key=lambda key: (key.created_at, key.key_id))

    def revoke(self, key_id: str, now: datetime) -> ApiKey:
        """Close a key for good; revoking it again keeps the first time."""
        dynamodb = client("dynamodb")
        try:
            answer = dynamodb.update_item(
                TableName=self._table,
                Key=_key(key_id),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(PK)",
                ExpressionAttributeValues={":now": {"S": now.isoformat()}},
                ReturnValues="ALL_NEW",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise NotFound(f"there is no API key {key_id}") from error
        return _api_key(answer["Attributes"])


def _key(key_id: str) -> Item:
    partition, sort = keys.api_key(key_id)
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def _item(key: ApiKey) -> Item:
    created_at = key.created_at.isoformat()
    return {
        **_key(key.key_id),
        "GSI1PK": {"S": keys.API_KEYS},
        "GSI1SK": {"S": keys.listed(created_at, key.key_id)},
        "key_id": {"S": key.key_id},
        "name": {"S": key.name},
        "scopes": {"SS": sorted(key.scopes)},
        "secret_sha256": {"S": key.secret_sha256},
        "created_at": {"S": created_at},
        "expires_at": {"N": str(int(key.expires_at.timestamp()))},
    }


def _api_key(item: Item) -> ApiKey:
    revoked_at = item.get("revoked_at", {}).get("S")
    return ApiKey(
        key_id=item["key_id"]["S"],
        name=item["name"]["S"],
        scopes=frozenset(Scope(scope) for scope in item["scopes"]["SS"]),
        secret_sha256=item["secret_sha256"]["S"],
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
        revoked_at=datetime.fromisoformat(revoked_at) if revoked_at else None,
    )
