"""What must be known of an account at each gateway: the table behind `kassa gateways connect`.

A gateway that isn't listed here is asked for what nearly all have: a signing secret and, where it
has an API, a key and an address.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from kassa.gateways import registry
from kassa.gateways.standard.webhook import usable_secret


class Field(NamedTuple):
    """One thing to ask for; a pattern says what it looks like, so that a wrong paste is seen."""

    name: str
    asks: str
    pattern: str = r"\S+"
    is_secret: bool = True
    is_optional: bool = False
    usable: Callable[[str], str] = str.strip  # as it is kept; ValueError says why it can't work
    is_prompted: bool = True  # else it is taken from a file alone, as few need it

    def fits(self, value: str) -> bool:
        """Tell whether a value can be what is asked for."""
        return bool(re.fullmatch(self.pattern, value))

    def unusable(self, value: str) -> str | None:
        """Say why a value can't work, never the value; nothing if it may."""
        if not self.fits(value.strip()):
            return f"it isn't what is asked for: {self.asks}"
        try:
            self.usable(value)
        except ValueError as error:
            return str(error)
        return None


class Fields(NamedTuple):
    """What proves a gateway's webhooks, and what opens its API; no API where it has none."""

    signing: Field
    api: tuple[Field, ...] = ()


def _klarna_key(entry: str) -> str:
    """Return a key's id and secret; the id may hold colons, neither may be empty."""
    key_id, _, secret = entry.strip().rpartition(":")
    if not key_id or not secret:
        raise ValueError("it has a key id and a secret, with a colon between")
    return entry.strip()


_BASE = Field("api_base", "API address, if not its own", r"https?://\S+", False, True)
_OWN: Mapping[str, Fields] = {
    "stripe": Fields(
        Field("signing_secret", "Signing secret of the webhook endpoint (whsec_…)", r"whsec_\S+"),
        (
            Field("api_key", "Secret or restricted key (sk_… or rk_…)", r"(sk|rk)_\S+"),
            _BASE,
            Field("shop", "Account id (acct_…)", r"acct_\w+", False, True, is_prompted=False),
        ),
    ),
    "paypal": Fields(
        Field("signing_secret", "Webhook id", r"[A-Z0-9]{10,30}"),
        (
            Field("api_id", "Client id of the app", is_secret=False),
            Field("api_key", "Secret of the app"),
            _BASE,
            Field("shop", "PayPal merchant id", r"[A-Z0-9]{8,20}", False, True, is_prompted=False),
        ),
    ),
    "klarna": Fields(
        Field(
            "signing_secret",
            "Signing key as <key id>:<secret>",
            r"\S*:\S*",
            usable=_klarna_key,
        ),
        (
            Field("api_id", "API username", is_secret=False),
            Field("api_key", "API password"),
            Field("api_base", "API address of your region", r"https?://\S+", False, True),
        ),
    ),
    "adyen": Fields(
        Field("signing_secret", "HMAC key (64 hexadecimal digits)", r"[0-9A-Fa-f]{64}"),
        (
            Field("shop", "Merchant account", is_secret=False),
            Field("api_key", "API key"),
            Field("report_key", "API key of the report user", is_optional=True),
            Field("api_base", "Live address prefix of the API", r"https?://\S+", False, True),
        ),
    ),
    "btcpay": Fields(
        Field("signing_secret", "Secret of the webhook"),
        (
            Field("api_base", "Address of your server", r"https?://\S+", False),
            Field("shop", "Store id", is_secret=False),
            Field("api_key", "API key"),
        ),
    ),
    "standard": Fields(
        Field("signing_secret", "Signing secret (whsec_… or whpk_…)", usable=usable_secret),
    ),
}


def fields_of(gateway: str) -> Fields:
    """Return what must be known of an account; raise UnknownGateway for a name that is none."""
    can = registry.gateway(gateway).can
    usual = Fields(
        Field("signing_secret", "Signing secret of the webhook"),
        (Field("api_key", "API key"), _BASE) if can else (),
    )
    return _OWN.get(gateway, usual)


FIELDS: Mapping[str, Fields] = {name: fields_of(name) for name in registry.GATEWAYS}
