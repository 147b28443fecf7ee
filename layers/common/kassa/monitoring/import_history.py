"""Import a gateway's past: walk what it lists of the time before the books, and queue it.

What is queued takes the way of any event, under the ids that it has when it is pulled, so that it
is booked once, whoever brings it and however often. It is marked as imported: nobody is told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.core.errors import GatewayError, GatewayUnavailable, InvalidRequest, UnknownGateway
from kassa.core.model import Instant, Model
from kassa.gateways import dispatch, registry
from kassa.gateways.events import Delivery
from kassa.gateways.ports import Page
from kassa.gateways.read import delivery_of
from kassa.gateways.registry import Ability
from kassa.intake import deliveries
from kassa.ledger.lists import imports
from kassa.ledger.lists.import_runs import RunState, listing, run_of
from kassa.ledger.lists.imports import Import, ImportState
from kassa.ledger.pull_events import RESERVE_S
from kassa.platform import clock, secrets
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger, metrics

ORIGIN = "import"
LIVE_SINCE = timedelta(days=1)  # so far back is pulled of an account without opened_at
PAUSE_S = 0.25  # between pages: live calls have most of what a gateway takes (Stripe: 25 a second)
BACKLOG_MAX = 1000  # messages: live events mustn't wait behind a past
ROOM_S = 5.0  # until the backlog is looked at again


class ImportRequest(Model):
    """Whose past is asked for, and since when; `again` reads it anew from its beginning."""

    gateway: str
    account: str
    begins_at: Instant | None = None  # none: an import that is known goes on
    again: bool = False


def request_import(request: ImportRequest) -> Import:
    """Begin an import, or let one go on that waits; raise InvalidRequest for one that can't be.

    The past ends where the account's books begin: at its `opened_at`, or else a day ago.
    """
    gateway, account, now = request.gateway, request.account, clock.now().replace(microsecond=0)
    if not registry.can(gateway, Ability.HISTORY):
        raise InvalidRequest(f"gateway: {gateway} can't be asked for its past; import a file of it")
    known = imports.find(gateway, account)
    if known is None:
        return _begun(request, now)
    begins_at = request.begins_at or known.begins_at
    _refuse_empty(begins_at, known.ends_at)
    if begins_at > known.begins_at:
        since = known.begins_at.isoformat(timespec="seconds")
        raise InvalidRequest(f"begins_at: its past since {since} is asked for; only earlier is new")
    if request.again or begins_at != known.begins_at:
        return _begun_anew(known, begins_at, now) or _found(request)
    if known.state is ImportState.FINISHED or known.is_due(now):
        return known
    return imports.resume(known, now) or _found(request)


def _begun(request: ImportRequest, now: datetime) -> Import:
    if request.begins_at is None:
        raise InvalidRequest("begins_at: say since when; nothing of this account was imported yet")
    opened_at = secrets.api_access(request.gateway, request.account).opened_at
    new = Import(
        gateway=request.gateway,
        account=request.account,
        begins_at=request.begins_at,
        ends_at=opened_at or now - LIVE_SINCE,
        begun_at=now,
        advanced_at=now,
    )
    _refuse_empty(new.begins_at, new.ends_at)
    return new if imports.begin(new, [listing(run_of(new))]) else _found(request)


def _begun_anew(known: Import, begins_at: datetime, now: datetime) -> Import | None:
    """Begin an import again as another run, and list how far the one before came."""
    new, before = imports.anew(known, begins_at, now), run_of(known)
    if before.state is RunState.RUNNING:
        before = before.model_copy(update={"state": RunState.SUPERSEDED})
    listed = [listing(run) for run in (before, run_of(new)) if new.import_id != before.import_id]
    return new if imports.begin_anew(known, new, listed) else None


def _found(request: ImportRequest) -> Import:
    """Return an import that another request has just begun or moved."""
    found = imports.find(request.gateway, request.account)
    assert found is not None
    return found


def _refuse_empty(begins_at: datetime, ends_at: datetime) -> None:
    if begins_at >= ends_at:
        began = ends_at.isoformat(timespec="seconds")
        raise InvalidRequest(f"begins_at: the books begin at {began}, and a past before that")


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
