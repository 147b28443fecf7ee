"""The door that the rows of a file take: as webhooks of their account do, before its books."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cli.gateways import accounts
from infra.stack import Stack
from kassa.core.errors import UnknownGateway
from kassa.gateways.events import Delivery
from kassa.ledger.lists import import_runs, imports
from kassa.monitoring.import_history import ORIGIN
from kassa.monitoring.submit_import import LIVE_SINCE
from kassa.platform import clock


class Whose(NamedTuple):
    """Whose past a file holds, and since when it counts; none: all of it."""

    gateway: str
    account: str
    begins_at: datetime | None


def not_connected(gateway: str, account: str) -> UnknownGateway:
    """Return the error that says how an account of which there is no secret gets one."""
    return UnknownGateway(
        f"{gateway}/{account} isn't connected: 'kassa gateways connect {gateway}' first"
    )


def empty_delivery(stack: Stack, whose: Whose) -> Delivery:
    """Return a delivery without a body, of a past that ends where the account's books begin."""
    gateway, account, begins_at = whose
    secret = accounts.secret(stack, "webhooks", gateway, account)
    if not secret:
        raise not_connected(gateway, account)
    past, opened_at = imports.past_of(gateway, account), secret.get("opened_at")
    ends_at = datetime.fromisoformat(opened_at) if opened_at else clock.now() - LIVE_SINCE
    ends_at = past.ends_at if past else ends_at
    return Delivery(
        gateway=gateway,
        account=account,
        merchant_id=secret.get("merchant_id") or accounts.merchant_id(stack),
        mode=secret.get("mode", "live"),
        received_at=ends_at - timedelta(seconds=1),
        origin=ORIGIN,
        opened_at=begins_at or (past.begins_at if past else None),
        imported_until=ends_at,
        shop=secret.get("shop"),
    )


def list_file(whose: Whose, file: Path, lines: tuple[int, int], ends_at: datetime) -> str:
    """List a file among the imports and return what it is called there.

    `lines` says how many rows it has, and how many of them can't be read.
    """
    rows, unreadable = lines
    run = import_runs.file_run(
        (whose.gateway, whose.account),
        clock.now().replace(microsecond=0),
        (whose.begins_at, ends_at),
        digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        file_name=file.name,
        rows=rows,
        unreadable=unreadable,
    )
    import_runs.keep(run)
    return run.import_id
