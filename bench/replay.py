"""Replays a window of 10,000 booked events into the shadow, and plants three changes to be found.

The events are those of the reference life of payments, booked by the real handler into the
simulation's store. Healthy books must show no difference; books in which three items were changed
must show exactly these three.
"""

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.row import Row

EVENTS = int(os.environ.get("BENCH_REPLAY_EVENTS", "10_000"))
AT_ONCE = 10  # events in a batch, as the queue hands them over
OF_LIFECYCLE = "0Gk4aYt"  # in every id of the reference lifecycle; another for each payment


def measure() -> list[Row]:
    """Return the differences found in healthy books and what was missed or made up in others."""
    os.environ |= {"TABLE_NAME": "bench", "BUCKET_NAME": "bench", "BUS_NAME": "bench"}
    from bench.backtesting.books import Books

    books = Books()
    books.book(events())
    began = time.monotonic()
    healthy, folded = books.replayed(timedelta(hours=1))
    took_s = time.monotonic() - began
    planted = books.tamper()
    found, _ = books.replayed(timedelta(hours=1))
    books.close()
    name = f"replay of {folded:,} events into the shadow"
    return [
        Row(f"{name}: differences in healthy books", len(healthy), "", 0),
        Row(f"{name}: found of three planted", len(planted & set(found)), ""),
        Row(f"{name}: missed, or found and not planted", len(planted ^ set(found)), "", 0),
        Row(f"{name}: on the clock", round(took_s, 1), "s"),
    ]


def events() -> Iterator[list[dict[str, Any]]]:
    """Yield batches of events: of payments, of which one in ten is refunded."""
    from tests.support import reference_lifecycle as lifecycle

    waiting: list[dict[str, Any]] = []
    left, number = EVENTS, 0
    while left:
        number += 1
        event_id = lifecycle.ids(number)
        bodies = lifecycle.captured(event_id) + (
            lifecycle.refunded(event_id) if number % 10 == 0 else []
        )
        own = json.loads(json.dumps(bodies).replace(OF_LIFECYCLE, f"{number:07d}"))
        waiting += own[:left]
        left -= len(own[:left])
        while len(waiting) >= AT_ONCE:
            yield waiting[:AT_ONCE]
            waiting = waiting[AT_ONCE:]
    if waiting:
        yield waiting
