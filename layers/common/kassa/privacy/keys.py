# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of privacy.

Entity            PK                                       SK
Erasure           ERASURE#<merchant_id>#<customer_id>      ERASURE

Access pattern                            Method                  Served by
How far an erasure is                     erasure_store.find      GetItem, consistent
An erasure begun, gone on with, ended     erasure_store.begin, .keep, .end  PutItem on the version read
"""

from kassa.platform.keys import Key


def erasure(merchant_id: str, customer_id: str) -> Key:
    """Return the key of how far the erasing of a customer is."""
    return Key(f"ERASURE#{merchant_id}#{customer_id}", "ERASURE")
