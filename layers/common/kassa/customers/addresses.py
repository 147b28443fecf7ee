"""Addresses as Kassa remembers them: by a digest, so that no list of them can be read."""

import re
import unicodedata
from hashlib import sha256

from kassa.core.errors import InvalidRequest

DOMAIN_MAX = 253
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_PHONE_NOISE = re.compile(r"[\s().\-/]")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")  # E.164
_DIGITS = 64
_DIGEST = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


def normalized(address: str) -> str:
    """Return a mail address or a phone number as it counts: two spellings of one are the same.

    No mail provider of note tells capitals apart, so neither does this.
    """
    text = unicodedata.normalize("NFC", address).strip().lower()
    local, at, domain = text.rpartition("@")
    return f"{local}@{_ascii(domain) or domain}" if at else _PHONE_NOISE.sub("", text)


def address_digest(merchant_id: str, address: str) -> str:
    """Return by what an address is known in the table."""
    return sha256(f"{merchant_id}\n{normalized(address)}".encode()).hexdigest()[:_DIGITS]


def digest_named(merchant_id: str, named: str) -> str:
    """Return the digest that somebody names: by a mail address, a phone number, or as it is listed.

    Raises InvalidRequest for what is none of these, and doesn't repeat it.
    """
    if _DIGEST.fullmatch(named):
        return named
    address = mailbox(named.strip()) or phone(named)
    if address is None:
        raise InvalidRequest(
            "address: must be a mail address, a phone number with its country such as +358…,"
            " or a digest as a list names it"
        )
    return address_digest(merchant_id, address)


def mailbox(address: str | None) -> str | None:
    """Return an address that a mail can be sent to; none where it is none, or hides a header.

    The one judge of that, for whoever is written to and for who writes. SES takes plain ASCII
    before the @; a domain with other letters is spelled in it.
    """
    local, _, domain = (address or "").rpartition("@")
    spelled = _ascii(domain)
    if spelled is None or not _LOCAL.fullmatch(local):
        return None
    return f"{local}@{domain if domain.lower() == spelled else spelled}"


def phone(number: str | None) -> str | None:
    """Return a phone number in E.164; none where it doesn't say its country."""
    if number is None:
        return None
    plain = _PHONE_NOISE.sub("", number)
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    return plain if _PHONE.fullmatch(plain) else None


def _ascii(domain: str) -> str | None:
    """Return a domain as mail servers spell it (IDNA 2008), none where nobody could have it.

    The standard library's codec has IDNA 2003, in which straße.de is strasse.de: somebody else's.
    """
    import idna

    try:
        found = idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return None
    return found if len(found) <= DOMAIN_MAX and _DOMAIN.fullmatch(found) else None
