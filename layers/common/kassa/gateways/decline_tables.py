"""Gateways' codes for a no: how their tables are written, and how one is found and read.

Each gateway has one in its `declines.py`, as `DECLINES`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kassa.gateways import registry
from kassa.gateways.declines import Decline, DeclineAction, DeclineReason, Declines, DeclineScope


class Codes(NamedTuple):
    """Codes of one page of a gateway's documentation, and what they are of; rows come of it.

    After a soft no another gateway may do: nothing was or can be paid by what was refused. A hard
    one is the last word. Codes stand apart by whitespace; `word` is how a refusal is called in a
    request's lifecycle where that isn't its code.
    """

    of: DeclineScope
    source: str

    def soft(
        self, reason: DeclineReason, action: DeclineAction, *codes: str, word: str | None = None
    ) -> Iterator[Decline]:
        """Return a row for each code."""
        for code in " ".join(codes).split():
            yield Decline(code, reason, self.of, action, self.source, True, word)

    def hard(
        self, reason: DeclineReason, action: DeclineAction, *codes: str, word: str | None = None
    ) -> Iterator[Decline]:
        """Return a row for each code."""
        for code in " ".join(codes).split():
            yield Decline(code, reason, self.of, action, self.source, False, word)


def table(gateway: str) -> Declines:
    """Return a gateway's table. Raises UnknownGateway."""
    found: Declines = registry.module(gateway, "declines").DECLINES
    return found
