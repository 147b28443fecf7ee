"""Single-table key design, of those who sign in. What leads to a person stands as its digest alone.

Entity            PK                                       SK
Staff address     STAFFADDRESS#<sha256 of it>              STAFFADDRESS
Staff identity    STAFFIDENTITY#<sha256 of whose it is>    STAFFIDENTITY

Access pattern                    Method                          Served by
An address given to a person      create_person, give_address     TransactWriteItems
An identity, and where it leads   find_identity, leads_to         GetItem, consistent
An identity bound by its address  binding                         TransactWriteItems
"""

from kassa.platform.keys import Key


def staff_address(digest: str) -> Key:
    """Return the key of a mail address by which a person may sign in first, by its digest."""
    return Key(f"STAFFADDRESS#{digest}", "STAFFADDRESS")


def staff_identity(digest: str) -> Key:
    """Return the key of an identity by which a person signs in, by its digest."""
    return Key(f"STAFFIDENTITY#{digest}", "STAFFIDENTITY")
