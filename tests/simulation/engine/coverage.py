"""Rare situations that a whole run must have met; where one never came, nothing was proven."""

from collections import Counter
from collections.abc import Iterable

SEEDS_MIN = 200  # fewer seeds than this promise nothing


def never_met(
    seen: Counter[str], seeds: int, situations: Iterable[str], seeds_min: int = SEEDS_MIN
) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    return [one for one in situations if not seen[one]] if seeds >= seeds_min else []
