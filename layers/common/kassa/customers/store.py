"""Customers in the table: beside documents the one partition that holds names and addresses.

Each order keeps the buyer it was sent with, whom no later order changes. To forget a customer is
one write: their item counts how often they were forgotten, and what was said before the last time
isn't read by anybody from then on. What stood is written over after it, and if that is cut off, by
erasing again. Documents that were issued keep what the law makes their issuer keep.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from kassa.core import stored
from kassa.customers import keys
from kassa.customers.addresses import address_digest, mailbox
from kassa.customers.parties import Buyer
from kassa.platform import clock, table


class OrderBuyer(NamedTuple):
    """An order, and the buyer it was sent with."""

    order_id: str
    buyer: Buyer


class Reached(NamedTuple):
    """A customer who is reached at a mail address, and the order that named it last."""

    customer_id: str
    erasures: int  # how often they had been forgotten when that was read
    order_id: str
    buyer: Buyer


REACHED_MAX = 20  # customers of one address: a guest is another with each order


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
        return self._known(customer_id)[1]

    def reached_at(self, digest: str) -> list[Reached]:
        """Return who is reached at an address, by its digest: whose newest order names it.

        An address that a customer had before isn't theirs any more. The index may lag by a moment,
        what it leads to doesn't. Twenty customers at most, in the order of their ids.
        """
        pages = table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :mailbox",
            ExpressionAttributeValues=table.typed(
                {":mailbox": keys.mailbox(self._merchant_id, digest)}
            ),
        )
        partitions = dict.fromkeys(str(entry["PK"]) for page in pages for entry in page)
        named = (keys.customer_named(self._merchant_id, one) for one in partitions)
        return list(islice(self.reached_of(named, digest), REACHED_MAX))

    def reached_of(self, customer_ids: Iterable[str], digest: str) -> Iterator[Reached]:
        """Return who of some customers is reached at an address, consistently."""
        for customer_id in customer_ids:
            erasures, buyers = self._known(customer_id)
            if buyers and self._digest(buyers[0].buyer) == digest:
                yield Reached(customer_id, erasures, *buyers[0])

    def keep(self, customer_id: str, order_id: str, buyer: Buyer) -> bool:
        """Write down with whom an order was sent; tell whether nobody else is its buyer.

        What was sent first stands, also where it was forgotten since: nobody comes back.
        """
        erasures = self._erasures(customer_id)
        known = {"buyer": stored.text(buyer, exclude_none=True), "erasures": erasures}
        places = self._places(customer_id, order_id, buyer)
        is_new = table.put_new(self._item(customer_id, order_id) | known | places)
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

    def _known(self, customer_id: str) -> tuple[int, list[OrderBuyer]]:
        """Return how often a customer was forgotten, and all that is known of them since."""
        erasures, items = self._erasures(customer_id), self._items(customer_id)
        items.sort(key=lambda item: str(item["changed_at"]), reverse=True)
        known = ((str(item["order_id"]), _readable(item, erasures)) for item in items)
        return erasures, [OrderBuyer(order_id, buyer) for order_id, buyer in known if buyer]

    def _places(self, customer_id: str, order_id: str, buyer: Buyer) -> table.Item:
        """Return where a buyer is found by their address; nowhere where no mail gets there."""
        digest = self._digest(buyer)
        if digest is None:
            return {}
        listing = keys.mailbox(self._merchant_id, digest)
        return {"GSI1PK": listing, "GSI1SK": f"{customer_id}#{order_id}"}

    def _digest(self, buyer: Buyer) -> str | None:
        """Return the digest of the address that a buyer can be written to at."""
        address = mailbox(buyer.email)
        return address_digest(self._merchant_id, address) if address else None

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
        return _count(table.get(keys.customer(self._merchant_id, customer_id)))

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


def _count(item: table.Item | None) -> int:
    return int(item["erasures"]) if item else 0


def _readable(item: table.Item | None, erasures: int) -> Buyer | None:
    """Return who stands in an item, unless they were forgotten since."""
    if item is None or item.get("erasures") != erasures:
        return None
    return stored.read_text(Buyer, item["buyer"])
