"""Rare situations that a run of orders must have met; where one never came, nothing is proven."""

from collections import Counter

SEEDS_MIN = 200  # fewer seeds than this promise nothing

SITUATIONS = (
    *(f"paid at {name}" for name in ("stripe", "paypal", "klarna", "adyen", "btcpay")),
    "a changed order was refused",
    "a customer left",
    "a gateway was out",
    "a new attempt after expired",
    "a new attempt after failed",
    "a new attempt after refused",
    "a page was closed",
    "a refusal led to another gateway",
    "a second payment was put up for refund",
    "an order got another page",
    "an order had to be sent again",
    "an order was paid twice",
    "a webhook was lost for good",
    "an unknown page was found out",
    "an unknown page closed by itself",
    "less than ordered",
    "more than ordered",
    "parts paid an order together",
    "the same page was answered again",
)


def never_met(seen: Counter[str], seeds: int) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    return [one for one in SITUATIONS if not seen[one]] if seeds >= SEEDS_MIN else []
