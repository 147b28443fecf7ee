"""Single-table key design, of what a merchant assumes of their work.

Entity         PK                                  SK
Assumptions    REPORT#<merchant_id>#ASSUMPTIONS    VERSION#<6 digits>

Access pattern                        Method              Served by
The assumptions saved last            saved_assumptions   Query PK, newest first, consistent
A version of them taken once          save_assumptions    PutItem if absent
"""

from kassa.platform.keys import Key


def assumptions(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's assumptions; padded, so that they sort."""
    return Key(f"REPORT#{merchant_id}#ASSUMPTIONS", f"VERSION#{version:06d}")
