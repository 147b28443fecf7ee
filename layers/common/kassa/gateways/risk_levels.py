"""The gateway's own risk levels, in order; what it didn't assess is None, never "normal"."""

LEVELS = ("normal", "elevated", "highest")


def level(word: object) -> str | None:
    """Return a gateway's name as a level; none for "not_assessed", "unknown" and the like."""
    return word if isinstance(word, str) and word in LEVELS else None


def higher(known: str | None, reported: str | None) -> str | None:
    """Return the higher of two levels; commutes, so which was reported first doesn't matter."""
    return max((known, reported), key=lambda one: LEVELS.index(one) if one in LEVELS else -1)
