# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of reminders.

Entity               PK                                       SK
Reminded customer    REMINDERS#<merchant_id>#<customer_id>    CUSTOMER
Reminder             REMINDERS#<merchant_id>#<customer_id>    REMINDER#<anchor>#<step>
Abandoned checkout   ABANDONED#<merchant_id>#<order_id>       CHECKOUT
Reminder run         REMINDERRUN#<merchant_id>                RUN
Checkouts looked at  REMINDERRUN#<merchant_id>                CHECKOUTS
Reminder policy      REMINDERPOLICY#<merchant_id>             VERSION#<6 digits>

Work queue           GSI2PK                                   GSI2SK
Untold reminders     UNTOLD#<merchant_id>                     <decided_at>#<reminder id or order id>

Access pattern                            Method                  Served by
What customers were told, and pauses      Reminded.found          BatchGetItem
A reminder once, with what was told       Reminded.begin          TransactWriteItems, put if absent, customer on the version read
A pause, with its act                     Reminded.keep_pause     TransactWriteItems on the version read
A customer's reminders                    Reminded.reminders_of   Query PK, consistent
An order's customer told once             Abandonments.begin      PutItem if absent
What isn't published yet, oldest first    untold                  Query GSI2, BatchGetItem
How far today's run has come              Runs.of, Runs.keep       GetItem, PutItem
The policy saved last                     SavedReminderPolicies.newest  Query PK, newest first, consistent
"""

from kassa.platform.keys import Key

CUSTOMER, REMINDER, CHECKOUT = "CUSTOMER", "REMINDER#", "CHECKOUT"


def customer(merchant_id: str, customer_id: str) -> Key:
    """Return the key of what a customer was told, and until when nobody is to tell them."""
    return Key(f"REMINDERS#{merchant_id}#{customer_id}", CUSTOMER)


def reminder(merchant_id: str, customer_id: str, anchor: str, step: str) -> Key:
    """Return the key of a reminder."""
    return Key(customer(merchant_id, customer_id).PK, f"{REMINDER}{anchor}#{step}")


def abandoned(merchant_id: str, order_id: str) -> Key:
    """Return the key of that an order's customer is told that they left it."""
    return Key(f"ABANDONED#{merchant_id}#{order_id}", CHECKOUT)


def run(merchant_id: str) -> Key:
    """Return the key of how far today's run has come."""
    return Key(f"REMINDERRUN#{merchant_id}", "RUN")


def checkouts(merchant_id: str) -> Key:
    """Return the key of up to when orders were looked at."""
    return Key(f"REMINDERRUN#{merchant_id}", "CHECKOUTS")


def policy(merchant_id: str, version: int) -> Key:
    """Return the key of a version of the policy; padded, so that they sort."""
    return Key(f"REMINDERPOLICY#{merchant_id}", f"VERSION#{version:06d}")


def untold(merchant_id: str) -> str:
    """Return the GSI2 partition of what was decided and isn't published yet."""
    return f"UNTOLD#{merchant_id}"
