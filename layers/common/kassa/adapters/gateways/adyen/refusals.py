"""Why Adyen refused, in our words, and whether another gateway may be tried instead.

From "Error codes and messages" in Adyen's documentation. Codes are of both services, payment
links and modifications; what isn't here is shown as Adyen's own code.
"""

from typing import NamedTuple


class Refused(NamedTuple):
    """What a code means."""

    reason: str
    is_retryable: bool = False  # nothing was or can be paid by this attempt


_CODES = {
    "000": Refused("invalid_request"),
    "010": Refused("access_denied", True),
    "100": Refused("amount_missing"),
    "107": Refused("payment_method_unavailable", True),
    "130": Refused("reference_missing"),
    "137": Refused("invalid_amount"),
    "138": Refused("currency_unavailable", True),
    "139": Refused("currency_differs"),
    "140": Refused("country_unavailable", True),
    "141": Refused("payment_method_unavailable", True),
    "167": Refused("unknown_payment"),
    "177": Refused("metadata_too_large"),
    "702": Refused("invalid_request"),
    "803": Refused("unknown_payment"),
    "901": Refused("access_denied", True),
    "905": Refused("gateway_misconfigured", True),
    "905_1": Refused("gateway_misconfigured", True),
    "905_3": Refused("gateway_misconfigured", True),
    "907": Refused("currency_unavailable", True),
    "916": Refused("invalid_amount"),
}


def reason(code: str, status: int) -> str:
    """Return why a request was refused."""
    if status in (401, 403):
        return "access_denied"
    known = _CODES.get(code)
    return known.reason if known else f"adyen_{code}" if code else f"status_{status}"


def is_retryable(code: str, status: int) -> bool:
    """Tell whether nothing was or can be paid, so that another gateway may do."""
    known = _CODES.get(code)
    return status in (401, 403) or (known.is_retryable if known else False)
