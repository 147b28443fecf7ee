# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of messages. An address stands here as its digest alone.

Entity            PK                                       SK
Message settings  MESSAGESETTINGS#<merchant_id>            VERSION#<6 digits>
Contact           CONTACT#<merchant_id>#<address digest>   SUPPRESSION
Unsubscribed      CONTACT#<merchant_id>#<address digest>   UNSUBSCRIBED#<category>
Unsubscribe link  UNSUBSCRIBE#<sha256 of its token>        UNSUBSCRIBE
Daily count       MESSAGECOUNT#<merchant_id>               <yyyy-mm-dd>#<channel>
Message sent once  MESSAGEONCE#<merchant_id>#<message>     <subject>

List              GSI1PK                                   GSI1SK
Suppressions      SUPPRESSIONS#<merchant_id>               <suppressed at>#<address digest>

Access pattern                            Method                  Served by
The settings saved last                   SettingsVersions.newest  Query PK, newest first, consistent
A version of the settings taken once      save_settings           TransactWriteItems, put if absent
Whether an address may be written to      ContactStore.read       Query PK, consistent
A bounce or a complaint of an address     ContactStore.suppress, .note_soft_bounce  UpdateItem
An address that people write to again     ContactStore.lift       TransactWriteItems with the audit trail, for the cause that was read
All addresses that aren't written to      ContactStore.suppressions  Query GSI1, BatchGetItem
A category that somebody wants no more    ContactStore.unsubscribe  PutItem
Whom an unsubscribe link is of            unsubscribe_store.find  GetItem, consistent
How many messages left today              limits_store.take       UpdateItem below the cap
A message that is sent once of a subject  limits_store.claim      PutItem if absent, GetItem
"""

from kassa.platform.keys import Key

SUPPRESSION = "SUPPRESSION"
UNSUBSCRIBED = "UNSUBSCRIBED#"  # and the category


def settings(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's settings; padded, so that they sort."""
    return Key(f"MESSAGESETTINGS#{merchant_id}", f"VERSION#{version:06d}")


def contact(merchant_id: str, address_digest: str) -> str:
    """Return the partition of what is known of an address."""
    return f"CONTACT#{merchant_id}#{address_digest}"


def suppression(merchant_id: str, address_digest: str) -> Key:
    """Return the key of an address' bounces and complaints."""
    return Key(contact(merchant_id, address_digest), SUPPRESSION)


def unsubscribed(merchant_id: str, address_digest: str, category: str) -> Key:
    """Return the key of a category that an address gets no more of."""
    return Key(contact(merchant_id, address_digest), f"{UNSUBSCRIBED}{category}")


def suppressions(merchant_id: str) -> str:
    """Return the GSI1 partition of the addresses that aren't written to."""
    return f"SUPPRESSIONS#{merchant_id}"


def unsubscribe_link(token_digest: str) -> Key:
    """Return the key of an unsubscribe link, by the digest of its token."""
    return Key(f"UNSUBSCRIBE#{token_digest}", "UNSUBSCRIBE")


def daily_count(merchant_id: str, day: str, channel: str) -> Key:
    """Return the key of how many messages left on a day."""
    return Key(f"MESSAGECOUNT#{merchant_id}", f"{day}#{channel}")


def once(merchant_id: str, message: str, subject: str) -> Key:
    """Return the key of which delivery told a message of a subject that is told once."""
    return Key(f"MESSAGEONCE#{merchant_id}#{message}", subject)
