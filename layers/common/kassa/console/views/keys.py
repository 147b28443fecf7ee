"""Single-table key design, of what a person keeps of the console for themselves.

Entity        PK                                     SK
Saved views   CONSOLEVIEWS#<merchant_id>#<person_id>  VIEWS

Access pattern              Method                   Served by
A person's saved views      view_store.find          GetItem, consistent
One saved, or forgotten     view_store.save, .forget  PutItem over the version read
"""

from kassa.platform.keys import Key


def views(merchant_id: str, person_id: str) -> Key:
    """Return the key of all views that a person saved."""
    return Key(f"CONSOLEVIEWS#{merchant_id}#{person_id}", "VIEWS")
