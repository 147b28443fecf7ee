# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design: the only place where a PK or an SK is spelled out.

<subject> is a subject's partition: PAYMENT#<gateway>#<account>#<payment_id>, or PAYOUT#… or
OBJECT#… of the same form. GSI1 lists, GSI2 is the sparse work queue; both hold keys only.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
State             <subject>                                STATE             CUSTOMER#<gateway>#<account>#<customer_id>   <created_at>
Event             <subject>                                EVENT#<event_id>  BOOKED#<yyyy-mm-dd>#<shard>                  <booked_at>#<event_id>
Alias             ALIAS#<gateway>#<account>#<object_id>    ALIAS             ORDER#<gateway>#<account>#<order_id>         <payment_id>
Cursor            CURSOR#<gateway>#<account>#<name>        CURSOR
API key           APIKEY#<key_id>                          APIKEY            APIKEYS                                      <created_at>#<key_id>
Refund policy     POLICY#<merchant_id>                     VERSION#<6 digits>
Report run        REPORT#<merchant_id>#<period>#<yyyy-mm-dd>  REPORT
Invoice           INVOICE#<merchant_id>#<series>#<number>  INVOICE
Invoice series    SERIES#<merchant_id>#<series>            SERIES
Invoice of a fact INVOICED#<fact_id>                       INVOICED
Refund request    REFUND#<refund_request_id>               REQUEST           REQUESTED#<merchant_id>#<yyyy-mm-dd>         <requested_at>#<refund_request_id>
Refund life       REFUND#<refund_request_id>               LIFE
Merchant's limit  LIMIT#<merchant_id>#<yyyy-mm-dd>#<currency>  MERCHANT
Customer's limit  LIMIT#<merchant_id>#<yyyy-mm-dd>#<currency>  CUSTOMER#<gateway>#<account>#<customer_id>
Marker            SEEN#<merchant_id>#<kind>#<value>        <requested_at>#<refund_request_id>

Work queue        GSI2PK                                   GSI2SK
Waiting payments  WAITING                                  <since>#<payment_id>
Refunds to go on  REFUNDS                                  <wakes_at>#<refund_request_id>
Refunds to decide ESCALATED                                <wakes_at>#<refund_request_id>

Access pattern                            Method                  Served by
A subject's state and one event           Books.read              BatchGetItem, consistent
One event booked exactly once             Books.commit            TransactWriteItems, event put if absent
An event we don't act on, kept once       Books.keep_ignored      PutItem if absent
The payment behind a charge               Books.payment_of        GetItem
The payments of an order                  PaymentFinder.find      Query GSI1
A payment with all its events             EventLists.history      Query PK
Events booked on a day, in pages          EventLists.booked_on    Query GSI1 by shard, BatchGetItem
An event by its id                        EventLists.find         Query GSI1 by day, GetItem
Payments that wait since before a time    Waiting.since           Query GSI2, BatchGetItem
How far a gateway was read                Cursors.read, .advance  GetItem, PutItem
An API key kept once                      ApiKeys.add             PutItem if absent
An API key by its id                      ApiKeys.find            GetItem, consistent
All API keys, oldest first                ApiKeys.listed          Query GSI1, BatchGetItem
An API key closed for good                ApiKeys.revoke          UpdateItem
The refund policy that rules now          Policies.active         Query PK, newest first, consistent
A refund policy's version                 Policies.version        GetItem, consistent
A merchant's refund policies              Policies.listed         Query PK, newest first, in pages
A policy's version taken once             Policies.save           PutItem if absent
The runs that closed given days           Reports.runs            BatchGetItem, consistent
A day closed once                         Reports.claim           PutItem if absent
A closed day's documents all written      Reports.finish          PutItem if not finished
The invoice of a capture                  Invoices.of_fact        GetItem twice, consistent
How far a series is numbered              Invoices.series         GetItem, consistent
The next number taken, without a gap      Invoices.issue          TransactWriteItems on the number read
An invoice's document stands              Invoices.note_document  UpdateItem, the first one stays
A refund request with its life            RefundRequests.find     Query PK, consistent
One claim, one request                    RefundRequests.open     TransactWriteItems, request put if absent
A change of a request's life              RefundRequests.keep     PutItem on the version read
Headroom taken or given back              RefundRequests.keep_with_payment  TransactWriteItems on both versions
Refund requests that are due              RefundQueues.due        Query GSI2
Refund requests a person must decide      RefundQueues.to_decide  Query GSI2, BatchGetItem
Refund requests of a day                  RefundQueues.requested_on  Query GSI1, BatchGetItem
A customer's newest payments              CustomerHistories.of    Query GSI1, BatchGetItem
How often a card and the like asked       Markers.counts          Query PK since a time, counted
"""

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

BOOKED_SHARDS = 4  # a day's events spread over as many partitions of GSI1
WAITING = "WAITING"
REFUNDS = "REFUNDS"
ESCALATED = "ESCALATED"
REQUEST = "REQUEST"
LIFE = "LIFE"
STATE = "STATE"
API_KEYS = "APIKEYS"
EVENT = "EVENT#"


class Key(NamedTuple):
    """A table key."""

    PK: str
    SK: str


def subject(kind: str, gateway: str, account: str, subject_id: str) -> str:
    """Return the partition of a subject."""
    return f"{kind.upper()}#{gateway}#{account}#{subject_id}"


def state(partition: str) -> Key:
    """Return the key of a subject's folded state."""
    return Key(partition, STATE)


