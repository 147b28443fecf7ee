"""Import a gateway's past: walk what it lists of the time before the books, and queue it.

What is queued takes the way of any event, under the ids that it has when it is pulled, so that it
is booked once, whoever brings it and however often. It is marked as imported: nobody is told.
"""

from collections.abc import Iterator
from datetime import timedelta

from kassa.core.errors import GatewayError, GatewayUnavailable, UnknownGateway
from kassa.gateways import dispatch
from kassa.gateways.events import Delivery
from kassa.gateways.ports import Page
from kassa.gateways.read import delivery_of
from kassa.intake import deliveries
from kassa.ledger.lists import imports
from kassa.ledger.lists.imports import Import
from kassa.ledger.pull_events import RESERVE_S
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger, metrics

ORIGIN = "import"
PAUSE_S = 0.25  # between pages: live calls have most of what a gateway takes (Stripe: 25 a second)
BACKLOG_MAX = 1000  # messages: live events mustn't wait behind a past
ROOM_S = 5.0  # until the backlog is looked at again


def import_history(gateway: str, account: str, time_left_s: TimeLeft) -> int:
    """Go on with an account's import while there is time; return how many rows were queued."""
    found = imports.find(gateway, account)
    if found is None or not found.is_due(clock.now()):
        return 0
    walked = [found]
    try:
        for at in _walk(found, time_left_s):
            walked.append(at)
    except GatewayUnavailable as error:
        imports.wait(walked[-1], str(error), error.wait_s, clock.now())
        _warn(found, error)
    except (GatewayError, UnknownGateway) as error:
        imports.refuse(walked[-1], str(error), clock.now())
        _warn(found, error)
    rows = walked[-1].rows - found.rows
    metrics.add_metric(name="RowsImported", unit="Count", value=rows)
    return rows


def _walk(at: Import, time_left_s: TimeLeft) -> Iterator[Import]:
    """Queue page after page; yield where the import stands behind each."""
    for page in dispatch.history(at.gateway, at.account, at.read_until or None, at.past):
        if not _has_room(time_left_s):
            return
        moved = imports.advance(at, page, _queued(at, page), clock.now())
        if moved is None:  # another walks it, and was faster
            return
        yield (at := moved)
        if time_left_s() <= RESERVE_S:
            return
        clock.sleep(PAUSE_S)
    imports.finish(at, clock.now())
    logger.info("history imported", gateway=at.gateway, account=at.account, rows=at.rows)


def _queued(at: Import, page: Page) -> int:
    return deliveries.queue_deliveries(_delivery(at, body) for body in page.bodies)


def _delivery(at: Import, body: bytes) -> Delivery:
    """Wrap a row; what names no time of its own (BTCPay's expiries) was before the books, too."""
    delivery = delivery_of(at.gateway, at.account, ORIGIN, body, at.past)
    received_at = at.ends_at - timedelta(seconds=1)
    return delivery.model_copy(update={"received_at": received_at, "import_id": at.import_id})


def _has_room(time_left_s: TimeLeft) -> bool:
    """Wait until what stands before live events is booked; tell whether it was in time."""
    while deliveries.backlog() > BACKLOG_MAX:
        if time_left_s() <= RESERVE_S + ROOM_S:
            return False
        clock.sleep(ROOM_S)
    return True


def _warn(of: Import, error: Exception) -> None:
    logger.warning("history not read", gateway=of.gateway, account=of.account, reason=str(error))
