"""Why BTCPay refused, in our words, and whether another gateway may be tried: a table."""

from kassa.adapters.gateways.bodies import Body, word
from kassa.adapters.gateways.refusals import Refusal

# From the error codes in BTCPay's API documentation; nothing is made by a request it refuses.
_BY_CODE = {
    "non-refundable": Refusal("not_refundable"),
    "invoice-not-found": Refusal("unknown_payment"),
    "store-not-found": Refusal("access_denied", True),
    "unauthenticated": Refusal("access_denied", True),
    "missing-permission": Refusal("access_denied", True),
    "insufficient-api-permissions": Refusal("access_denied", True),
    "generic-error": Refusal("no_payment_method", True),  # no coin is set up, or has a rate now
    "rate-unavailable": Refusal("rate_unavailable"),
}
# A request that doesn't validate names the fields; the first that stands here says why.
_BY_FIELD = {
    "customamount": Refusal("amount_too_small"),
    "customcurrency": Refusal("currency_not_supported"),
    "payoutmethodid": Refusal("not_refundable"),
    "refundvariant": Refusal("rate_unavailable"),
    "amount": Refusal("amount_not_supported", True),
    "currency": Refusal("currency_not_supported", True),
}
_DENIED = Refusal("access_denied", True)


def by_status(status: int) -> Refusal | None:
    """Return what a status alone says, where the body says nothing."""
    return _DENIED if status in (401, 403) else None


def by_code(problem: Body) -> Refusal | None:
    """Return why, by the problem's code; nothing for a body that is no problem of BTCPay's."""
    code = word(problem.get("code"))
    return None if code is None else _BY_CODE.get(code, Refusal(code))


def by_fields(problems: list[Body]) -> Refusal | None:
    """Return why a request didn't validate, by the field that was wrong."""
    paths = [str(problem.get("path")).lower() for problem in problems if problem.get("path")]
    known = [_BY_FIELD[path] for path in paths if path in _BY_FIELD]
    if known:
        return known[0]
    return Refusal(f"invalid_{paths[0]}", True) if paths else None
