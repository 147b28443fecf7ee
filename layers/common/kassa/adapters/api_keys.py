"""API keys in the table: found by id, listed by age, revoked but never deleted by us.

The table's own time to live removes a key some days after its end (`expires_at`, in seconds).
"""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from kassa.adapters import aws, keys, table
from kassa.adapters.table import Item
from kassa.domain.api_keys import ApiKey
from kassa.errors import NotFound
from kassa.settings import settings

PAGE = 100  # as many keys as one batch get returns


class ApiKeys:
    """The table's API keys."""

    def add(self, key: ApiKey) -> None:
        """Keep a new key; an id that exists already is refused by the table."""
        aws.client("dynamodb").put_item(
            TableName=settings().table_name,
            Item=table.typed(_item(key)),
            ConditionExpression="attribute_not_exists(PK)",
        )

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key, or none; read consistently, so that a revoked key is closed at once."""
        item = table.get(keys.api_key(key_id))
        return _api_key(item) if item else None

    def listed(self) -> list[ApiKey]:
        """Return the first hundred keys, oldest first."""
        listing, _ = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :list",
            ExpressionAttributeValues=table.typed({":list": keys.API_KEYS}),
            Limit=PAGE,
        )
        wanted = [keys.Key(item["PK"], item["SK"]) for item in listing]
        found = table.get_all(wanted)
        return [_api_key(found[key]) for key in wanted if key in found]

    def revoke(self, key_id: str, now: datetime) -> ApiKey:
        """Close a key for good; revoking it again keeps the first time."""
        try:
            answer = aws.client("dynamodb").update_item(
                TableName=settings().table_name,
                Key=table.key(keys.api_key(key_id)),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(PK)",
                ExpressionAttributeValues=table.typed({":now": now.isoformat()}),
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if table.is_refused(error):
                raise NotFound(f"there is no API key {key_id}") from error
            raise
        return _api_key(table.plain(answer["Attributes"]))


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
    ends_at = datetime.fromtimestamp(int(item["expires_at"]), UTC)
    return ApiKey.model_validate(known | {"expires_at": ends_at})
