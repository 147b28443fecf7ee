"""Why Adyen refused, in our words, and whether another gateway may be tried instead.

From "Error codes and messages" in Adyen's documentation. Codes are of both services, payment
links and modifications; what isn't here is shown as Adyen's own code.
"""

from kassa.adapters.gateways.refusals import Refusal

_CODES = {
    "000": Refusal("invalid_request"),
    "010": Refusal("access_denied", True),
    "100": Refusal("amount_missing"),
    "107": Refusal("payment_method_unavailable", True),
    "130": Refusal("reference_missing"),
    "137": Refusal("invalid_amount"),
    "138": Refusal("currency_unavailable", True),
    "139": Refusal("currency_differs"),
    "140": Refusal("country_unavailable", True),
    "141": Refusal("payment_method_unavailable", True),
    "167": Refusal("unknown_payment"),
    "177": Refusal("metadata_too_large"),
    "702": Refusal("invalid_request"),
    "803": Refusal("unknown_payment"),
    "901": Refusal("access_denied", True),
    "905": Refusal("gateway_misconfigured", True),
    "905_1": Refusal("gateway_misconfigured", True),
    "905_3": Refusal("gateway_misconfigured", True),
    "907": Refusal("currency_unavailable", True),
    "916": Refusal("invalid_amount"),
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
