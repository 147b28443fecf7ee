"""A replay: what an endpoint was told between two instants is told to it once more."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model
from kassa.deliveries.delivery import Delivery, Status

WINDOW_MAX = timedelta(days=31)
ABANDONED_AFTER = timedelta(hours=1)  # one that made no progress for so long gives way to another
REPLAYED = "replayed"  # why a delivery that failed needs nobody any more
_STILL_COMING = frozenset({Status.SENDING, Status.WAITING})
_MISSED = frozenset({Status.FAILED, Status.UNKNOWN, Status.SKIPPED})


class ReplayStatus(StrEnum):
    """How far a replay is."""

    RUNNING = "running"
    DONE = "done"


class Replay(Model):
    """One replay of an endpoint, and how far it is; its deliveries bear its id."""

    replay_id: str
    endpoint_id: str
    begins_at: Instant
    ends_at: Instant  # not itself within
    is_missed_only: bool = False  # only what the endpoint never took
    status: ReplayStatus = ReplayStatus.RUNNING
    day: date  # that is read next
    cursor: str | None = None  # of that day's next page
    enqueued: int = 0
    started_at: Instant
    moved_at: Instant
    version: int = 1

    @property
    def is_running(self) -> bool:
        """Whether it isn't done yet."""
        return self.status is ReplayStatus.RUNNING

    def is_under_way(self, now: datetime) -> bool:
        """Whether it goes on by itself, so that no other may begin."""
        return self.is_running and now - self.moved_at < ABANDONED_AFTER

    def is_same(self, window: tuple[datetime, datetime], is_missed_only: bool) -> bool:
        """Whether it replays the same."""
        return (self.begins_at, self.ends_at, self.is_missed_only) == (*window, is_missed_only)


def require_window(begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise InvalidRequest where a window can't be replayed."""
    if not begins_at < ends_at:
        raise InvalidRequest("to: must be later than from")
    if ends_at > now:
        raise InvalidRequest("to: must not be in the future")
    if ends_at - begins_at > WINDOW_MAX:
        raise InvalidRequest(f"from: a replay takes {WINDOW_MAX.days} days at most")


def is_replayed(delivery: Delivery, replay: Replay) -> bool:
    """Tell whether a replay tells a delivery's fact once more.

    What is still being tried comes anyway. What an earlier replay told again counts once.
    """
    is_within = replay.begins_at <= delivery.created_at < replay.ends_at
    if not is_within or delivery.status in _STILL_COMING:
        return False
    if not replay.is_missed_only:
        return not delivery.message
    return is_missed(delivery)


def is_missed(delivery: Delivery) -> bool:
    """Tell whether an endpoint never took a delivery, in this or in a later form."""
    return delivery.status in _MISSED and delivery.reason != REPLAYED


def moved(replay: Replay, cursor: str | None, enqueued: int, now: datetime) -> Replay:
    """Return a replay after one page of its day; without a cursor, that day is over."""
    changes: dict[str, object] = {
        "cursor": cursor,
        "enqueued": replay.enqueued + enqueued,
        "moved_at": now,
        "version": replay.version + 1,
    }
    if cursor is None:
        next_day = replay.day + timedelta(days=1)
        is_over = next_day > replay.ends_at.date()
        changes |= {"status": ReplayStatus.DONE} if is_over else {"day": next_day}
    return replay.model_copy(update=changes)
