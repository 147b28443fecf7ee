"""Which facts an endpoint is told of: names of kinds, or what they begin with and a star.

A filter is spelled as the kind is. One that nothing fits was meant otherwise, so it is refused with
what it may have meant, and no endpoint waits in silence for what never comes.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from kassa.core.errors import InvalidRequest

FILTERS_MAX = 50
ALL = "*"  # of later releases too
ALWAYS_SENT = frozenset({"CustomerErased"})  # whoever was told of a person must forget them too


def read_filters(filters: Iterable[str], kinds: Collection[str]) -> tuple[str, ...]:
    """Return filters in their order, each once; raise InvalidRequest for one that nothing fits."""
    found = tuple(dict.fromkeys(filters))
    if not 1 <= len(found) <= FILTERS_MAX:
        raise InvalidRequest(f"events: 1 to {FILTERS_MAX} kinds of facts, or {ALL} for all")
    for one in found:
        if not any(fits(one, kind) for kind in kinds):
            raise InvalidRequest(
                f"events: {_shown(one)} fits no kind of fact{_suggestion(one, kinds)}"
            )
    return found


def is_sent(filters: Iterable[str], kind: str) -> bool:
    """Tell whether an endpoint of these filters is told of a kind."""
    return kind in ALWAYS_SENT or any(fits(one, kind) for one in filters)


def fits(one: str, kind: str) -> bool:
    """Tell whether a filter names a kind; a star stands at a filter's end alone."""
    if one.endswith("*"):
        return "*" not in one[:-1] and kind.startswith(one[:-1])
    return one == kind


def _suggestion(one: str, kinds: Collection[str]) -> str:
    """Say what a filter may have meant, whatever case and dots it was written with."""
    if "*" in one[:-1]:
        return ": a star stands at the end alone"
    meant = {kind.lower(): kind for kind in sorted(kinds)}
    bare = one.rstrip("*").replace(".", "").replace("_", "").lower()
    close = get_close_matches(bare, meant, n=1, cutoff=0.6)
    begun = next((kind for lower, kind in meant.items() if bare and lower.startswith(bare)), None)
    if one.endswith("*") and begun:
        return f": did you mean {begun[: len(bare)]}*?"
    named = meant[close[0]] if close else begun
    return f": did you mean {named}?" if named else ": docs/flow.md lists them all"


def _shown(one: str) -> str:
    return one if one.isascii() and one.isprintable() and len(one) <= 60 else "one of them"
