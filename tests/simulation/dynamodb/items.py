"""The items of one table and of its sparse KEYS_ONLY indexes."""

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.simulation.aws.errors import validation
from tests.simulation.dynamodb.values import Item

Key = tuple[str, str]
_PARTITION_BYTES_MAX = 2048
_SORT_BYTES_MAX = 1024


class Index(NamedTuple):
    """The names of an index's key attributes."""

    partition: str
    sort: str


class Table(NamedTuple):
    """The names of a table's key attributes and its indexes."""

    partition: str
    sort: str
    indexes: dict[str, Index]


Tables = dict[str, Table]

PAYMENTS_TABLE = Table(
    "PK", "SK", {"GSI1": Index("GSI1PK", "GSI1SK"), "GSI2": Index("GSI2PK", "GSI2SK")}
)


def keys_of(item: Item, table: Table) -> Key:
    """Return an item's key."""
    return item[table.partition]["S"], item[table.sort]["S"]


class Items:
    """Items by partition and sort key; an index holds the keys of those that have its own."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._partitions: dict[str, dict[str, Item]] = {}
        self._indexes: dict[str, dict[str, dict[tuple[str, Key], Item]]] = {
            name: {} for name in table.indexes
        }
        self._behind: deque[tuple[float, Key, Item | None, Item | None]] = deque()

    def key(self, attributes: Item, exact: bool) -> Key:
        """Read a key; `exact` refuses anything beside it."""
        try:
            found = keys_of(attributes, self.table)
        except KeyError as error:
            raise validation("The provided key element does not match the schema") from error
        if exact and len(attributes) != 2:
            raise validation("The provided key element does not match the schema")
        for value, size in zip(found, (_PARTITION_BYTES_MAX, _SORT_BYTES_MAX), strict=True):
            if not value or len(value.encode()) > size:
                raise validation("One or more parameter values are not valid: key size")
        return found

    def key_of(self, kind: str, action: dict[str, Any]) -> Key:
        """Return the key that a write is about."""
        return self.key(action["Item"] if kind == "Put" else action["Key"], exact=kind != "Put")

    def get(self, key: Key) -> Item | None:
        """Return an item, not to be changed."""
        return self._partitions.get(key[0], {}).get(key[1])

    def every(self) -> Iterable[Item]:
        """Return all items."""
        for partition in self._partitions.values():
            yield from partition.values()

    def partition(self, name: str) -> list[tuple[tuple[str, ...], Item]]:
        """Return a partition's items with their sort keys, in order."""
        inner = self._partitions.get(name, {})
        return [((sort,), inner[sort]) for sort in sorted(inner, key=str.encode)]

    def indexed(self, index: str, name: str, now_s: float) -> list[tuple[tuple[str, ...], Item]]:
        """Return an index partition's keys-only items, in order, as far as it has caught up."""
        while self._behind and self._behind[0][0] <= now_s:
            _, key, old, new = self._behind.popleft()
            self._follow(key, old, new)
        inner = self._indexes[index].get(name, {})
        return [((sort, *key), inner[sort, key]) for sort, key in sorted(inner)]

    def write(self, key: Key, new: Item | None, seen_at_s: float) -> None:
        """Put or delete an item; the indexes follow at `seen_at_s` or a little later."""
        partition = self._partitions.setdefault(key[0], {})
        old = partition.pop(key[1], None)
        if new is not None:
            partition[key[1]] = new
        if self.index_units(old, new):
            self._behind.append((seen_at_s, key, old, new))

    def _follow(self, key: Key, old: Item | None, new: Item | None) -> None:
        for name, index in self.table.indexes.items():
            before, after = _entry(old, index), _entry(new, index)
            if before == after:
                continue
            entries = self._indexes[name]
            if before:
                del entries[before[0]][before[1], key]
            if after and new:
                kept = (self.table.partition, self.table.sort, index.partition, index.sort)
                shown = {attribute: new[attribute] for attribute in kept}
                entries.setdefault(after[0], {})[after[1], key] = shown

    def index_units(self, old: Item | None, new: Item | None) -> int:
        """Count the write units the indexes cost: one an entry that comes or goes."""
        pairs = [(_entry(old, index), _entry(new, index)) for index in self.table.indexes.values()]
        return sum(bool(before) + bool(after) for before, after in pairs if before != after)

    def refuse_new_key(self, action: dict[str, Any], new: Item) -> None:
        """Refuse an update that would change the item's own key."""
        if any(new.get(name) != value for name, value in action["Key"].items()):
            raise validation("Cannot update attribute. This attribute is part of the key")

    def refuse_bad_keys(self, item: Item) -> None:
        """Refuse an index key that is no text or empty."""
        for index in self.table.indexes.values():
            for name in index:
                if name in item and not item[name].get("S"):
                    raise validation(f"One or more parameter values were invalid: {name}")


def _entry(item: Item | None, index: Index) -> Key | None:
    if item is None or index.partition not in item or index.sort not in item:
        return None
    return item[index.partition]["S"], item[index.sort]["S"]
