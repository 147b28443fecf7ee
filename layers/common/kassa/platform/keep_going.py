"""Does one part of a round so that nothing which stops it stops the others.

The clock's round goes over accounts, payments and refunds that have nothing to do with each other.
A secret that isn't JSON or a body that no queue takes is that one's own trouble: it is logged and
counted for an alarm, and the round goes on. The next one tries it again.
"""

from collections.abc import Callable

from kassa.platform.telemetry import logger, metrics, reason_of


def keep_going(part: str, act: Callable[[], int | None], **named: str) -> int | None:
    """Return what a part of the round did; none where it failed, whatever the reason."""
    try:
        return act()
    except Exception as error:
        logger.warning("watch failed", part=part, reason=reason_of(error), extra=named)
        metrics.add_metric(name="WatchFailed", unit="Count", value=1)
        return None
