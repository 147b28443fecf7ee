# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of disputes.

Entity            PK                                       SK                GSI1PK                                       GSI1SK
Dispute           DISPUTE#<gateway>#<account>#<dispute_id>  DISPUTE          DISPUTES#<merchant_id>#<open or closed>      <evidence_due_by or ended_at>#<gateway>/<account>/<dispute_id>

Work queue        GSI2PK                                   GSI2SK
Disputes to look at  DISPUTESDUE                           <next_check_at>#<gateway>/<account>/<dispute_id>

Access pattern                            Method                  Served by
A dispute                                 Disputes.find           GetItem, consistent
What the books say of one                 Disputes.keep           UpdateItem on the version read
What a person did with one                Disputes.keep_acted     TransactWriteItems with the audit trail
Open disputes, the first due first        Disputes.open           Query GSI1, BatchGetItem
Disputes that ended, newest first         Disputes.closed         Query GSI1, BatchGetItem
Disputes that are due                     Disputes.due            Query GSI2, BatchGetItem
"""

from kassa.platform.keys import Key

DISPUTE = "DISPUTE"
DUE = "DISPUTESDUE"


def dispute(gateway: str, account: str, dispute_id: str) -> Key:
    """Return the key of a dispute."""
    return Key(f"DISPUTE#{gateway}#{account}#{dispute_id}", DISPUTE)


def listed(merchant_id: str, *, is_open: bool) -> str:
    """Return the GSI1 partition of the disputes that are open, or that have ended."""
    return f"DISPUTES#{merchant_id}#{'open' if is_open else 'closed'}"
