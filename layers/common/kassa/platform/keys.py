# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design: what a key is, and the keys of rooms without a `keys.py` of their own.

The others spell theirs in that file, by the same rules.
<subject> is a subject's partition: PAYMENT#<gateway>#<account>#<payment_id>, or PAYOUT#… or
OBJECT#… of the same form. GSI1 lists, GSI2 is the sparse work queue; both hold keys only.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
State             <subject>                                STATE             CUSTOMER#<gateway>#<account>#<customer_id>   <created_at>
Event             <subject>                                EVENT#<event_id>  BOOKED#<yyyy-mm-dd>#<shard>                  <booked_at>#<event_id>
Closed object     <subject>                                OBJECT#<object_id>
Alias             ALIAS#<gateway>#<account>#<object_id>    ALIAS             ORDER#<gateway>#<account>#<order_id>         <payment_id>
Confirmation      CONFIRMED#<gateway>#<account>#<name>     CONFIRMED
Certificate       CERTIFICATE#<name>                       CERTIFICATE
Mapping           MAPPING#<gateway>#<account>              MAPPING
Mapping version   MAPPING#<gateway>#<account>              VERSION#<version>
Cursor            CURSOR#<gateway>#<account>#<name>        CURSOR
Heartbeat         CURSOR#<gateway>#<account>#heartbeat     CURSOR
API key           APIKEY#<key_id>                          APIKEY            APIKEYS                                      <created_at>#<key_id>
Person            PERSON#<person_id>                       PERSON            PERSONS                                      <created_at>#<person_id>
Register          PERSONS                                  REGISTER
Request           IDEMPOTENCY#<merchant_id>#<digest>       REQUEST
Audit item        AUDIT#<yyyy-mm-dd>                       <8 digits>
Audit head        AUDITHEAD                                AUDITHEAD
Failure           FAILURE#<queue>#<message_id>             FAILURE
Report run        REPORT#<merchant_id>#<period>#<name>      REPORT
Anomaly marks     REPORT#<merchant_id>#anomalies           MARKS
Anomaly alerts    REPORT#<merchant_id>#anomalies           ALERTED#<day>
Invoice           INVOICE#<merchant_id>#<series>#<number>  INVOICE        BILLED#<merchant_id>#<customer_id>           <issued_on>#<number>
Invoice series    SERIES#<merchant_id>#<series>            SERIES
Invoice of a fact INVOICED#<fact_id>                       INVOICED
Manual accounts   MANUAL#<merchant_id>                     ACCOUNTS
Smoke test        SMOKE#<name>                             SMOKE

Work queue        GSI2PK                                   GSI2SK
Waiting payments  WAITING                                  <since>#<payment_id>
A day's payments  PAYMENTS#<yyyy-mm-dd>                    <booked_at>#<subject>
Those of a status  PAYMENTS#<yyyy-mm-dd>#<status>          <booked_at>#<subject>
Open invoices     OPEN#<merchant_id>                       <due_on>#<number>
Overpaid invoices  OVERPAID#<merchant_id>                  <issued_on>#<number>

