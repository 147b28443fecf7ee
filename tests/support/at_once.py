"""Calls of operations at once, as several workers make them.

A worker answers one request at a time, and the router of its handler keeps that request on the
class: handlers can't be called from several threads, operations can.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kassa.core.errors import KassaError


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Make all calls at once; return in their order what each returned, or how it was refused."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except KassaError as error:
            return error

    given = list(calls)
    with ThreadPoolExecutor(len(given)) as threads:
        return list(threads.map(outcome, given))