def event(partition: str, event_id: str) -> Key:
    """Return the key of an event under its subject."""
    return Key(partition, f"{EVENT}{event_id}")


def alias(gateway: str, account: str, object_id: str) -> Key:
    """Return the key of the item that leads from a charge to its payment."""
    return Key(f"ALIAS#{gateway}#{account}#{object_id}", "ALIAS")


def cursor(gateway: str, account: str, name: str) -> Key:
    """Return the key of how far something was read at a gateway."""
    return Key(f"CURSOR#{gateway}#{account}#{name}", "CURSOR")


def api_key(key_id: str) -> Key:
    """Return the key of an API key's item."""
    return Key(f"APIKEY#{key_id}", "APIKEY")


def policy(merchant_id: str, version: int) -> Key:
    """Return the key of a refund policy's version; versions are padded, so that they sort."""
    return Key(f"POLICY#{merchant_id}", f"VERSION#{version:06d}")


def report_run(merchant_id: str, period: str, day: str) -> Key:
    """Return the key of the run that closed a day's report."""
    return Key(f"REPORT#{merchant_id}#{period}#{day}", "REPORT")


def invoice(merchant_id: str, series: str, number: int) -> Key:
    """Return the key of an invoice; numbers are padded, so that they sort."""
    return Key(f"INVOICE#{merchant_id}#{series}#{number:08d}", "INVOICE")


def invoice_series(merchant_id: str, series: str) -> Key:
    """Return the key of how far a series of invoices is numbered."""
    return Key(f"SERIES#{merchant_id}#{series}", "SERIES")


def invoiced(fact_id: str) -> Key:
    """Return the key of the item that leads from a capture to its invoice."""
    return Key(f"INVOICED#{fact_id}", "INVOICED")


def refund(refund_request_id: str) -> str:
    """Return the partition of a refund request."""
    return f"REFUND#{refund_request_id}"


def refund_request(refund_request_id: str) -> Key:
    """Return the key of a refund request, which never changes."""
    return Key(refund(refund_request_id), REQUEST)


def refund_life(refund_request_id: str) -> Key:
    """Return the key of how a refund request stands."""
    return Key(refund(refund_request_id), LIFE)


def requested(merchant_id: str, day: str) -> str:
    """Return the GSI1 partition of a day's refund requests."""
    return f"REQUESTED#{merchant_id}#{day}"


def merchant_limit(merchant_id: str, day: str, currency: str) -> Key:
    """Return the key of what a merchant's policy approved on a day."""
    return Key(f"LIMIT#{merchant_id}#{day}#{currency}", "MERCHANT")


def limited_customer(gateway: str, account: str, customer_id: str) -> str:
    """Return how a day's limits name a customer; without one, each payment is its own."""
    return f"CUSTOMER#{gateway}#{account}#{customer_id}"


def customer_limit(merchant_id: str, day: str, currency: str, customer: str) -> Key:
    """Return the key of what was approved automatically for one customer on a day."""
    return Key(f"LIMIT#{merchant_id}#{day}#{currency}", customer)


def seen(merchant_id: str, kind: str, value: str) -> str:
    """Return the partition of what asked for refunds lately: a card, an address and the like."""
    return f"SEEN#{merchant_id}#{kind}#{value}"


def customer(gateway: str, account: str, customer_id: str) -> str:
    """Return the GSI1 partition of a customer's payments."""
    return f"CUSTOMER#{gateway}#{account}#{customer_id}"


def order(gateway: str, account: str, order_id: str) -> str:
    """Return the GSI1 partition of an order's payments."""
    return f"ORDER#{gateway}#{account}#{order_id}"


def booked(day: str, shard: int) -> str:
    """Return the GSI1 partition of a day's events."""
    return f"BOOKED#{day}#{shard}"


def shard(event_id: str) -> int:
    """Return the shard an event is listed in, the same for ever."""
    return crc32(event_id.encode()) % BOOKED_SHARDS


def to_the_second(at: datetime) -> str:
    """Return an instant as the work queue orders it."""
    return at.isoformat(timespec="seconds")


def listed(instant: str, object_id: str) -> str:
    """Return a sort key that orders by instant."""
    return f"{instant}#{object_id}"
