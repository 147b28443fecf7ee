"""Customers in the table: beside documents the one partition that holds names and addresses.

Each order keeps the buyer it was sent with, whom no later order changes. To forget a customer is
one write: their item counts how often they were forgotten, and what was said before the last time
isn't read by anybody from then on. What stood is written over after it, and if that is cut off, by
erasing again. Documents that were issued keep what the law makes their issuer keep.
"""

from typing import NamedTuple

from kassa.core import stored
from kassa.customers import keys
from kassa.customers.parties import Buyer
from kassa.platform import clock, table


class OrderBuyer(NamedTuple):
    """An order, and the buyer it was sent with."""

    order_id: str
    buyer: Buyer


class Customers:
    """Reads and writes of one merchant's customers."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def buyer_of(self, customer_id: str, order_id: str) -> Buyer | None:
        """Return the buyer of an order; none where nobody said, or they were forgotten."""
        item = table.get(keys.buyer(self._merchant_id, customer_id, order_id))
        return _readable(item, self._erasures(customer_id))

    def buyer_for(self, customer_id: str, order_id: str | None) -> Buyer | None:
        """Return a customer as their order named them, else as they were named last.

        None where nobody ever did, or they were forgotten since.
        """
        if order_id is not None and (buyer := self.buyer_of(customer_id, order_id)):
            return buyer
        known = self.buyers(customer_id)
        return known[0].buyer if known else None

    def was_named(self, customer_id: str, order_id: str) -> bool:
        """Tell whether an order was sent with a buyer, forgotten since or not."""
        return table.get(keys.buyer(self._merchant_id, customer_id, order_id)) is not None

    def buyers(self, customer_id: str) -> list[OrderBuyer]:
        """Return all that is known of a customer, what was said last first."""
        erasures, items = self._erasures(customer_id), self._items(customer_id)
        items.sort(key=lambda item: str(item["changed_at"]), reverse=True)
        known = ((str(item["order_id"]), _readable(item, erasures)) for item in items)
        return [OrderBuyer(order_id, buyer) for order_id, buyer in known if buyer]

    def keep(self, customer_id: str, order_id: str, buyer: Buyer) -> bool:
        """Write down with whom an order was sent; tell whether nobody else is its buyer.

        What was sent first stands, also where it was forgotten since: nobody comes back.
        """
        erasures = self._erasures(customer_id)
        known = {"buyer": stored.text(buyer, exclude_none=True), "erasures": erasures}
        is_new = table.put_new(self._item(customer_id, order_id) | known)
        if is_new and self._erasures(customer_id) == erasures:
            return True
        self._blank(customer_id, order_id)  # who was forgotten while it was written
        return self.buyer_of(customer_id, order_id) in (buyer, None)

    def erase(self, customer_id: str) -> None:
        """Forget who a customer is; when they were forgotten stays."""
        table.write(
            "update_item",
            Key=table.key(keys.customer(self._merchant_id, customer_id)),
            UpdateExpression="SET customer_id = :id, changed_at = :now ADD erasures :one",
            ExpressionAttributeValues=table.typed(
                {":id": customer_id, ":now": clock.now().isoformat(), ":one": 1}
            ),
        )
        for item in self._items(customer_id):
            self._blank(customer_id, str(item["order_id"]))

    def _blank(self, customer_id: str, order_id: str) -> None:
        """Write over a buyer who was named before their customer was forgotten."""
        table.write(
            "put_item",
            Item=table.typed(self._item(customer_id, order_id)),
            ConditionExpression="erasures < :erasures",
            ExpressionAttributeValues=table.typed({":erasures": self._erasures(customer_id)}),
        )

    def _erasures(self, customer_id: str) -> int:
        """Return how often a customer was forgotten."""
        item = table.get(keys.customer(self._merchant_id, customer_id))
        return int(item["erasures"]) if item else 0

    def _items(self, customer_id: str) -> list[table.Item]:
        pages = table.pages(
            KeyConditionExpression="PK = :customer AND begins_with(SK, :buyer)",
            ExpressionAttributeValues=table.typed(
                {
                    ":customer": keys.customer(self._merchant_id, customer_id).PK,
                    ":buyer": keys.BUYER,
                }
            ),
            ConsistentRead=True,
        )
        return [item for page in pages for item in page]

    def _item(self, customer_id: str, order_id: str) -> table.Item:
        key = keys.buyer(self._merchant_id, customer_id, order_id)._asdict()
        return key | {"order_id": order_id, "changed_at": clock.now().isoformat()}


def _readable(item: table.Item | None, erasures: int) -> Buyer | None:
    """Return who stands in an item, unless they were forgotten since."""
    if item is None or item.get("erasures") != erasures:
        return None
    return stored.read_text(Buyer, item["buyer"])
