"""By which identity a person signs in: a mail address the first time, from then on a subject.

An operator gives a person an address. Whoever an issuer vouches for with that address, verified, is
bound to the person; nobody else can be until an operator gives the address anew.
"""

import json
import re
from hashlib import sha256

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model

ADDRESS_MAX = 254
_ADDRESS = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f]{1,189}")


class StaffAddress(Model):
    """What is kept of an address: whose it is, and to which identity it led."""

    person_id: str
    given_at: Instant
    bound_to: str | None = None  # an identity's digest
    released_at: Instant | None = None  # when its person got another

    @property
    def is_free(self) -> bool:
        """Whether an identity may still be bound by it."""
        return self.bound_to is None and self.released_at is None


class StaffIdentity(Model):
    """What is kept of an identity: to whom it leads, by which address, as long as that agrees."""

    person_id: str
    address: str  # its digest
    issuer: str
    subject: str
    bound_at: Instant


def address(text: str) -> str:
    """Return a mail address as it is compared; raise InvalidRequest for what is none.

    Case counts for nothing in plain letters. An address with others stays as it is: folding or
    normalizing it could make a stranger's the same (U+212A becomes a K, which becomes a k).
    """
    if not _ADDRESS.fullmatch(text):
        raise InvalidRequest("email: a mail address, such as anna@shop.example")
    return text.lower() if text.isascii() else text


def address_digest(spelled: str) -> str:
    """Return how an address is found."""
    return sha256(spelled.encode()).hexdigest()


def identity_digest(issuer: str, subject: str) -> str:
    """Return how an identity is found; no two of them are spelled alike."""
    return sha256(json.dumps([issuer, subject]).encode()).hexdigest()
