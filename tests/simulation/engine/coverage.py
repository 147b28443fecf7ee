"""Rare situations that a whole run must have met; where one never came, nothing was proven."""

from collections import Counter

SEEDS_MIN = 200  # fewer seeds than this promise nothing
Situations = dict[int, tuple[str, ...]]  # by how many seeds it takes to have met them


def never_met(seen: Counter[str], seeds: int, situations: Situations) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    due = (one for least, some in situations.items() if seeds >= least for one in some)
    return [situation for situation in due if not seen[situation]]
