"""Single-table key design, of the console. A token stands here as its digest alone.

Entity            PK                                                    SK
Staff session     CONSOLESESSION#<merchant_id>#<sha256 of its token>    SESSION
Sign-in link      CONSOLELINK#<merchant_id>#<sha256 of its token>       LINK

Access pattern                             Method                    Served by
A link made                                issue_link                TransactWriteItems
A link as it stands                        link_store.find           GetItem, consistent
A session begun, with its link redeemed    redeem_link               TransactWriteItems
Whose a session is                         SESSIONS.find             GetItem, consistent
A session used, ended, or changed          SESSIONS.touch, .end, .change  UpdateItem
"""

from kassa.platform.keys import Key


def session(merchant_id: str, token_digest: str) -> Key:
    """Return the key of a session, by the digest of its token."""
    return Key(f"CONSOLESESSION#{merchant_id}#{token_digest}", "SESSION")


def link(merchant_id: str, token_digest: str) -> Key:
    """Return the key of a link, by the digest of its token."""
    return Key(f"CONSOLELINK#{merchant_id}#{token_digest}", "LINK")
