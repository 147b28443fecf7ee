"""Text messages (SMS): how long one is, as carriers count (3GPP TS 23.038, section 6).

A text of the GSM alphabet has 160 characters, or 153 in each segment of several; any other is
written in UCS-2, with 70 and 67. Where an amount or a sign would cost that alone, its plain form
is taken.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kassa.core.errors import InvalidRequest

SEGMENTS_MAX = 2
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")  # each counts as two
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "),
        **dict.fromkeys("−–—\N{NON-BREAKING HYPHEN}", "-"),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("“”„", '"'),
        "…": "...",
        "•": "*",
    }
)


class TextMessage(NamedTuple):
    """A text as it is sent, and in how many segments it is charged."""

    text: str
    encoding: str  # GSM-7 or UCS-2
    segments: int


def measured(text: str) -> TextMessage:
    """Return a text with its encoding and segments; no sign is parted between two of them."""
    if set(text) <= _GSM | _GSM_TWICE:
        units, one, several, encoding = [1 + (c in _GSM_TWICE) for c in text], 160, 153, "GSM-7"
    else:
        units, one, several, encoding = [1 + (c > "\uffff") for c in text], 70, 67, "UCS-2"
    segments = 1 if sum(units) <= one else _segments(units, several)
    return TextMessage(text, encoding, segments)


def _segments(units: list[int], size: int) -> int:
    count, used = 1, 0
    for unit in units:
        if used + unit > size:
            count, used = count + 1, 0
        used += unit
    return count


def in_plain_signs(text: str) -> str:
    """Return a text on one line, without signs that would cost its alphabet."""
    return " ".join(text.translate(_PLAIN).split())


def fitting(texts: Iterable[str]) -> TextMessage:
    """Return the first text that is short enough; raise InvalidRequest where none is."""
    measures = [measured(in_plain_signs(text)) for text in texts]
    short = [one for one in measures if one.segments <= SEGMENTS_MAX]
    if short:
        return short[0]
    last = measures[-1]
    raise InvalidRequest(
        f"text_message: takes {last.segments} segments ({last.encoding}), {SEGMENTS_MAX} are"
        " allowed; say less, or use a shorter link"
    )
