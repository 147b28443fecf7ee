"""The books of a whole table as one hash, and as a hash for each subject; reads every item."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kassa.ledger.items import booked_event
from kassa.ledger.state import TEXTS
from kassa.platform import aws, keys, table
from kassa.recovery.digest import SubjectContent, digest_of

_TEXTS = (*TEXTS, "merchant_id", "customer_id", "customer_from_order")


class BookDigest(NamedTuple):
    """What a table's books come to."""

    events: int
    subjects: dict[str, str]  # partition -> hash

    @property
    def sha256(self) -> str:
        """Return the hash over all subjects."""
        return digest_of(self.subjects)


def digest(table_name: str) -> BookDigest:
    """Read a table whole and return what its books come to; everything else in it is left out."""
    found: dict[str, SubjectContent] = defaultdict(SubjectContent)
    events = 0
    for item in _items(table_name):
        partition, sort = item["PK"], item["SK"]
        if sort.startswith(keys.EVENT):
            _add_event(found[partition], item)
            events += 1
        elif sort == keys.STATE:
            _add_state(found[partition], item)
        elif sort.startswith(keys.OBJECT):
            found[partition].objects[item["object_id"]] = item["object"]
        elif sort == keys.ALIAS:
            found[partition].texts = item
    return BookDigest(events, {name: content.digest() for name, content in found.items()})


def _add_event(content: SubjectContent, item: table.Item) -> None:
    fields = {
        "reading": json.loads(item["reading"]),
        "merchant_id": item["merchant_id"],
        "gateway_type": item["gateway_type"],
        "is_ignored": bool(item.get("is_ignored")),
    }
    content.add_event(item["event_id"], fields, booked_event(item).facts)


def _add_state(content: SubjectContent, item: table.Item) -> None:
    content.objects |= item["objects"]  # comes after OBJECT#; what is in view again counts
    content.texts = {name: item[name] for name in _TEXTS if name in item}
    content.texts["headroom"] = item["headroom"] + sum(item.get("reservations", {}).values())


def _items(table_name: str) -> Iterator[table.Item]:
    pages = aws.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=table_name, ConsistentRead=True):
        yield from map(table.plain, page["Items"])
