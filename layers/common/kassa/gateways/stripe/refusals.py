"""What a refusal of Stripe's API is: its code, or what it points at, looked up in the table."""

from kassa.core.errors import GatewayRefused
from kassa.gateways.declines import DeclineScope, known
from kassa.gateways.stripe.declines import DECLINES

ACCESS_DENIED = (401, 403)


def refused(
    of: DeclineScope, code: str | None, param: str | None, status: int | None
) -> GatewayRefused:
    """Return why, in our words or else Stripe's own, and whether another gateway may be tried."""
    named = _code(code, param, status)
    listed = known(DECLINES, named, of)
    if listed is None:
        return GatewayRefused(named if code else f"status_{status}")
    return GatewayRefused(listed.word or named, is_retryable=listed.is_retryable)


def _code(code: str | None, param: str | None, status: int | None) -> str:
    """Return the code that the table knows it by; where Stripe names none, what it points at.

    A key that is refused says nothing else that counts.
    """
    if status in ACCESS_DENIED:
        return f"http:{status}"
    pointed_at = (param or "").rpartition("[price_data]")[2].strip("[]").partition("[")[0]
    return code or f"field:{pointed_at}"
