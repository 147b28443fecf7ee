"""Single-table key design, of drafts of rules.

Entity            PK                                  SK
Draft of rules    RULESDRAFT#<merchant_id>#<kind>     <person_id>

Access pattern                        Method              Served by
Who writes which rules anew           Drafts.listed       Query PK, consistent
What somebody has written             Drafts.find         GetItem, consistent
What somebody writes, kept            Drafts.keep         PutItem: they alone write it
"""

from kassa.platform.keys import Key


def draft(merchant_id: str, kind: str, person_id: str) -> Key:
    """Return the key of a person's draft of one kind of rules."""
    return Key(f"RULESDRAFT#{merchant_id}#{kind}", person_id)
