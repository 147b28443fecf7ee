"""Orders in the table: what a shop sent, and what became of it.

An order's key is made of its id and put only if absent, together with its first attempt: of two
requests for one order that come at once, one alone submits it. Every later change is written
on the version read.
"""

from typing import Any

from botocore.exceptions import ClientError

from kassa.core import stored
from kassa.core.errors import OrderNotFound, StaleWrite
from kassa.orders import keys as order_keys
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.order import Order
from kassa.orders.views import OrderCase
from kassa.platform import aws, clock, keys, table
from kassa.platform.settings import settings


class Orders:
    """Reads and writes of one merchant's orders."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def find(self, order_id: str) -> OrderCase | None:
        """Return an order with its lifecycle, consistently; none for an id nobody sent."""
        found, _ = table.query(
            KeyConditionExpression="PK = :order",
            ExpressionAttributeValues=table.typed(
                {":order": order_keys.order(self._merchant_id, order_id)}
            ),
            ConsistentRead=True,
        )
        items = {item["SK"]: item for item in found}
        if order_keys.ORDER not in items:
            return None
        return case_of(items[order_keys.ORDER], items[order_keys.LIFECYCLE])

    def content(self, order_id: str) -> Order | None:
        """Return what a shop sent under an id, if it did; it never changes."""
        item = table.get(order_keys.order_content(self._merchant_id, order_id))
        return stored.read_text(Order, item["order"]) if item else None

    def attempt(self, submission_id: str) -> Attempt | None:
        """Return the attempt that a gateway knows by our name "<order_id>.<n>"; none for others."""
        order_id, _, number = submission_id.rpartition(".")
        if not order_id:
            return None
        item = table.get(order_keys.order_lifecycle(self._merchant_id, order_id))
        attempts = stored.read_text(OrderLifecycle, item["lifecycle"]).attempts if item else ()
        return next((one for one in attempts if str(one.number) == number), None)

    def named(self, order_id: str) -> OrderCase:
        """Return an order with its lifecycle; raise OrderNotFound for an id nobody sent."""
        case = self.find(order_id)
        if case is None:
            raise OrderNotFound(f"no order '{order_id}' was sent to POST /orders")
        return case

    def open(self, order: Order, lifecycle: OrderLifecycle) -> None:
        """Write a new order with its first attempt, both or neither.

        Raises StaleWrite where another request was first.
        """
        key = order_keys.order_content(self._merchant_id, order.order_id)
        content = key._asdict() | {
            "merchant_id": self._merchant_id,
            "order": order.model_dump_json(exclude_none=True, exclude_defaults=True),
        }
        if order.customer_id is not None:
            content["customer_id"] = order.customer_id
            content["GSI1PK"] = order_keys.of_customer(self._merchant_id, order.customer_id)
            content["GSI1SK"] = keys.listed(keys.to_the_second(clock.now()), order.order_id)
        put = table.putting(content)
        both = [{"Put": put}, {"Update": self._lifecycle_update(lifecycle, None)}]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=both)
        except ClientError as error:
            is_lost = {"ConditionalCheckFailed", "TransactionConflict"} & {*table.reasons(error)}
            if table.is_cancelled(error) and is_lost:
                raise StaleWrite("another request for the order was first") from error
            raise

    def keep(self, before: OrderLifecycle, after: OrderLifecycle) -> None:
        """Write a change; raise StaleWrite if the order moved on."""
        if after.version == before.version:
            return
        if table.write("update_item", **self.update(before, after)) is None:
            raise StaleWrite("the order has moved on")

    def update(self, before: OrderLifecycle, after: OrderLifecycle) -> dict[str, Any]:
        """Return the write of a change, for whoever writes more with it: on the version read."""
        return self._lifecycle_update(after, before.version)

    def _lifecycle_update(self, lifecycle: OrderLifecycle, read: int | None) -> dict[str, Any]:
        sets: table.Item = {
            "version": lifecycle.version,
            "lifecycle": stored.text(lifecycle, exclude_none=True, exclude_defaults=True),
        }
        if lifecycle.attempts:  # the first one's instant never changes, so neither do the keys
            submitted_at = keys.to_the_second(lifecycle.attempts[0].submitted_at)
            shard = keys.shard(lifecycle.order_id)
            sets["GSI1PK"] = order_keys.ordered(self._merchant_id, submitted_at[:10], shard)
            sets["GSI1SK"] = keys.listed(submitted_at, lifecycle.order_id)
        if lifecycle.next_check_at is not None:
            sets["GSI2PK"] = order_keys.CHECKOUTS
            sets["GSI2SK"] = keys.listed(
                keys.to_the_second(lifecycle.next_check_at), lifecycle.order_id
            )
        key, name = (
            order_keys.order_lifecycle(self._merchant_id, lifecycle.order_id),
            settings().table_name,
        )
        return {"TableName": name, **table.on_version(key, sets, read)}


def case_of(content: table.Item, lifecycle: table.Item) -> OrderCase:
    """Return an order with its lifecycle from its two items."""
    return OrderCase(
        stored.read_text(Order, content["order"]),
        stored.read_text(OrderLifecycle, lifecycle["lifecycle"]),
    )
