"""What BTCPay's objects are made of: texts, instants, lists, coins; read strictly, or not at all.

Coins are the `currency` and `paymentMethodId` of an invoice's payment methods: "BTC", "BTC-CHAIN",
"BTC-LN"; before 2.0 "BTC-LightningNetwork".
"""

import re
from collections.abc import Iterable
from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways import parsing as bodies
from kassa.gateways.parsing import Body
from kassa.gateways.payment_methods import Means, PaidMethod, means

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,11}", re.ASCII)


def instant(seconds: object) -> datetime:
    """Return seconds since 1970 as an aware instant; a payout writes them as text."""
    if isinstance(seconds, str) and _DIGITS.fullmatch(seconds):
        seconds = int(seconds)
    return bodies.instant(seconds)


def is_identity(value: object) -> bool:
    """Return whether a value is an id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def identity(value: object) -> str:
    """Return an id that can stand in a key and in an address."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableEvent("an id is missing or can't be read")
    return value


def parts(body: Body, name: str) -> list[Body]:
    """Return a list of objects; one that isn't such a list is unreadable."""
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise UnreadableEvent(f"{name} is no list of objects")
    return value


SPELLINGS = {"bitcoin": "btc", "litecoin": "ltc", "monero": "xmr"}


def paid_with(coins: Iterable[str]) -> Means:
    """Return crypto, and the coin where all that came in is of one."""
    brands = {means(coin, SPELLINGS).brand for coin in coins}
    return Means(PaidMethod.CRYPTO, brands.pop() if len(brands) == 1 else None)
