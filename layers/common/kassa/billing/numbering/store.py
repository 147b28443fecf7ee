"""Numbers in the table: a series' head, a number and its source's pointer, as one write.

The series' item holds the last number and the last hash, and every write is held to both as they
were read. So numbers have no gap and the chain no branch, whoever writes at the same time.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import (
    GENESIS,
    Entry,
    InvoiceState,
    IssuedDocument,
    KeptNumber,
    VoidEntry,
    hashed,
    printed,
    text_of,
)
from kassa.billing.numbering.series import Series
from kassa.core import stored
from kassa.core.errors import InvoiceNotFound, StaleWrite
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

Update = Callable[[Entry], dict[str, Any]]  # of another item, with a number

_ABSENT = "attribute_not_exists(PK)"
CONTENT = "content"  # of a record in the bucket: what the document says, and never in the table


NUMBERED = "numbered"  # what a message names of a number that nobody heard of: its source


class Move(NamedTuple):
    """A series as it was read, and as it shall stand."""

    before: Series
    after: Series


class Numbers:
    """Reads and writes of numbered documents, of every kind."""

    def series(self, merchant_id: str, name: str) -> Series:
        """Return how far a series is numbered; a new year begins at nothing."""
        item = table.get(keys.invoice_series(merchant_id, name))
        if item is None:
            return Series(merchant_id=merchant_id, name=name)
        return stored.read_text(Series, as_json(item))

    def of_source(self, source_id: str) -> table.Item | None:
        """Return the item of the number that was given for a source."""
        pointer = table.get(keys.invoiced(source_id))
        if pointer is None:
            return None
        number = int(pointer["number"])
        return table.get(keys.invoice(pointer["merchant_id"], pointer["series"], number))

    def lead_to(self, entry: Entry, source_id: str) -> None:
        """Let one more source lead to a number that was given, if it leads to none yet."""
        table.put_new(keys.invoiced(source_id)._asdict() | pointer(entry))

    def issued_for(self, source_id: str) -> IssuedDocument | None:
        """Return the document that was numbered for a source."""
        item = self.of_source(source_id)
        return issued(item) if item else None

    def numbered(self, merchant_id: str, name: str, number: int) -> IssuedDocument:
        """Return what became of a number; raise InvoiceNotFound where it wasn't given."""
        item = table.get(keys.invoice(merchant_id, name, number))
        if item is None:
            raise InvoiceNotFound(f"no document {printed(name, number)} was issued")
        return issued(item)

    def items(
        self, merchant_id: str, name: str, last: int, after: int = 0
    ) -> Iterator[table.Item | None]:
        """Yield the items of numbers up to `last` in their order; none where one is missing."""
        for first in range(after + 1, last + 1, table.AT_ONCE):
            numbers = range(first, min(first + table.AT_ONCE, last + 1))
            places = [keys.invoice(merchant_id, name, number) for number in numbers]
            found = table.get_all(places)
            yield from (found.get(key) for key in places)

    def keep(
        self, entry: Entry, move: Move, beside: table.Item, update: Update | None = None
    ) -> table.Item:
        """Write a number, its source's pointer and the series' head, all or nothing.

        `beside` is what else its item holds, which is returned; `update` returns, of the number's
        entry, a write of another item that belongs with it, on a condition. Raises StaleWrite when
        another document took the number, the source was numbered meanwhile, or that condition
        didn't hold; read again.
        """
        text = text_of(entry)
        fields = beside | listed(entry) | {"entry": text, "entry_hash": hashed(text)}
        writes = [
            {"Update": headed(move)},
            {"Put": _new(key_of(entry), fields)},
            {"Put": _new(keys.invoiced(entry.source_id), pointer(entry))},
            *([{"Update": {"TableName": _table(), **update(entry)}}] if update else []),
        ]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=writes)
        except ClientError as error:
            if table.is_cancelled(error) and _is_race(table.reasons(error)):
                raise StaleWrite("the series has moved on") from error
            raise
        return fields

    def note_document(self, document: IssuedDocument, form: str, sha256: str) -> bool:
        """Note a form of a document that stands in the bucket, once; tell whether this was it."""
        noted = table.write(
            "update_item",
            Key=table.key(key_of(document.entry)),
            UpdateExpression="SET documents.#form = :sha256",
            ConditionExpression=(
                "attribute_exists(documents) AND attribute_not_exists(documents.#form)"
            ),
            ExpressionAttributeNames={"#form": form},
            ExpressionAttributeValues=table.typed({":sha256": sha256}),
        )
        return noted is not None


