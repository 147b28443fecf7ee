"""A customer's history, read from the books themselves: there are no counters to keep right.

At most the hundred newest payments are read; the history says so where there are more. Reads are
eventually consistent: half the price, and a score may be a second behind.
"""

from kassa.adapters import keys, table
from kassa.adapters.event_items import subject_state
from kassa.domain.risk import CustomerHistory

PAYMENTS_MAX = 100  # what one BatchGetItem takes


class CustomerHistories:
    """The histories of one gateway account's customers."""

    def __init__(self, gateway: str, account: str) -> None:
        self._gateway = gateway
        self._account = account

    def of(self, customer_id: str | None) -> CustomerHistory | None:
        """Return a customer's history; none for a customer who isn't known to have paid."""
        if not customer_id:
            return None
        newest, more = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :customer",
            ExpressionAttributeValues=table.typed(
                {":customer": keys.customer(self._gateway, self._account, customer_id)}
            ),
            ScanIndexForward=False,
            Limit=PAYMENTS_MAX,
        )
        wanted = [keys.Key(entry["PK"], entry["SK"]) for entry in newest]
        payments = table.get_all(wanted, is_consistent=False).values()
        return CustomerHistory.of(map(subject_state, payments), read_all=more is None)
