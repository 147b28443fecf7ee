# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of customers. A mail address stands in keys as its digest alone.

Entity            PK                                       SK                GSI1PK                                   GSI1SK
Customer          CUSTOMER#<merchant_id>#<customer_id>     CUSTOMER
Buyer             CUSTOMER#<merchant_id>#<customer_id>     BUYER#<order_id>  MAILBOX#<merchant_id>#<address digest>   <customer_id>#<order_id>
Sign-in code      SIGNIN#<merchant_id>#<locator>           CODE

Access pattern                            Method                  Served by
To whom an order is invoiced              Customers.buyer_of      GetItem twice, consistent
The buyer that an order was sent with     Customers.keep          GetItem, PutItem if absent
All that is known of a customer           Customers.buyers        Query PK, consistent
Who is reached at a mail address          Customers.reached_at    Query GSI1, then Customers.buyers
Which customers still are reached there   Customers.reached_of    Customers.buyers of each
A customer who is to be forgotten         Customers.erase         UpdateItem, PutItem over older
A code, in place of the one before        sign_in_store.keep      PutItem
The code that an address was given last   sign_in_store.find      GetItem, consistent
One try at a code, of as many as there are  sign_in_store.take_try  UpdateItem below the cap
A code redeemed once                      sign_in_store.redeeming  TransactWriteItems with the session
"""

from kassa.platform.keys import Key

CUSTOMER = "CUSTOMER"
BUYER = "BUYER#"


def customer(merchant_id: str, customer_id: str) -> Key:
    """Return the key of how often a customer was forgotten."""
    return Key(f"CUSTOMER#{merchant_id}#{customer_id}", CUSTOMER)


def buyer(merchant_id: str, customer_id: str, order_id: str) -> Key:
    """Return the key of whom an order named as its buyer."""
    return Key(customer(merchant_id, customer_id).PK, f"{BUYER}{order_id}")


def mailbox(merchant_id: str, address_digest: str) -> str:
    """Return the GSI1 partition of the buyers that were named with a mail address."""
    return f"MAILBOX#{merchant_id}#{address_digest}"


def customer_named(merchant_id: str, partition: str) -> str:
    """Return the id of the customer whose partition this is."""
    return partition.removeprefix(customer(merchant_id, "").PK)


def sign_in_code(merchant_id: str, locator: str) -> Key:
    """Return the key of the one code that an address has, by what its code's id begins with."""
    return Key(f"SIGNIN#{merchant_id}#{locator}", "CODE")
