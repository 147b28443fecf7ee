"""Whole numbers among the arguments of a command: plain digits, within bounds."""

from collections.abc import Callable
from typing import TypedDict

from kassa.core.numerals import whole

PORT_MAX = 65_535


class Bounds(TypedDict):
    """What an option or argument that is a number is made with."""

    parser: Callable[[object], int]
    min: int
    max: int


def between(least: int, most: int) -> Bounds:
    """Return how a number from `least` to `most` is read, and what help says of it."""

    def number(value: object) -> int:
        found = whole(value)
        if not least <= found <= most:
            raise ValueError(f"must be from {least} to {most}")
        return found

    return {"parser": number, "min": least, "max": most}
