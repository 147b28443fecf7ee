"""Customers in the table: the one item, beside documents, that holds names and addresses.

Everything else holds ids, so one write forgets a customer. Documents that were issued keep what
the law makes their issuer keep; when they go is the bucket's lifecycle.
"""

from kassa.core import stored
from kassa.customers import keys
from kassa.customers.parties import Party
from kassa.platform import clock, table
from kassa.platform.keys import Key


class Customers:
    """Reads and writes of one merchant's customers."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def find(self, customer_id: str) -> Party | None:
        """Return who a customer is; none where nobody said, or they were forgotten."""
        item = table.get(keys.customer(self._merchant_id, customer_id))
        if item is None or "party" not in item:
            return None
        return stored.read_text(Party, item["party"])

    def keep(self, customer_id: str, party: Party) -> None:
        """Write down who a customer is; what was said last stands."""
        self._put(customer_id, {"party": stored.text(party, exclude_none=True)})

    def erase(self, customer_id: str) -> None:
        """Forget who a customer is; when they were forgotten stays."""
        self._put(customer_id, {"erased_at": clock.now().isoformat()})

    def _put(self, customer_id: str, fields: table.Item) -> None:
        fields = {"customer_id": customer_id, "changed_at": clock.now().isoformat()} | fields
        table.write("put_item", Item=table.typed(self._key(customer_id)._asdict() | fields))

    def _key(self, customer_id: str) -> Key:
        return keys.customer(self._merchant_id, customer_id)
