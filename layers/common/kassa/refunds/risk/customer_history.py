"""A customer's history, read from the books themselves: there are no counters to keep right.

The shop's own customers are found by the orders that Kassa opened for them, at whichever gateway
those were paid; what no order of ours names is found by the id that one gateway account gives. At
most the hundred newest are read; the history says so where there are more. Reads are eventually
consistent: half the price, and a score may be a second behind.
"""

from collections.abc import Iterable, Iterator

from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import partition, subject_state
from kassa.orders import keys as order_keys
from kassa.orders.lifecycle import OrderLifecycle
from kassa.platform import keys, table
from kassa.platform.keys import Key
from kassa.platform.telemetry import leave_out
from kassa.refunds.risk.signals import CustomerHistory

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
        listed, is_all = _newest(keys.customer(self._gateway, self._account, customer_id))
        return _history(listed, is_all)


def of_orders(merchant_id: str, customer_id: str) -> CustomerHistory | None:
    """Return the history of a shop's customer, over every gateway their orders were paid at."""
    orders, is_all = _newest(order_keys.of_customer(merchant_id, customer_id))
    lifecycles = [Key(order.PK, order_keys.LIFECYCLE) for order in orders]
    found = table.get_all(lifecycles, is_consistent=False).values()
    paid = [key for lifecycle in _lifecycles(found) for key in _paid_by(lifecycle)]
    return _history(paid[:PAYMENTS_MAX], is_all and len(paid) <= PAYMENTS_MAX)


def _newest(listed_under: str) -> tuple[list[Key], bool]:
    """Return the keys of what was listed last, and whether these are all."""
    newest, more = table.query(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :customer",
        ExpressionAttributeValues=table.typed({":customer": listed_under}),
        ScanIndexForward=False,
        Limit=PAYMENTS_MAX,
    )
    return [Key(entry["PK"], entry["SK"]) for entry in newest], more is None


def _lifecycles(items: Iterable[table.Item]) -> Iterator[OrderLifecycle]:
    """Read orders' lifecycles; one that only a newer release can read is left out."""
    for item in items:
        try:
            yield stored.read_text(OrderLifecycle, item["lifecycle"])
        except UnreadableItem as error:
            leave_out(error)


def _paid_by(lifecycle: OrderLifecycle) -> Iterable[Key]:
    """Return the keys of every payment that was captured for an order."""
    for one in (*lifecycle.payers, *lifecycle.duplicate_payments, *lifecycle.part_payments):
        names = {"gateway": one.gateway, "account": one.account, "kind": SubjectKind.PAYMENT}
        subject = Subject.model_validate(names | {"subject_id": one.payment_id})
        yield keys.state(partition(subject))


def _history(payments: list[Key], is_all: bool) -> CustomerHistory | None:
    found = table.get_all(payments, is_consistent=False).values()
    return CustomerHistory.of(map(subject_state, found), read_all=is_all)
