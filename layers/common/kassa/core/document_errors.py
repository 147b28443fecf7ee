"""Gathers what is wrong with a document that a person wrote, so that they hear of all at once."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from kassa.core.errors import InvalidRequest, Unreadable

P = ParamSpec("P")
T = TypeVar("T")

MISTAKES_MAX = 100  # of one document; whoever makes more is told to look at these first


class Mistakes:
    """The mistakes that were found so far, in their order."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[str] = []

    def of(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what was read; nothing where it was refused, which is kept."""
        try:
            return read(*args, **kwargs)
        except Unreadable as refused:
            self.found += refused.wrong
        except InvalidRequest as refused:
            self.found.append(str(refused))
        return None

    def refuse(self) -> None:
        """Raise Unreadable if anything was found."""
        if self.found:
            more = len(self.found) - MISTAKES_MAX
            cut = [f"and {more} mistakes more"] if more > 0 else []
            raise Unreadable([*self.found[:MISTAKES_MAX], *cut])
