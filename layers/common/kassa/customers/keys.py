"""Single-table key design, of customers.

Entity            PK                                       SK
Customer          CUSTOMER#<merchant_id>#<customer_id>     CUSTOMER
Buyer             CUSTOMER#<merchant_id>#<customer_id>     BUYER#<order_id>

Access pattern                            Method                  Served by
To whom an order is invoiced              Customers.buyer_of      GetItem twice, consistent
The buyer that an order was sent with     Customers.keep          GetItem, PutItem if absent
All that is known of a customer           Customers.buyers        Query PK, consistent
A customer who is to be forgotten         Customers.erase         UpdateItem, PutItem over older
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
