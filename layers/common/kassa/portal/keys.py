"""Single-table key design, of the portal. Who asks stands here as a keyed digest alone.

Entity            PK                                       SK
Session           SESSION#<merchant_id>#<sha256 of its token>  SESSION
Sign-in count     SIGNINCOUNT#<merchant_id>#<who>          <yyyy-mm-ddThh>#<what>

Access pattern                            Method                  Served by
A session begun, with its code redeemed   redeem_code             TransactWriteItems, put if absent
Whose a session is                        SESSIONS.find           GetItem, consistent
A session used, or ended                  SESSIONS.touch, .end    UpdateItem while it is open
How often somebody asked, or tried, this hour  limits_store.take   UpdateItem below the cap
"""

from kassa.platform.keys import Key


def session(merchant_id: str, token_digest: str) -> Key:
    """Return the key of a session, by the digest of its token."""
    return Key(f"SESSION#{merchant_id}#{token_digest}", "SESSION")


def sign_in_count(merchant_id: str, who: str, hour: str, what: str) -> Key:
    """Return the key of how often an address or a source did something in an hour."""
    return Key(f"SIGNINCOUNT#{merchant_id}#{who}", f"{hour}#{what}")
