"""How often codes may be asked for and tried, each hour: of an address, and from a source.

Both are counted whether or not a customer has the address. Only the source's limit is ever
answered: that of an address would say that somebody else asks for its codes just now.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from kassa.customers.sign_in_code import keyed_digest
from kassa.platform import table
from kassa.portal import keys

_HOUR = timedelta(hours=1)
_PREFIX_BITS = 64  # of IPv6: whoever has one address has all of its network


class Limit(StrEnum):
    """What is counted, and of whom."""

    CODES_OF_ADDRESS = "codes_of_address"
    CODES_OF_SOURCE = "codes_of_source"
    TRIES_OF_SOURCE = "tries_of_source"


MOST = {  # an hour; sources are whole offices and mobile networks
    Limit.CODES_OF_ADDRESS: 5,
    Limit.CODES_OF_SOURCE: 60,
    Limit.TRIES_OF_SOURCE: 120,
}


def take(merchant_id: str, limit: Limit, who: str, now: datetime) -> bool:
    """Count once more of an address' locator or a source; tell whether there was room."""
    hour = _hour(now)
    key = keys.sign_in_count(merchant_id, who, hour.isoformat(timespec="hours")[:13], limit)
    return table.count_below(key, "times", MOST[limit], int((hour + 2 * _HOUR).timestamp()))


def retry_after_s(now: datetime) -> int:
    """Return when there is room again, in seconds."""
    return max(1, int((_hour(now) + _HOUR - now).total_seconds()))


def source(secret: bytes, ip: str) -> str:
    """Return by what a source is counted: nobody works its address out without the secret."""
    return keyed_digest(secret, "source", _network(ip))


def _network(ip: str) -> str:
    try:
        address = ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> (128 - _PREFIX_BITS))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
