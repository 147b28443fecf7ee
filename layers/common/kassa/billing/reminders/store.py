"""Reminders in the table: one for each customer, anchor and step, written before it is published.

What a customer was told stands in one item beside their reminders, which every reminder is written
with, on the version read: of two runs at once, one alone decides what a customer is told today.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.reminders import keys as reminder_keys
from kassa.billing.reminders.records import AbandonedCheckout, Reminder
from kassa.billing.reminders.schedule import Customer, OpenInvoice
from kassa.core import stored
from kassa.core.errors import StaleWrite, UnreadableItem
from kassa.core.model import Instant, Model
from kassa.platform import aws, keys, table
from kassa.platform.keys import Key
from kassa.platform.settings import settings

NUMBERS_MAX = 1_000  # numbers kept of a customer; the earliest told are left out first
UNTOLD_MAX = 1_000  # what isn't published beyond them is at the next run
_LAST = "~"  # sorts after every id
ASLEEP = ("GSI2PK", "GSI2SK")


class Stage(StrEnum):
    """How far a reminder has come."""

    BEGUN = "begun"  # what it charges isn't entered yet
    COMPOSED = "composed"  # what it says is written, and stays
    PUBLISHED = "published"
    DROPPED = "dropped"  # nothing of it was owed any more


class PauseNote(Model):
    """Why reminders are paused, who said so, and when; no personal data belongs in it."""

    reason: str
    by: str  # the id of a person, a key or an operator
    at: Instant


class CustomerState(Model):
    """What a customer was told, and until when nobody is to remind them."""

    reminded_on: dict[str, date] = {}  # by number: the last day on which a reminder named it
    paused_until: date | None = None
    pauses: dict[str, date] = {}  # by number: the same of one invoice
    notes: dict[str, PauseNote] = {}  # why, by number; under no number that of the customer's


class KeptCustomer(NamedTuple):
    """The same, with the version that a change is held to; none where nothing is kept yet."""

    customer_id: str
    state: CustomerState = CustomerState()
    version: int | None = None

    def owing(self, invoices: Iterable[OpenInvoice]) -> Customer:
        """Return the customer as it is decided of them."""
        state = self.state
        return Customer(
            customer_id=self.customer_id,
            invoices=tuple(invoices),
            reminded_on=state.reminded_on,
            paused_until=state.paused_until,
            pauses=state.pauses,
        )


class KeptReminder(NamedTuple):
    """A reminder, and how far it has come."""

    reminder: Reminder
    stage: Stage


class Reminded:
    """Reads and writes of one merchant's reminders."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def found(self, customer_ids: Sequence[str]) -> dict[str, KeptCustomer]:
        """Return what is kept of customers; each has an answer."""
        where = {self._customer(one): one for one in customer_ids}
        items = table.get_all(list(where))
        return {one: _kept(one, items.get(key)) for key, one in where.items()}

    def seen(self, customer_ids: Sequence[str]) -> Iterator[tuple[str, KeptCustomer | None]]:
        """Yield what was kept of customers lately; none where it can't be read."""
        where = {self._customer(one): one for one in customer_ids}
        items = table.get_all(list(where), is_consistent=False)
        for key, one in where.items():
            try:
                yield one, _kept(one, items.get(key))
            except UnreadableItem:
                yield one, None

    def begin(self, kept: KeptCustomer, reminder: Reminder, stage: Stage) -> bool:
        """Write a reminder once, and that its invoices are told; tell whether it is a new one.

        Raises StaleWrite where somebody else wrote of the customer since they were read.
        """
        numbers = [one.number for one in reminder.invoices]
        state = kept.state.model_copy(
            update={
                "reminded_on": _with_reminded(kept.state.reminded_on, numbers, reminder.reminded_on)
            }
        )
        customer = self._customer_update(kept, state)
        put = self._item(reminder, stage)
        put |= {"ConditionExpression": "attribute_not_exists(PK)"}
        try:
            aws.client("dynamodb").transact_write_items(
                TransactItems=[{"Put": put}, {"Update": customer}]
            )
        except ClientError as error:
            if not table.is_cancelled(error):
                raise
            if table.reasons(error) == ["ConditionalCheckFailed", "None"]:
                self._keep(kept, state)  # told by an earlier one, which nothing leads to any more
                return False
            raise StaleWrite("somebody else wrote of the customer") from error
        return True

    def advance(self, was: KeptReminder, reminder: Reminder, stage: Stage) -> bool:
        """Write how far a reminder has come; tell whether nobody else brought it further."""
        item = self._item(reminder, stage)["Item"]
        sets = {name: item[name] for name in item if name not in ("PK", "SK")}
        asleep = [name for name in ASLEEP if name not in sets]
        update = table.setting(
            self._reminder(reminder),
            table.plain(sets),
            asleep,
            ConditionExpression="#stage = :was",
            values={":was": was.stage.value},
        )
        return table.write("update_item", **update) is not None

    def reminders_of(self, customer_id: str) -> list[KeptReminder]:
        """Return a customer's reminders, the latest decided last."""
        pages = table.pages(
            KeyConditionExpression="PK = :customer AND begins_with(SK, :reminder)",
            ExpressionAttributeValues=table.typed(
                {
                    ":customer": self._customer(customer_id).PK,
                    ":reminder": reminder_keys.REMINDER,
                }
            ),
            ConsistentRead=True,
        )
        kept = [_reminder(item) for page in pages for item in page]
        return sorted(kept, key=lambda one: one.reminder.decided_at)

    def find(self, customer_id: str, anchor: str, step: str) -> KeptReminder | None:
        """Return one reminder."""
        item = table.get(reminder_keys.reminder(self._merchant_id, customer_id, anchor, step))
        return _reminder(item) if item else None

    def keep_pause(self, kept: KeptCustomer, state: CustomerState, act: Act) -> KeptCustomer:
        """Write what a person said of a customer's reminders, with their act, all or nothing.

        Raises StaleWrite where somebody else was first.
        """
        try:
            audit_trail.transact([{"Update": self._customer_update(kept, state)}], act)
        except ClientError as error:
            if "ConditionalCheckFailed" in table.reasons(error)[:1]:
                raise StaleWrite("somebody else wrote of the customer") from error
            raise
        return kept._replace(state=state, version=(kept.version or 0) + 1)

    def _keep(self, kept: KeptCustomer, state: CustomerState) -> None:
        if table.write("update_item", **self._customer_update(kept, state)) is None:
            raise StaleWrite("somebody else wrote of the customer")

    def _customer_update(self, kept: KeptCustomer, state: CustomerState) -> dict[str, Any]:
        sets = {
            "customer_id": kept.customer_id,
            "document": stored.text(state, exclude_defaults=True),
            "version": (kept.version or 0) + 1,
        }
        update = table.on_version(self._customer(kept.customer_id), sets, kept.version)
        return {"TableName": settings().table_name} | update

    def _item(self, reminder: Reminder, stage: Stage) -> dict[str, Any]:
        item = self._reminder(reminder)._asdict() | {
            "stage": stage.value,
            "document": stored.text(reminder, exclude_none=True),
        }
        if stage in (Stage.BEGUN, Stage.COMPOSED):
            item |= queued(self._merchant_id, reminder.decided_at, reminder.reminder_id)
        return {"TableName": settings().table_name, "Item": table.typed(item)}

    def _customer(self, customer_id: str) -> Key:
        return reminder_keys.customer(self._merchant_id, customer_id)

    def _reminder(self, of: Reminder) -> Key:
        return reminder_keys.reminder(self._merchant_id, of.customer_id, of.anchor, of.step)


