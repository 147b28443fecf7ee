# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of payments that people enter.

Entity            PK                                       SK         GSI1PK                                GSI1SK
Manual entry      MANUAL#<merchant_id>#<payment_id>        ENTRY      MANUALOF#<merchant_id>#<sale>         <payment_id>
Manual likeness   MANUAL#<merchant_id>#<digest>            LIKENESS

Work queue        GSI2PK                                   GSI2SK
Unqueued entries  MANUALENTRIES                            <said_at>#<payment_id>

Access pattern                            Method                  Served by
A payment as it was entered               Entries.find            GetItem, consistent
Payments that are alike                   Entries.alike           GetItem, consistent
Payments that were entered of a sale      Entries.of_sale         Query GSI1, GetItem
A payment entered once, with its act      Entries.enter           TransactWriteItems, entry put if absent
What is said of a payment later           Entries.change          TransactWriteItems on the version read
All that was said is on EventsQueue       Entries.note_queued     UpdateItem on the version read
What was said and isn't queued yet        Entries.unqueued        Query GSI2
"""

from kassa.platform.keys import Key

UNQUEUED = "MANUALENTRIES"


def entry(merchant_id: str, payment_id: str) -> Key:
    """Return the key of a payment that was entered."""
    return Key(f"MANUAL#{merchant_id}#{payment_id}", "ENTRY")


def of_sale(merchant_id: str, sale: str) -> str:
    """Return the GSI1 partition of the payments that were entered of an order, or an invoice."""
    return f"MANUALOF#{merchant_id}#{sale}"


def likeness(merchant_id: str, digest: str) -> Key:
    """Return the key of how many payments are alike: by account, reference, amount and day."""
    return Key(f"MANUAL#{merchant_id}#{digest}", "LIKENESS")
