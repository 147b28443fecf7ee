"""How far a gateway's lists were read; advanced only after what was read stands on the queue."""

from datetime import datetime

from kassa.adapters import aws, keys, table
from kassa.settings import settings


def read(gateway: str, account: str, name: str) -> datetime | None:
    """Return until when a list was read, or nothing before the first time."""
    item = table.get(keys.cursor(gateway, account, name))
    return datetime.fromisoformat(item["read_until"]) if item else None


def advance(gateway: str, account: str, name: str, until: datetime) -> None:
    """Note that a list was read until an instant; going back only reads some of it again."""
    item = keys.cursor(gateway, account, name)._asdict() | {"read_until": until.isoformat()}
    aws.client("dynamodb").put_item(TableName=settings().table_name, Item=table.typed(item))
