"""Single-table key design, of what people say of the console and how they know it.

Entity            PK                                        SK
Ended tour        CONSOLEPERSON#<merchant_id>#<person_id>   TOUR
Feedback count    CONSOLEPERSON#<merchant_id>#<person_id>   FEEDBACK#<yyyy-mm-ddThh>
Feedback          FEEDBACK#<merchant_id>                    <given_at>#<feedback_id>

Access pattern                        Method                     Served by
Whether somebody ended the tour       tour_store.steps_for       GetItem, consistent
The tour ended, or begun again        tour_store.end, .begin     UpdateItem
Feedback kept, so many an hour        feedback_store.keep        UpdateItem below a count, PutItem
The newest feedback                   feedback_store.newest      Query PK, newest first
"""

from kassa.platform.keys import Key


def tour(merchant_id: str, person_id: str) -> Key:
    """Return the key of a person's tour."""
    return Key(f"CONSOLEPERSON#{merchant_id}#{person_id}", "TOUR")


def feedback_count(merchant_id: str, person_id: str, hour: str) -> Key:
    """Return the key under which a person's feedback of an hour is counted."""
    return Key(f"CONSOLEPERSON#{merchant_id}#{person_id}", f"FEEDBACK#{hour}")


def feedback_of(merchant_id: str) -> str:
    """Return the partition of a merchant's feedback."""
    return f"FEEDBACK#{merchant_id}"


def feedback(merchant_id: str, given_at: str, feedback_id: str) -> Key:
    """Return the key of one person's word."""
    return Key(feedback_of(merchant_id), f"{given_at}#{feedback_id}")
