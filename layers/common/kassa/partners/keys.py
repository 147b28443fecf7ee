# ruff: noqa: E501 - the chart reads as a table
"""Single-table key design, of partners: targets, what they hold, and how often they are called.

Entity            PK                                       SK
Ruling target     TARGETS#<merchant_id>                    <target>
Target version    TARGET#<merchant_id>#<target>            VERSION#<6 digits>
Partner's record  PARTNERRECORD#<merchant_id>#<target>#<kind>#<sha256 of its key>  RECORD
Partner's circuit PARTNERCIRCUIT#<merchant_id>             <target>
Partner's rate    PARTNERRATE#<merchant_id>#<target>       RATE

Access pattern                            Method                  Served by
All targets that rule                     Targets.ruling          Query PK, consistent, kept a minute
A version of a target taken once          Targets.save            TransactWriteItems, put if absent
Every version of a target                 Targets.versions        Query PK, newest first, consistent
What a partner was sent of a record       record_store.find       GetItem, consistent
One request at a record at a time         record_store.keep       PutItem on the revision read
Whether a partner is left alone           CircuitBreaker.enter    GetItem, consistent
A silence, counted for everybody          CircuitBreaker.count_silence  UpdateItem, added up by the table
A turn among all execution environments   rate_limit.taken        UpdateItem on when the next is free
"""

from hashlib import sha256

from kassa.platform.keys import Key


def targets(merchant_id: str, name: str) -> Key:
    """Return the key of a target as it rules."""
    return Key(f"TARGETS#{merchant_id}", name)


def target_version(merchant_id: str, name: str, version: int) -> Key:
    """Return the key of a version of a target; padded, so that they sort."""
    return Key(f"TARGET#{merchant_id}#{name}", f"VERSION#{version:06d}")


def record(merchant_id: str, name: str, kind: str, record_key: str) -> Key:
    """Return the key of what a partner was sent of one record, by the digest of our id of it."""
    digest = sha256(record_key.encode()).hexdigest()
    return Key(f"PARTNERRECORD#{merchant_id}#{name}#{kind}#{digest}", "RECORD")


def circuit(merchant_id: str, name: str) -> Key:
    """Return the key of a partner's circuit."""
    return Key(f"PARTNERCIRCUIT#{merchant_id}", name)


def rate(merchant_id: str, name: str) -> Key:
    """Return the key of when a partner may be called next."""
    return Key(f"PARTNERRATE#{merchant_id}#{name}", "RATE")