Untold = KeptReminder | AbandonedCheckout


def untold(merchant_id: str, until: datetime) -> Iterator[Untold | UnreadableItem]:
    """Yield what was decided by an instant and isn't published, oldest first.

    Of what can't be read, why is yielded.
    """
    listed, _ = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed(
            {
                ":queue": reminder_keys.untold(merchant_id),
                ":before": keys.listed(keys.to_the_second(until), _LAST),
            }
        ),
        Limit=UNTOLD_MAX,
    )
    found = table.get_all([Key(one["PK"], one["SK"]) for one in listed])
    for one in listed:
        item = found.get(Key(one["PK"], one["SK"]))
        if item is None or "GSI2PK" not in item:  # the index is behind
            continue
        try:
            yield _untold(item)
        except UnreadableItem as error:
            yield error


def _untold(item: table.Item) -> Untold:
    if item["SK"] == reminder_keys.CHECKOUT:
        return stored.read_text(AbandonedCheckout, item["document"])
    return _reminder(item)


def queued(merchant_id: str, at: datetime, name: str) -> table.Item:
    """Return where something stands until it is published."""
    queue = reminder_keys.untold(merchant_id)
    return {"GSI2PK": queue, "GSI2SK": keys.listed(keys.to_the_second(at), name)}


def _kept(customer_id: str, item: table.Item | None) -> KeptCustomer:
    if item is None:
        return KeptCustomer(customer_id)
    state = stored.read_text(CustomerState, item["document"])
    return KeptCustomer(customer_id, state, int(item["version"]))


def _reminder(item: table.Item) -> KeptReminder:
    return KeptReminder(stored.read_text(Reminder, item["document"]), Stage(item["stage"]))


def _with_reminded(was: dict[str, date], numbers: Iterable[str], on: date) -> dict[str, date]:
    """Return what is told with more told on a day; of too many the earliest are left out."""
    reminded_on = was | dict.fromkeys(numbers, on)
    kept = sorted(reminded_on.items(), key=lambda one: one[1], reverse=True)[:NUMBERS_MAX]
    return dict(kept)
