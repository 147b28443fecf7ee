"""How far a build went, in one line that changes while someone waits at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from rich.status import Status

from cli.output import console
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.reports.reading.progress_store import BuildProgress, read_progress
from kassa.reports.report import ReportRequest

LOOKED_S = 2.0  # between two looks; a build writes no more often


@contextmanager
def shown(request: ReportRequest) -> Iterator[None]:
    """Show how far a build went while it goes on; nothing where nobody watches, as in a pipe."""
    screen = console()
    if not screen.is_terminal:
        yield
        return
    is_over = Event()
    with screen.status(f"building {request.day}") as status:
        watching = Thread(target=_watch, args=(request, status, is_over), daemon=True)
        watching.start()
        try:
            yield
        finally:
            is_over.set()
            watching.join(LOOKED_S)


def line_of(name: str, found: BuildProgress) -> str:
    """Return how far a build went, in one line: stage, percent, facts counted, time left."""
    parts = [f"building {name}: {found.stage}, {found.percent} %"]
    if found.rows is not None:
        parts.append(f"{found.rows:,} facts")
    if found.left_s is not None:
        parts.append(f"about {timedelta(seconds=found.left_s)} left")
    return ", ".join(parts)


def _watch(request: ReportRequest, status: Status, is_over: Event) -> None:
    while not is_over.wait(LOOKED_S):
        merchant_id = settings().merchant_id
        found = read_progress(merchant_id, request.period, request.day, clock.now())
        if found is not None:
            status.update(line_of(request.day, found))