def issued(item: table.Item) -> IssuedDocument:
    """Return a number from its item or its record, also one that an earlier release gave."""
    known = {
        "entry": _entry(item),
        "entry_text": item.get("entry"),
        "entry_hash": item.get("entry_hash"),
        "state": item.get("state", InvoiceState.OPEN),
        "void_text": item.get("void_entry"),
        "void_hash": item.get("void_hash"),
        "documents": _documents(item),
        "payment_url": item.get("payment_url"),
        "language": next(iter(item.get("languages", ())), item.get("language")),
    }
    if "void_entry" in item:
        known |= {"void": stored.read_text(VoidEntry, item["void_entry"])}
    return stored.read(IssuedDocument, known)


def kept(item: table.Item | None) -> KeptNumber | None:
    """Return a number as its certificate lists it, from its item."""
    if item is None:
        return None
    texts = {name: item.get(name) for name in ("entry", "entry_hash", "void_hash")}
    return KeptNumber(
        **texts,
        void=item.get("void_entry"),
        documents=_documents(item),
        unchained=None if "entry" in item else _entry(item),
    )


def as_json(item: table.Item) -> str:
    """Return an item's own fields as JSON, without where it stands and is listed."""
    fields = {name: value for name, value in item.items() if name not in keys.PLACES}
    return json.dumps(fields, default=int)


def _entry(item: table.Item) -> Entry:
    """Return a number's entry; an earlier release left a simple invoice and no entry."""
    if "entry" in item:
        return stored.read_text(Entry, item["entry"])
    total = item["total"]
    ids = {name: item.get(name) for name in ("customer_id", "order_id", "payment_id")}
    return Entry(
        kind=DocumentKind.INVOICE,
        source_id=item["fact_id"],
        currency=total["currency"],
        gross_minor=int(total["amount_minor"]),
        merchant_id=item["merchant"]["merchant_id"],
        series=item["series"],
        number=int(item["number"]),
        issued_on=date.fromisoformat(item["issued_on"]),
        **ids,
    )


def _documents(item: table.Item) -> dict[str, str]:
    """Return the hashes of a number's documents; a capture's invoice names them on their own."""
    own = {"pdf": item.get("document_sha256"), "xml": item.get("einvoice_sha256")}
    return {form: one for form, one in own.items() if one} | {**item.get("documents", {})}


def headed(move: Move) -> dict[str, Any]:
    """Return the write of a series' head, held to the number and the hash that were read."""
    before, after = move
    key, sets = keys.invoice_series(after.merchant_id, after.name), stored.plain(after)
    held, values = "#last_number = :read", dict[str, Any]({":read": before.last_number})
    if not before.last_number:
        held, values = _ABSENT, {}
    elif before.last_hash == GENESIS:  # an earlier release counted it, without a chain
        held += " AND attribute_not_exists(last_hash)"
    else:
        held += " AND #last_hash = :read_hash"
        values[":read_hash"] = before.last_hash
    update = table.setting(key, sets, ConditionExpression=held, values=values)
    return {"TableName": _table(), **update}


def _is_race(reasons: list[str]) -> bool:
    """Tell a lost race from a number that is taken though the series says that it isn't."""
    of_series, _, *others = reasons
    refused = "ConditionalCheckFailed" in (of_series, *others)
    return refused or "TransactionConflict" in reasons


def key_of(entry: Entry | VoidEntry) -> keys.Key:
    return keys.invoice(entry.merchant_id, entry.series, entry.number)


def listed(entry: Entry) -> table.Item:
    """Return where a document is listed with its customer's; one without a customer isn't."""
    if entry.customer_id is None:
        return {}
    listed = keys.listed(str(entry.issued_on), printed(entry.series, entry.number))
    return {"GSI1PK": keys.billed(entry.merchant_id, entry.customer_id), "GSI1SK": listed}


def pointer(entry: Entry) -> table.Item:
    """Return what leads to a number, on the item of its source."""
    return {name: getattr(entry, name) for name in ("merchant_id", "series", "number")}


def _new(key: keys.Key, fields: table.Item) -> dict[str, Any]:
    return {
        "TableName": _table(),
        "Item": table.typed(key._asdict() | fields),
        "ConditionExpression": _ABSENT,
    }


def _table() -> str:
    return settings().table_name
