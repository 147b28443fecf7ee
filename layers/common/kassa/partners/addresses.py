"""Which addresses that strangers gave may be called: https, a public name, a public IP address.

Whoever may enter an address could make Kassa call what only Kassa reaches: its own runtime, the
credentials behind a link-local address, a neighbour in the same network (server-side request
forgery). A name is checked here when it is entered; what it resolves to, `safe_http` checks again
before each request, since a name says something else whenever its owner likes.
Source: IANA's registries of special-purpose addresses, RFC 6890; OWASP API7:2023.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from kassa.core.errors import AddressRefused

URL_MAX = 1000
NAME_MAX = 253
HTTPS_PORT = 443
PORT_MIN = 1024  # beside 443: what is below are services that no receiver is, such as mail
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_TOP_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])")  # so no number in any spelling
_LOCAL_TOPS = frozenset({"localhost", "local", "internal", "arpa"})
_PRINTABLE = re.compile(r"[!-~]+")  # of ASCII, without a space
_IPV4_SPECIAL = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # NAT of carriers
            "127.0.0.0/8",  # on Lambda: the runtime's API
            "169.254.0.0/16",  # metadata and credentials
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays to IPv6
            "192.168.0.0/16",
            "198.18.0.0/15",  # measuring
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
# What is public in IPv6 stands within 2000::/3; so IPv4 in IPv6's form, NAT64, local and metadata's
# (fd00:ec2::254) are out at once.
_IPV6_PUBLIC = ip_network("2000::/3")
_IPV6_SPECIAL = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocols, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: any address of IPv4
            "3fff::/20",  # documentation
        ),
    )
)


class Target(NamedTuple):
    """An address that may be called, taken apart once, so that nobody reads it another way."""

    scheme: str
    host: str  # in small letters, without a trailing dot
    port: int
    path: str  # with the query; "/" where there is none
    is_trial: bool = False  # on this machine, where a stack is tried out

    @property
    def host_header(self) -> str:
        """Return how the server is named in a request."""
        named = f"[{self.host}]" if ":" in self.host else self.host
        default = HTTPS_PORT if self.scheme == "https" else 80
        return named if self.port == default else f"{named}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address in its one spelling."""
        return f"{self.scheme}://{self.host_header}{self.path}"


def read_url(url: str, trial_hosts: Collection[str] = ()) -> Target:
    """Return the target that an address names; raise AddressRefused saying why it is none.

    `trial_hosts` are names and ports of this machine (`127.0.0.1:8400`) that may be called, without
    TLS too, while a stack is tried out.
    """
    parts = _parts(url)
    host, port = (parts.hostname or "").removesuffix("."), _port(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if host in LOOPBACK_NAMES and f"{host}:{port}" in trial_hosts:
        return Target(parts.scheme, host, port, path, is_trial=True)
    if parts.scheme != "https":
        raise AddressRefused("url: must begin with https://")
    _require_public_name(host)
    if port != HTTPS_PORT and port < PORT_MIN:
        raise AddressRefused(f"url: the port must be {HTTPS_PORT}, or {PORT_MIN} and above")
    return Target("https", host, port, path)


def is_public(address: str) -> bool:
    """Tell whether an IP address is one that everybody reaches, and nobody's own network."""
    try:
        found = ip_address(address)
    except ValueError:  # such as one with a zone: fe80::1%eth0
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _IPV4_SPECIAL)
    return found in _IPV6_PUBLIC and not any(found in network for network in _IPV6_SPECIAL)


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is this machine's own."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return False
    return found.is_loopback


def _parts(url: str) -> SplitResult:
    """Take an address apart; what two readers could read differently is refused."""
    if not url or len(url) > URL_MAX:
        raise AddressRefused(f"url: must have 1 to {URL_MAX} characters")
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise AddressRefused(
            "url: must be printable ASCII without spaces or backslashes;"
            " write a name in its xn-- form, and other letters as %XX"
        )
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise AddressRefused("url: is no address") from None
    if parts.scheme not in ("https", "http"):
        raise AddressRefused("url: must begin with https://")
    if "@" in parts.netloc:
        raise AddressRefused("url: must name no user or password")
    if "#" in url:
        raise AddressRefused("url: must have no fragment (#), which is never sent")
    return parts


def _port(parts: SplitResult) -> int:
    if parts.netloc.endswith(":"):
        raise AddressRefused("url: names no port after the colon")
    return (HTTPS_PORT if parts.scheme == "https" else 80) if parts.port is None else parts.port


def _require_public_name(host: str) -> None:
    labels = host.split(".")
    is_name = (
        len(labels) > 1
        and len(host) <= NAME_MAX
        and all(map(_LABEL.fullmatch, labels))
        and _TOP_LABEL.fullmatch(labels[-1])
    )
    if not is_name:
        raise AddressRefused(
            "url: must name a public host, such as hooks.example.com, and no IP address"
        )
    if labels[-1] in _LOCAL_TOPS:
        raise AddressRefused(f"url: .{labels[-1]} is no name that everybody resolves")
