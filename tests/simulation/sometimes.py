"""Rare situations that a whole run must have met; where one never came, nothing was proven."""

from collections import Counter

from tests.simulation.faults import INJECTED

SEEDS_MIN = 200  # fewer seeds than this promise nothing

SITUATIONS = (
    *(str(fault) for fault in INJECTED),
    "a done message came back",
    "a fact was told again",
    "a forged webhook was refused",
    "a late effect was refused",
    "a message came back",
    "a message was dead-lettered",
    "a message was delivered twice",
    "a webhook was refused and sent again",
    "a webhook was sent twice",
    "a write was stale",
    "an effect landed late",
    "an event was ignored",
    "an event was never sent",
    "an event was repeated",
    "something overtook its capture and waits",
    "timed out",
    "what waited was explained",
)


def never_met(seen: Counter[str]) -> list[str]:
    """Return the listed situations that did not occur."""
    return [situation for situation in SITUATIONS if not seen[situation]]