Access pattern                            Method                  Served by
A subject's state and one event           Books.read              BatchGetItem, consistent
One event booked exactly once             Books.commit            TransactWriteItems, event put if absent
The closed objects that an event is about  Books.reopened         BatchGetItem, consistent
An event we don't act on, kept once       Books.keep_ignored      PutItem if absent
The payment behind a charge               Books.payment_of        GetItem
The payments of an order                  PaymentFinder.by_order, .all_of  Query GSI1
A payment with all its events             EventLists.history      Query PK
The events booked between two instants    EventLists.between, .booked_between  Query GSI1 by shard, BatchGetItem
Events booked on a day, in pages          EventLists.booked_on    Query GSI1 by shard, BatchGetItem
An event by its id                        EventLists.find, .find_lately  Query GSI1 by day, GetItem
Payments of a day; of a customer           payment_lists.of_day, .of_customer, CustomerHistories.of  Query GSI2 or GSI1, BatchGetItem
What an id begins with, of some days      id_prefixes.events, .payments  Query GSI1 by shard
Payments that wait since before a time    Waiting.since           Query GSI2, BatchGetItem
What a gateway confirmed, once a name     Confirmations.find, .keep  GetItem, PutItem if absent or the same
A certificate of a gateway's              Certificates.find, .keep   GetItem, PutItem
An account's mapping, and an earlier one   Mappings.find           GetItem
How far a gateway or the archive was read  cursors.read, .advance  GetItem, UpdateItem
How often an account has spoken           heartbeats.read, .keep  GetItem, PutItem
The events an account sent in an hour    heartbeats.counted      Query GSI1 by shard
Which anomalies are expected              anomalies.store.Marks.read, .save  GetItem, PutItem over the version read
What of a day was alerted before its end  anomalies.alerted_store  BatchGetItem, PutItem over the version read
An API key kept once                      ApiKeys.add             PutItem if absent
An API key or a person by its id          .find                   GetItem, consistent
All API keys, or persons, oldest first    .listed                Query GSI1, BatchGetItem
An API key closed for good                ApiKeys.revoke          UpdateItem
A person kept once, none beside a sole one  Persons.add           TransactWriteItems with the register
A person disabled for good                Persons.disable         TransactWriteItems with the register
A person's roles changed                  Persons.change_roles    TransactWriteItems, held to who still approves
A request answered once           idempotency.begin, .finish  PutItem if absent or over, GetItem
An act and its audit item, or neither     audit_trail.transact    TransactWriteItems on the chain's head
How far the audit trail is                audit_trail.head        GetItem, consistent
A day's audit items, in order, or its last  audit_trail.items, .last  Query PK, consistent
Days that take no audit item any more     audit_trail.move        PutItem on the version read
Why a message failed the last time        failures.note, .find    PutItem on a later attempt, GetItem
The runs that closed given periods        Reports.runs            BatchGetItem, consistent
A period closed once                      Reports.claim           PutItem if absent
A closed period's documents all written   Reports.finish          PutItem if not finished
The document that a source was numbered for  Numbers.of_source    GetItem twice, consistent
How far a series is numbered and chained  Numbers.series          GetItem, consistent
A document by its number, some series' newest  invoice_lists.numbered, .newest  GetItem; BatchGetItem down from the last
A series from its first number to its last  Numbers.items         BatchGetItem, consistent
The next number taken, without a gap      Numbers.keep            TransactWriteItems on the number and hash read
A number void, once                       void_document           TransactWriteItems with the series and the audit trail
A number that a lost table held           restore_numbers          PutItem if absent, UpdateItem
The invoice of an order                   Receivables.of_order    GetItem twice, consistent
Invoices that are open, first due first; then those overpaid  Receivables.outstanding  Query GSI2, BatchGetItem
What was owed at the end of an earlier day  Receivables.of_numbers  BatchGetItem, up from the first
A customer's invoices and credit notes    Receivables.of_customer  Query GSI1, BatchGetItem
What became of an invoice, entered once   Receivables.add         UpdateItem on the version read
A document stands                         .note_document          UpdateItem, the first one stays
Accounts that payments were entered at    find_payment.accounts, Entries.enter  GetItem, UpdateItem that adds
"""

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

BOOKED_SHARDS = 4  # a day's events spread over as many partitions of GSI1
WAITING, STATE, ALIAS = "WAITING", "STATE", "ALIAS"
API_KEYS, PERSONS = "APIKEYS", "PERSONS"
EVENT, OBJECT = "EVENT#", "OBJECT#"
PLACES = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"})


class Key(NamedTuple):
    """A table key."""

    PK: str
    SK: str


def subject(kind: str, gateway: str, account: str, subject_id: str) -> str:
    """Return the partition of a subject."""
    return f"{kind.upper()}#{gateway}#{account}#{subject_id}"


def subject_named(partition: str) -> tuple[str, ...]:
    """Return the kind, gateway, account and id that a subject's partition is made of."""
    kind, gateway, account, subject_id = partition.split("#", 3)
    return kind.lower(), gateway, account, subject_id


def state(partition: str) -> Key:
    """Return the key of a subject's folded state."""
    return Key(partition, STATE)


def event(partition: str, event_id: str) -> Key:
    """Return the key of an event under its subject."""
    return Key(partition, f"{EVENT}{event_id}")


def closed_object(partition: str, object_id: str) -> Key:
    """Return the key of a settled object that has left its payment's item."""
    return Key(partition, f"{OBJECT}{object_id}")


def alias(gateway: str, account: str, object_id: str) -> Key:
    """Return the key of the item that leads from a charge to its payment."""
    return Key(f"ALIAS#{gateway}#{account}#{object_id}", ALIAS)


def confirmation(gateway: str, account: str, name: str) -> Key:
    """Return the key of what a gateway answered when an unverified notification was read back."""
    return Key(f"CONFIRMED#{gateway}#{account}#{name}", "CONFIRMED")


def certificate(name: str) -> Key:
    """Return the key of a certificate that a gateway signs with."""
    return Key(f"CERTIFICATE#{name}", "CERTIFICATE")


def mapping(gateway: str, account: str) -> Key:
    """Return the key of the mapping that an account's events are read by."""
    return Key(f"MAPPING#{gateway}#{account}", "MAPPING")


