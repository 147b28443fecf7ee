"""Colours that can be read, whatever colour a merchant has.

Contrast is that of WCAG 2.2 (success criterion 1.4.3): 4.5 to 1 for text.
"""

from collections.abc import Mapping
from functools import lru_cache

ENOUGH = 4.5
PAPER, INK, NIGHT = "#ffffff", "#1d2129", "#1f2228"  # cards by day, their text, cards by night
_WHITE, _BLACK = "#ffffff", "#000000"
_STEPS = 20


@lru_cache(64)
def colours_of(accent: str) -> Mapping[str, str]:
    """Return the colours of a page whose own colour is this, by day and by night."""
    by_night = readable(accent, NIGHT)
    return {
        "accent": accent,
        "on_accent": text_on(accent),
        "link": readable(accent, PAPER),
        "link_dark": by_night,
        "on_link_dark": text_on(by_night),
        "ink": INK,
        "paper": PAPER,
        "night": NIGHT,
    }


def contrast(one: str, other: str) -> float:
    """Return how far two colours (#rrggbb) are apart, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """Return what is read better on a colour, and always well enough: white or black."""
    return max(_WHITE, _BLACK, key=lambda one: contrast(one, background))


def readable(colour: str, background: str) -> str:
    """Return a colour, mixed with white or black until text of it can be read on a background."""
    target = _WHITE if _luminance(background) < 0.5 else _BLACK
    mixed = (_mixed(colour, target, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in mixed if contrast(one, background) >= ENOUGH)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _mixed(one: str, other: str, share: float) -> str:
    both = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in both)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
