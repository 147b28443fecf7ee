# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of orders: lifecycles, routes, and the circuits of gateways.

The same table and indexes as in `platform/keys.py`.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
Order             ORDER#<merchant_id>#<order_id>           ORDER             CUSTOMER#<merchant_id>#<customer_id>         <created_at>#<order_id>
Order lifecycle   ORDER#<merchant_id>#<order_id>           LIFECYCLE         ORDERED#<merchant_id>#<yyyy-mm-dd>#<shard>   <submitted_at>#<order_id>
Routes            ROUTES#<merchant_id>                     VERSION#<6 digits>
Circuit           CIRCUIT#<merchant_id>                    <gateway>
Payment link      PAYLINK#<sha256 of its token>            PAYLINK

Work queue            GSI2PK                               GSI2SK
Unknown checkouts     CHECKOUTS                            <next_check_at>#<order_id>

Access pattern                            Method                  Served by
An order with its lifecycle               Orders.find             Query PK, consistent
One order, one checkout                   Orders.open             TransactWriteItems, both put if absent
A change of an order's lifecycle          Orders.keep             PutItem on the version read
Orders of a day, or of a customer         order_lists.of_day, .of_customer  Query GSI1, BatchGetItem
The order that a payment link is of       link_store.find  GetItem, consistent
A payment link of an order                link_store.keep  PutItem if absent
How often a link was followed             link_store.count  UpdateItem, on the count that is left
Orders whose checkout is unknown          OrderQueue.due          Query GSI2
What a customer's newest orders were paid by  customer_histories.of_orders  Query GSI1, BatchGetItem
The routes saved last                     SavedRoutes.newest      Query PK, newest first, consistent
A version of the routes taken once        SavedRoutes.save        PutItem if absent
The gateways that are left alone now      circuit_breaker.resting        Query PK, consistent
Whether a gateway has answered since      circuit_breaker.is_silent      GetItem, consistent
A silence, counted for everybody          circuit_breaker.guarded        UpdateItem, added up by the table
One attempt finds out after a rest        circuit_breaker.guarded        UpdateItem on the rest that was read
"""

from kassa.platform.keys import Key

CHECKOUTS = "CHECKOUTS"
ORDER = "ORDER"
LIFECYCLE = "LIFECYCLE"


def order(merchant_id: str, order_id: str) -> str:
    """Return the partition of an order."""
    return f"ORDER#{merchant_id}#{order_id}"


def of_customer(merchant_id: str, customer_id: str) -> str:
    """Return the GSI1 partition of a customer's orders, at whichever gateway they are paid."""
    return f"CUSTOMER#{merchant_id}#{customer_id}"


def ordered(merchant_id: str, day: str, shard: int) -> str:
    """Return the GSI1 partition of a day's orders."""
    return f"ORDERED#{merchant_id}#{day}#{shard}"


def order_content(merchant_id: str, order_id: str) -> Key:
    """Return the key of what a shop sent, which never changes."""
    return Key(order(merchant_id, order_id), ORDER)


def order_lifecycle(merchant_id: str, order_id: str) -> Key:
    """Return the key of what became of an order."""
    return Key(order(merchant_id, order_id), LIFECYCLE)


def routes(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's routes; padded, so that they sort."""
    return Key(f"ROUTES#{merchant_id}", f"VERSION#{version:06d}")


def circuit(merchant_id: str, gateway: str) -> Key:
    """Return the key of a gateway's circuit."""
    return Key(f"CIRCUIT#{merchant_id}", gateway)


def payment_link(digest: str) -> Key:
    """Return the key of a payment link, by the digest of its token: the table can't open one."""
    return Key(f"PAYLINK#{digest}", "PAYLINK")
