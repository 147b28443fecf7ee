"""What a refusal of Adyen's API is: its code, looked up in the table."""

import re

from kassa.core.errors import GatewayRefused
from kassa.gateways.adyen.declines import DECLINES
from kassa.gateways.declines import DeclineScope, known

REFUSED = "refused"
_RAW = re.compile(r"([0-9a-z][0-9a-z])_.+")


def refused(code: str, status: int) -> GatewayRefused:
    """Return why, in our words or else by Adyen's code, and whether another gateway may do."""
    named = f"http:{status}" if status in (401, 403) else code
    listed = known(DECLINES, named, DeclineScope.ANYTHING)
    own = f"adyen_{code}" if code else f"status_{status}"
    if listed is None:
        return GatewayRefused(own)
    return GatewayRefused(listed.word or own, is_retryable=listed.is_retryable)


def refusal_reason(label: str | None) -> str:
    """Return the listed code of a declined payment from its webhook's `reason`.

    The reason isn't signed, so that only what Adyen lists is believed: its own texts, and what
    begins with a bank's code ("05 : Do not honor").
    """
    if label and (label, DeclineScope.PAYMENT) in DECLINES:
        return label
    raw = _RAW.fullmatch(label or "")
    if raw and (f"raw:{raw[1]}", DeclineScope.PAYMENT) in DECLINES:
        return f"raw:{raw[1]}"
    return REFUSED
