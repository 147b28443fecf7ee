"""Ids that look like a gateway's and come from a given source of randomness."""

import itertools
import random
from collections.abc import Callable

NewId = Callable[[str], str]


def new_ids(source: random.Random) -> NewId:
    """Return a maker of ids: a prefix, a count that makes them unique, and random digits."""
    numbers = itertools.count(1)

    def new_id(prefix: str) -> str:
        return f"{prefix}_{next(numbers):06x}{source.getrandbits(72):018x}"

    return new_id
