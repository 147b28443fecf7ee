# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of refunds: requests and their lifecycles, policies, limits and markers.

The same table and indexes as in `platform/keys.py`.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
Refund policy     POLICY#<merchant_id>                     VERSION#<6 digits>
Refund request    REFUND#<refund_request_id>               REQUEST           REQUESTED#<merchant_id>#<yyyy-mm-dd>         <requested_at>#<refund_request_id>
Refund lifecycle  REFUND#<refund_request_id>               LIFECYCLE
Customer's comment  REFUND#<refund_request_id>               COMMENT
Merchant's limit  LIMIT#<merchant_id>#<yyyy-mm-dd>#<currency>  MERCHANT
Customer's limit  LIMIT#<merchant_id>#<yyyy-mm-dd>#<currency>  CUSTOMER#<customer>
Person's day      LIMIT#<merchant_id>#<yyyy-mm-dd>#<currency>  PERSON#<person_id>
Person's payment  LIMIT#<merchant_id>#<subject>#<currency>  PERSON#<person_id>
Marker            SEEN#<merchant_id>#<kind>#<value>        <requested_at>#<refund_request_id>

Work queue        GSI2PK                                   GSI2SK
Refunds to go on  REFUNDS                                  <next_check_at>#<refund_request_id>
Refunds to decide ESCALATED                                <next_check_at>#<refund_request_id>

Access pattern                            Method                  Served by
The refund policy that rules now          Policies.active         Query PK, newest first, consistent
A refund policy's version                 Policies.version        GetItem, consistent
A merchant's refund policies              Policies.listed         Query PK, newest first, in pages
A policy's version taken once             Policies.save           PutItem if absent
A refund request with its lifecycle       RefundRequests.find     Query PK, consistent
One claim, one request                    RefundRequests.open     TransactWriteItems, request put if absent
A change of a request's lifecycle         RefundRequests.keep     PutItem on the version read
Headroom taken or given back              RefundRequests.keep_held          TransactWriteItems on both versions
What a person approved alone              lone_approval_store.read BatchGetItem, consistent
Refund requests that are due              RefundQueues.due        Query GSI2
Refund requests a person must decide      RefundQueues.to_decide  Query GSI2, BatchGetItem
Refund requests of a day                  RefundQueues.requested_on  Query GSI1, BatchGetItem
How often a card and the like requested   Markers.counts          Query PK since a time, counted
"""

from kassa.platform.keys import Key

REFUNDS = "REFUNDS"
ESCALATED = "ESCALATED"
REQUEST = "REQUEST"
LIFECYCLE = "LIFECYCLE"
COMMENT = "COMMENT"


def policy(merchant_id: str, version: int) -> Key:
    """Return the key of a refund policy's version; versions are padded, so that they sort."""
    return Key(f"POLICY#{merchant_id}", f"VERSION#{version:06d}")


def refund(refund_request_id: str) -> str:
    """Return the partition of a refund request."""
    return f"REFUND#{refund_request_id}"


def refund_request(refund_request_id: str) -> Key:
    """Return the key of a refund request, which never changes."""
    return Key(refund(refund_request_id), REQUEST)


def refund_lifecycle(refund_request_id: str) -> Key:
    """Return the key of how a refund request stands."""
    return Key(refund(refund_request_id), LIFECYCLE)


def refund_comment(refund_request_id: str) -> Key:
    """Return the key of what a customer wrote with a refund request; it is dropped in time."""
    return Key(refund(refund_request_id), COMMENT)


def requested(merchant_id: str, day: str) -> str:
    """Return the GSI1 partition of a day's refund requests."""
    return f"REQUESTED#{merchant_id}#{day}"


def merchant_limit(merchant_id: str, day: str, currency: str) -> Key:
    """Return the key of what a merchant's policy approved on a day."""
    return Key(f"LIMIT#{merchant_id}#{day}#{currency}", "MERCHANT")


def limited_customer(customer: str) -> str:
    """Return how a day's limits name a customer, over all gateways where an order names them."""
    return f"CUSTOMER#{customer}"


def customer_limit(merchant_id: str, day: str, currency: str, customer: str) -> Key:
    """Return the key of what was approved automatically for one customer on a day."""
    return Key(f"LIMIT#{merchant_id}#{day}#{currency}", customer)


def person_day(merchant_id: str, day: str, currency: str, person: str) -> Key:
    """Return the key of what a person approved alone on a day."""
    return Key(f"LIMIT#{merchant_id}#{day}#{currency}", f"PERSON#{person}")


def person_payment(merchant_id: str, subject: str, currency: str, person: str) -> Key:
    """Return the key of what a person approved alone of one payment."""
    return Key(f"LIMIT#{merchant_id}#{subject}#{currency}", f"PERSON#{person}")


def seen(merchant_id: str, kind: str, value: str) -> str:
    """Return the partition of who requested refunds lately: a card, an address and the like."""
    return f"SEEN#{merchant_id}#{kind}#{value}"
