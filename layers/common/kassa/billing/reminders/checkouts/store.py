"""That customers are told of orders they left: once for each order."""

from collections.abc import Sequence

from kassa.billing.reminders import keys as reminder_keys
from kassa.billing.reminders.records import AbandonedCheckout
from kassa.billing.reminders.store import ASLEEP, queued
from kassa.core import stored
from kassa.platform import table


class Abandonments:
    """That customers are told of orders they left."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def begin(self, abandoned: AbandonedCheckout) -> bool:
        """Write that an order's customer is told; tell whether it is the first time."""
        item = reminder_keys.abandoned(self._merchant_id, abandoned.order_id)._asdict() | {
            "document": stored.text(abandoned, exclude_none=True)
        }
        item |= queued(self._merchant_id, abandoned.decided_at, abandoned.order_id)
        return table.put_new(item)

    def known(self, order_ids: Sequence[str]) -> set[str]:
        """Return of which orders somebody is told already."""
        where = {reminder_keys.abandoned(self._merchant_id, one): one for one in order_ids}
        return {where[key] for key in table.get_all(list(where))}

    def note_published(self, abandoned: AbandonedCheckout) -> None:
        """Write that it is published."""
        key = reminder_keys.abandoned(self._merchant_id, abandoned.order_id)
        done = table.setting(
            key, {"stage": "published"}, ASLEEP, ConditionExpression="attribute_exists(PK)"
        )
        table.write("update_item", **done)
