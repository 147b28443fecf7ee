# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of deliveries.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
Delivery          DELIVERY#<merchant_id>#<delivery_id>     DELIVERY          DELIVERIES#<merchant_id>#<yyyy-mm-dd>#<shard>  <created_at>#<delivery_id>

Work queue        GSI2PK                                   GSI2SK
Due deliveries    DELIVERIESDUE#<merchant_id>              <due_at>#<delivery_id>
Failed ones       DELIVERIESFAILED#<merchant_id>           <created_at>#<delivery_id>

Access pattern                            Method                  Served by
What is told to whom, begun once          Deliveries.begin        PutItem if absent, GetItem, PutItem on the version read
What became of it                         Deliveries.end          PutItem on the version read
What its carrier reported                 Deliveries.report       GetItem, PutItem on the version read
A delivery that a person drives again     Deliveries.redrive      TransactWriteItems with the audit trail
Deliveries of a day, newest first         delivery_lists.of_day   Query GSI1 by shard, BatchGetItem
Deliveries that failed, newest first      delivery_lists.failed   Query GSI2, BatchGetItem
Deliveries that are due                   delivery_lists.due      Query GSI2, BatchGetItem
"""

from datetime import datetime
from zlib import crc32

from kassa.platform.keys import Key, listed

SHARDS = 4  # a day's deliveries are spread over as many partitions of GSI1
DELIVERY = "DELIVERY"


def delivery(merchant_id: str, delivery_id: str) -> Key:
    """Return the key of a delivery's record."""
    return Key(f"DELIVERY#{merchant_id}#{delivery_id}", DELIVERY)


def of_day(merchant_id: str, day: str) -> list[str]:
    """Return the GSI1 partitions of a day's deliveries."""
    return [f"DELIVERIES#{merchant_id}#{day}#{shard}" for shard in range(SHARDS)]


def in_day(merchant_id: str, delivery_id: str, created_at: datetime) -> tuple[str, str]:
    """Return where a delivery stands in its day's list."""
    day = created_at.date().isoformat()
    partition = of_day(merchant_id, day)[crc32(delivery_id.encode()) % SHARDS]
    return partition, listed(created_at.isoformat(), delivery_id)


def due(merchant_id: str) -> str:
    """Return the GSI2 partition of the deliveries that somebody must look at, and when."""
    return f"DELIVERIESDUE#{merchant_id}"


def failed(merchant_id: str) -> str:
    """Return the GSI2 partition of the deliveries that a person should see."""
    return f"DELIVERIESFAILED#{merchant_id}"
