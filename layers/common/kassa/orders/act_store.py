"""What a person did to an order, in the table: the change and its act, both or neither."""

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.core.errors import StaleWrite
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import table


def keep(orders: Orders, before: OrderLifecycle, after: OrderLifecycle, act: Act) -> None:
    """Write a person's change with its act; raise StaleWrite if the order moved on."""
    try:
        audit_trail.transact([{"Update": orders.update(before, after)}], act)
    except ClientError as error:
        if table.is_cancelled(error):
            raise StaleWrite("the order has moved on") from error
        raise
