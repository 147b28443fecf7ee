"""How gateways answered what they were asked: counted in memory, until somebody publishes it.

A function handles one request at a time, so what is counted belongs to what runs now.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.platform.pacing.answer_times import CallCounts

Page = TypeVar("Page")

_counts: dict[tuple[str, str], CallCounts] = {}


def taken() -> dict[tuple[str, str], CallCounts]:
    """Return what was counted since this was last asked, by gateway and account."""
    found = dict(_counts)
    _counts.clear()
    return found


@contextmanager
def counted(gateway: str, account: str) -> Iterator[None]:
    """Count the call made inside, and how long it took."""
    begun = time.monotonic()
    try:
        yield
    except GatewayUnavailable:
        _note_silence(gateway, account)
        raise
    except GatewayRefused:
        _note_answer(gateway, account, begun, is_refusal=True)
        raise
    _note_answer(gateway, account, begun)


def counted_pages(gateway: str, account: str, pages: Iterable[Page]) -> Iterator[Page]:
    """Walk pages, each of them a call; the end of a walk asks nobody."""
    walk = iter(pages)
    while True:
        begun = time.monotonic()
        try:
            page = next(walk, None)
        except GatewayUnavailable:
            _note_silence(gateway, account)
            raise
        if page is None:
            return
        _note_answer(gateway, account, begun)
        yield page


def _note_answer(gateway: str, account: str, begun: float, is_refusal: bool = False) -> None:
    before = _counts.get((gateway, account), CallCounts())
    elapsed_ms = 1_000 * (time.monotonic() - begun)
    _counts[gateway, account] = before.answer(elapsed_ms, is_refusal)


def _note_silence(gateway: str, account: str) -> None:
    before = _counts.get((gateway, account), CallCounts())
    _counts[gateway, account] = before.silence()
