"""Single-table key design, of customers.

Entity            PK                                       SK
Customer          CUSTOMER#<merchant_id>#<customer_id>     CUSTOMER

Access pattern                            Method                  Served by
Who a customer is                         Customers.find          GetItem, consistent
What a shop says of a customer            Customers.keep          PutItem
A customer who is to be forgotten         Customers.erase         PutItem, over what stood
"""

from kassa.platform.keys import Key

CUSTOMER = "CUSTOMER"


def customer(merchant_id: str, customer_id: str) -> Key:
    """Return the key of who a customer is."""
    return Key(f"CUSTOMER#{merchant_id}#{customer_id}", CUSTOMER)
