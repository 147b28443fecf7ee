"""Single-table key design, of the lists of payments and of imports.

Entity    PK                    SK      GSI1PK    GSI1SK
Import    IMPORT#<import_id>    IMPORT  IMPORTS   <started_at>#<import_id>

Two items of a payment stand in lists of the UTC day on which its first event was booked: that event
in the list of all, for ever, and its state in the list of those that stand like it, as long as it
does and waits for nothing. GSI2SK is the same in both.

Work queue                 GSI2PK                            GSI2SK
A day's payments           PAYMENTS#<yyyy-mm-dd>             <booked_at>#<subject>
Those that stand one way   PAYMENTS#<yyyy-mm-dd>#<status>    <booked_at>#<subject>

Access pattern                         Method              Served by
A day's payments, also of one status   payment_lists.of_day  Query GSI2, BatchGetItem
Imports, newest first                  import_runs.listed  Query GSI1, BatchGetItem
What became of the rows of an import   import_runs.count   UpdateItem that adds
"""

from kassa.platform.keys import Key

IMPORTS = "IMPORTS"


def import_run(import_id: str) -> Key:
    """Return the key of one import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def payments_of(day: str, status: str | None = None) -> str:
    """Return the GSI2 partition of a day's payments, or of those that stand one way."""
    return f"PAYMENTS#{day}#{status}" if status else f"PAYMENTS#{day}"
