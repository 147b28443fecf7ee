"""Submit an import of a gateway's past: it begins, or one that waits goes on.

The function `watch_gateways` walks it: `import_history`.
"""

from datetime import datetime, timedelta

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model
from kassa.gateways import registry
from kassa.gateways.registry import Ability
from kassa.ledger.lists import imports
from kassa.ledger.lists.import_runs import RunState, listing, run_of
from kassa.ledger.lists.imports import Import, ImportState
from kassa.platform import clock, secrets

LIVE_SINCE = timedelta(days=1)  # so far back is pulled of an account without opened_at


class ImportRequest(Model):
    """Whose past is asked for, and since when; `again` reads it anew from its beginning."""

    gateway: str
    account: str
    begins_at: Instant | None = None  # none: an import that is known goes on
    again: bool = False


def submit_import(request: ImportRequest) -> Import:
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
