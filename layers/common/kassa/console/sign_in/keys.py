"""Single-table key design, of the console. A token stands here as its digest alone.

Entity            PK                                                    SK
Staff session     CONSOLESESSION#<merchant_id>#<sha256 of its token>    SESSION
Sign-in link      CONSOLELINK#<merchant_id>#<sha256 of its token>       LINK
Attempt           CONSOLEATTEMPT#<merchant_id>#<sha256 of its state>    ATTEMPT

Access pattern                             Method                    Served by
A link made                                issue_link                TransactWriteItems
A link as it stands                        link_store.find           GetItem, consistent
A session begun, with its link redeemed    redeem_link               TransactWriteItems
An attempt begun, and used up              attempt_store.keep, .redeem  PutItem, UpdateItem
A session begun, of whom an issuer vouches for  finish_sign_in       TransactWriteItems
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


def attempt(merchant_id: str, state_digest: str) -> Key:
    """Return the key of an attempt to sign in, by the digest of its state."""
    return Key(f"CONSOLEATTEMPT#{merchant_id}#{state_digest}", "ATTEMPT")
