"""Entered payments in the table: each change with its act of the audit trail, both or neither.

An entry that isn't queued yet stands on a work queue, so that nothing that was said is lost where
a worker dies between the table and EventsQueue.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.manual_payments import keys as entry_keys
from kassa.core import stored
from kassa.core.errors import PaymentNotFound, StaleWrite
from kassa.gateways.manual.entries import PaymentEntry
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings

PAGES_MAX = 10  # what isn't queued beyond them is queued at the next run
_LAST = "~"  # sorts after every id


class KeptEntry(NamedTuple):
    """A payment as it was entered, and what of that stands on EventsQueue."""

    entry: PaymentEntry
    digest: str  # of what was said when it was entered
    version: int = 1  # how many things were said of it, one event each
    queued_version: int = 0

    @property
    def is_queued(self) -> bool:
        """Whether all that was said is on its way."""
        return self.queued_version >= self.version


class Alike(NamedTuple):
    """How many payments of one account, reference, amount and day there are, and the last one."""

    digest: str
    times: int = 0
    payment_id: str | None = None


class Entries:
    """Reads and writes of one merchant's entered payments."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def find(self, payment_id: str) -> KeptEntry | None:
        """Return a payment as it was entered; none for an id that nobody was told."""
        item = table.get(entry_keys.entry(self._merchant_id, payment_id))
        if item is None:
            return None
        entry = stored.read_text(PaymentEntry, item["entry"])
        versions = int(item["version"]), int(item.get("queued_version", 0))
        return KeptEntry(entry, str(item["digest"]), *versions)

    def named(self, payment_id: str) -> KeptEntry:
        """Return a payment as it was entered; raise PaymentNotFound where nobody entered it."""
        found = self.find(payment_id)
        if found is None:
            raise PaymentNotFound(f"no payment {payment_id} was entered")
        return found

    def of_sale(self, order_id: str | None, invoice_number: str) -> list[PaymentEntry]:
        """Return what was entered of an order, or of an invoice that is of none.

        The index knows what was entered a moment later.
        """
        sale = _sale(order_id, invoice_number)
        pages = table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :sale",
            ExpressionAttributeValues=table.typed(
                {":sale": entry_keys.of_sale(self._merchant_id, sale)}
            ),
        )
        named = [str(item["GSI1SK"]) for page in pages for item in page]
        return [kept.entry for kept in map(self.find, named) if kept]

    def alike(self, digest: str) -> Alike:
        """Return how many payments are alike so far."""
        item = table.get(entry_keys.likeness(self._merchant_id, digest))
        return Alike(digest, int(item["count"]), str(item["payment_id"])) if item else Alike(digest)

    def enter(self, kept: KeptEntry, alike: Alike, act: Act) -> None:
        """Write a new payment with its act; raise StaleWrite if it, or one alike, was first."""
        entry = kept.entry
        counted = entry_keys.likeness(self._merchant_id, alike.digest)
        sets = {"count": alike.times + 1, "payment_id": entry.payment_id}
        only_if: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(PK)"}
        if alike.times:
            only_if = {"ConditionExpression": "#count = :read", "values": {":read": alike.times}}
        account = {
            "Key": table.key(keys.manual_accounts(self._merchant_id)),
            "UpdateExpression": "ADD #names :name",
            "ExpressionAttributeNames": {"#names": "names"},
            "ExpressionAttributeValues": table.typed({":name": {entry.account}}),
        }
        writes = [self._write(kept, None), table.setting(counted, sets, **only_if), account]
        _transact(writes, act)

    def change(self, before: KeptEntry, after: PaymentEntry, act: Act) -> KeptEntry:
        """Write what was said of a payment later; raise StaleWrite if it moved on meanwhile."""
        kept = before._replace(entry=after, version=before.version + 1)
        _transact([self._write(kept, before.version)], act)
        return kept

    def note_queued(self, kept: KeptEntry) -> None:
        """Note that all that was said is on its way, unless more has been said meanwhile."""
        key = entry_keys.entry(self._merchant_id, kept.entry.payment_id)
        table.write(
            "update_item",
            **table.setting(
                key,
                {"queued_version": kept.version, "version": kept.version},
                ("GSI2PK", "GSI2SK"),
                ConditionExpression="#version = :read",
                values={":read": kept.version},
            ),
        )

    def unqueued(self, until: datetime) -> Iterator[str]:
        """Yield the payments of which something was said by then that isn't queued."""
        before = keys.listed(keys.to_the_second(until), _LAST)
        pages = table.pages(
            IndexName="GSI2",
            KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
            ExpressionAttributeValues=table.typed(
                {":queue": entry_keys.UNQUEUED, ":before": before}
            ),
        )
        for found in islice(pages, PAGES_MAX):
            yield from (str(item["GSI2SK"]).partition("#")[2] for item in found)

    def _write(self, kept: KeptEntry, read: int | None) -> dict[str, Any]:
        entry = kept.entry
        sets = {
            "entry": stored.text(entry, exclude_none=True, exclude_defaults=True),
            "digest": kept.digest,
            "version": kept.version,
            "GSI2PK": entry_keys.UNQUEUED,
            "GSI2SK": keys.listed(keys.to_the_second(clock.now()), entry.payment_id),
        }
        if entry.order_id is not None or entry.invoice_number is not None:
            sale = _sale(entry.order_id, entry.invoice_number)
            sets["GSI1PK"] = entry_keys.of_sale(self._merchant_id, sale)
            sets["GSI1SK"] = entry.payment_id
        only_if: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(PK)"}
        if read is not None:
            only_if = {"ConditionExpression": "#version = :read", "values": {":read": read}}
        return table.setting(entry_keys.entry(self._merchant_id, entry.payment_id), sets, **only_if)


def _sale(order_id: str | None, invoice_number: str | None) -> str:
    return order_id or f"invoice/{invoice_number}"


def _transact(writes: list[dict[str, Any]], act: Act) -> None:
    own = [{"Update": {"TableName": settings().table_name} | one} for one in writes]
    try:
        audit_trail.transact(own, act)
    except ClientError as error:
        if table.is_cancelled(error):
            raise StaleWrite("something else was said of the payment, or of one alike") from error
        raise
