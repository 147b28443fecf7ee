"""A sign-in code: eight digits that are mailed to an address, and let its reader in once.

Nobody keeps the digits. They are worked out of the stack's secret, the code's id and the digest of
the address, whenever they are mailed or compared; so neither the table nor a queue, a delivery, a
log or a backup holds anything to read them from (docs/decisions/0030-sign-in-codes.md). A code is
made for every address alike, whether or not a customer has it.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

from kassa.core.facts import Fact, FactData, FactMetadata
from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.customers.addresses import normalized
from kassa.customers.parties import LanguageTag

SECRET_NAME = "sign-in"  # of the stack's secret that codes are worked out of
VALID_FOR = timedelta(minutes=10)
SENT_UNTIL = timedelta(minutes=1)  # before its end: nobody could enter it after that
TRIES_MAX = 5
DIGITS = 8
ID_DIGITS, LOCATOR_DIGITS = 64, 32  # a code's id, and what of it is the same for all of an address


class SignInCode(Model):
    """What is kept of a code that somebody asked for at an address."""

    code_id: str
    address_digest: str
    language: LanguageTag | None = None  # in which it was asked for
    issued_at: Instant
    tries: int = 0
    redeemed_at: Instant | None = None

    @property
    def ends_at(self) -> datetime:
        """Return from when on it lets nobody in."""
        return self.issued_at + VALID_FOR

    def is_open(self, code_id: str, now: datetime) -> bool:
        """Tell whether this is the code that is named, and it still lets somebody in."""
        return self.code_id == code_id and self.redeemed_at is None and now < self.ends_at


class MailedCode(NamedTuple):
    """A code as it stands in its mail; it is never kept."""

    digits: str
    valid_minutes: int


class SignInCodeRequested(FactData):
    """A code was asked for at an address: what its message follows from.

    It goes to the queue of messages alone, never to the bus: it is nobody else's business, and
    strangers can make as many as they like.
    """

    fact: Literal["SignInCodeRequested"] = "SignInCodeRequested"
    channel: Literal["mail"] = "mail"  # whatever the merchant's settings say of others


def keyed_digest(secret: bytes, *parts: str) -> str:
    """Return a digest in hexadecimal digits that nobody works out without the secret."""
    return hmac.digest(secret, "\n".join(("kassa", *parts)).encode(), "sha256").hex()


def locator(secret: bytes, merchant_id: str, address: str) -> str:
    """Return what the codes of an address are found by; nobody works it out without the secret."""
    return keyed_digest(secret, "sign-in locator", merchant_id, normalized(address))[
        :LOCATOR_DIGITS
    ]


def digits_of(secret: bytes, merchant_id: str, code: SignInCode) -> str:
    """Return the digits of a code."""
    named = keyed_digest(secret, "sign-in code", merchant_id, code.code_id, code.address_digest)
    return f"{int(named, 16) % 10**DIGITS:0{DIGITS}d}"


def mailed(digits: str, code: SignInCode, now: datetime) -> MailedCode | None:
    """Return a code as it is mailed now; none where its reader had no time left to enter it."""
    left = code.ends_at - now
    if left < SENT_UNTIL:
        return None
    return MailedCode(digits, left // timedelta(minutes=1))


def entered(text: str) -> str:
    """Return the digits that somebody entered: of any script, grouped or not."""
    found = (one for one in text if not one.isspace() and one not in "-‐‑–")
    return "".join(str(unicodedata.decimal(one, one)) for one in found)


def is_right(given: str, digits: str) -> bool:
    """Tell whether the digits of a code were entered, in the same time wherever they differ."""
    return hmac.compare_digest(sha256(given.encode()).digest(), sha256(digits.encode()).digest())


def requested_fact(code: SignInCode, merchant_id: str, currency: str) -> Fact[SignInCodeRequested]:
    """Return the fact that a code was asked for; it names its id alone."""
    return Fact[SignInCodeRequested](
        metadata=FactMetadata(
            fact_id=f"{code.code_id}:SignInCodeRequested",
            event_id=f"sign-in-{code.code_id}",
            merchant_id=merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="sign_in_code",
            subject_id=code.code_id,
            version=1,
            booked_at=code.issued_at,
        ),
        data=SignInCodeRequested(
            object_id=code.code_id,
            occurred_at=code.issued_at,
            amount=Money(amount_minor=0, currency=currency),
        ),
    )
