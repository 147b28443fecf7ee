"""What partners were sent, in the table: one item a record, each write on the one that was read."""

from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.partners import keys
from kassa.partners.ports import Record
from kassa.partners.record_state import RecordState
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.platform.settings import settings


def find(partner: str, record: Record) -> RecordState:
    """Return what a partner was sent of a record; nothing was, where there is no item."""
    item = table.get(_key(partner, record))
    if item is None:
        return RecordState()
    return stored.read(RecordState, {name: item[name] for name in item if name not in _KEY})


def keep(partner: str, record: Record, before: RecordState, after: RecordState) -> None:
    """Write a record's state over the one that was read; raise StaleWrite where it moved on."""
    item = _key(partner, record)._asdict() | stored.plain(after, exclude_none=True)
    condition = {"ConditionExpression": "attribute_not_exists(PK)"}
    if before.revision:
        condition = {"ConditionExpression": "revision = :read"}
        condition |= {"ExpressionAttributeValues": table.typed({":read": before.revision})}  # type: ignore[dict-item]
    if table.write("put_item", Item=table.typed(item), **condition) is None:
        raise StaleWrite("another delivery is at the same record of the partner")


_KEY = ("PK", "SK")


def _key(partner: str, record: Record) -> Key:
    return keys.record(settings().merchant_id, partner, record.kind, record.key)
