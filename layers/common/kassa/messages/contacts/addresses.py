"""Addresses as Kassa remembers them: by a digest, so that no list of them can be read."""

import re
import unicodedata
from hashlib import sha256

_PHONE_NOISE = re.compile(r"[\s().\-/]")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")  # E.164
_DIGITS = 64


def normalized(address: str) -> str:
    """Return a mail address or a phone number as it counts: two spellings of one are the same.

    No mail provider of note tells capitals apart, so neither does this.
    """
    text = unicodedata.normalize("NFC", address).strip().casefold()
    local, at, domain = text.rpartition("@")
    return f"{local}@{_ascii(domain)}" if at else _PHONE_NOISE.sub("", text)


def address_digest(merchant_id: str, address: str) -> str:
    """Return by what an address is known in the table."""
    return sha256(f"{merchant_id}\n{normalized(address)}".encode()).hexdigest()[:_DIGITS]


def mailbox(address: str | None) -> str | None:
    """Return an address that a mail can be sent to; none where it is none, or hides a header.

    A mail server takes plain ASCII; a domain with other letters is spelled in it.
    """
    if address is None or any(char.isspace() or not char.isprintable() for char in address):
        return None
    local, at, domain = address.rpartition("@")
    spelled = f"{local}@{_ascii(domain)}"
    is_plain = spelled.isascii() and not set(spelled) & set('",;:<>()[]\\')
    return spelled if at and local and "." in domain and is_plain else None


def phone(number: str | None) -> str | None:
    """Return a phone number in E.164; none where it doesn't say its country."""
    if number is None:
        return None
    plain = _PHONE_NOISE.sub("", number)
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    return plain if _PHONE.fullmatch(plain) else None


def _ascii(domain: str) -> str:
    """Return a domain as mail servers spell it, or as it stands where it can't be spelled."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
