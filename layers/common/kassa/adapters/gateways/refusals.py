"""What a gateway's code for a no means to us; each gateway has a table of its own."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """A reason that a person reads, and whether another gateway may be tried."""

    reason: str
    is_retryable: bool = False  # nothing was or can be paid by this attempt