def mapping_version(gateway: str, account: str, version: str) -> Key:
    """Return the key of a mapping as it was saved once."""
    return Key(f"MAPPING#{gateway}#{account}", f"VERSION#{version}")


def cursor(gateway: str, account: str, name: str) -> Key:
    """Return the key of how far something was read at a gateway."""
    return Key(f"CURSOR#{gateway}#{account}#{name}", "CURSOR")


def api_key(key_id: str) -> Key:
    """Return the key of an API key's item."""
    return Key(f"APIKEY#{key_id}", "APIKEY")


PERSONS_REGISTER = Key(PERSONS, "REGISTER")  # how many are active, and who is sole


def person(person_id: str) -> Key:
    """Return the key of a person's item."""
    return Key(f"PERSON#{person_id}", "PERSON")


def idempotent_request(merchant_id: str, digest: str) -> Key:
    """Return the key of what was answered under an Idempotency-Key, known by its digest."""
    return Key(f"IDEMPOTENCY#{merchant_id}#{digest}", "REQUEST")


def audit_item(day: str, number: int) -> Key:
    """Return the key of a day's audit item; numbers are padded, so that they sort."""
    return Key(f"AUDIT#{day}", f"{number:08d}")


def audit_head() -> Key:
    """Return the key of the audit trail's head; no prefix of the items' keys fits it."""
    return Key("AUDITHEAD", "AUDITHEAD")


def failure(queue: str, message_id: str) -> Key:
    """Return the key of why a queue's message failed the last time."""
    return Key(f"FAILURE#{queue}#{message_id}", "FAILURE")


def report_run(merchant_id: str, period: str, name: str) -> Key:
    """Return the key of the run that closed a period's report."""
    return Key(f"REPORT#{merchant_id}#{period}#{name}", "REPORT")


def anomaly_marks(merchant_id: str) -> Key:
    """Return the key of what is expected of a merchant's anomalies."""
    return Key(f"REPORT#{merchant_id}#anomalies", "MARKS")


def anomaly_alerts(merchant_id: str, day: str) -> Key:
    """Return the key of what was alerted while a day went on."""
    return Key(f"REPORT#{merchant_id}#anomalies", f"ALERTED#{day}")


def invoice(merchant_id: str, series: str, number: int) -> Key:
    """Return the key of an invoice; numbers are padded, so that they sort."""
    return Key(f"INVOICE#{merchant_id}#{series}#{number:08d}", "INVOICE")


def invoice_series(merchant_id: str, series: str) -> Key:
    """Return the key of how far a series of invoices is numbered."""
    return Key(f"SERIES#{merchant_id}#{series}", "SERIES")


def invoiced(fact_id: str) -> Key:
    """Return the key of the item that leads from a capture to its invoice."""
    return Key(f"INVOICED#{fact_id}", "INVOICED")


def of_order(merchant_id: str, order_id: str) -> str:
    """Return the source under which an order leads to its invoice."""
    return f"order:{merchant_id}:{order_id}"


def of_payment(gateway: str, account: str, payment_id: str) -> str:
    """Return the source under which a payment leads to the invoice that it paid."""
    return f"payment:{gateway}:{account}:{payment_id}"


def billed(merchant_id: str, customer_id: str) -> str:
    """Return the GSI1 partition of a customer's invoices and credit notes."""
    return f"BILLED#{merchant_id}#{customer_id}"


def open_invoices(merchant_id: str) -> str:
    """Return the GSI2 partition of the invoices of which something is owed."""
    return f"OPEN#{merchant_id}"


def manual_accounts(merchant_id: str) -> Key:
    """Return the key of the names of all accounts that people entered payments at."""
    return Key(f"MANUAL#{merchant_id}", "ACCOUNTS")


def overpaid_invoices(merchant_id: str) -> str:
    """Return the GSI2 partition of the invoices that customers paid more of than was owed."""
    return f"OVERPAID#{merchant_id}"


def smoke(name: str) -> Key:
    """Return the key of an item by which `kassa smoke` tries what a role may write."""
    return Key(f"SMOKE#{name}", "SMOKE")


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


def payments_of(day: str, status: str | None = None) -> str:
    """Return the GSI2 partition of a day's payments, or of those that stand one way."""
    return f"PAYMENTS#{day}#{status}" if status else f"PAYMENTS#{day}"


def to_the_second(at: datetime) -> str:
    """Return an instant as the work queue orders it."""
    return at.isoformat(timespec="seconds")


def listed(instant: str, object_id: str) -> str:
    """Return a sort key that orders by instant."""
    return f"{instant}#{object_id}"
