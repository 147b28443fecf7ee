"""Pull what a gateway lists: its balance transactions, and the events that it failed to deliver.

What is pulled takes the same queue and the same booking as any event, under a deterministic id.
"""

from datetime import timedelta

from kassa.gateways import dispatch, registry
from kassa.gateways.read import delivery_of
from kassa.gateways.registry import Ability
from kassa.intake import deliveries
from kassa.ledger.lists import cursors, imports
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings

RESERVE_S = 10.0  # kept back for the call under way
CURSORS = {Ability.PAYOUTS: "balance_transactions", Ability.LIST_EVENTS: "events"}


def pull_events(gateway: str, account: str, time_left_s: TimeLeft) -> int:
    """Queue what a gateway lists since the last run, all that it can list; return how many."""
    can = [ability for ability in CURSORS if registry.can(gateway, ability)]
    return sum(_pulled(gateway, account, ability, time_left_s) for ability in can)


def _pulled(gateway: str, account: str, ability: Ability, time_left_s: TimeLeft) -> int:
    """Walk one list; its cursor is advanced page by page, after what was read is queued."""
    # A webhook knows the order; let it come first where there is one.
    until = clock.now() - timedelta(seconds=settings().pull_after_s)
    cursor, queued = CURSORS[ability], 0
    read_until, past = cursors.read(gateway, account, cursor), imports.past_of(gateway, account)
    for page in dispatch.listed(gateway, account, ability, read_until, until):
        of_page = (delivery_of(gateway, account, "pull", body, past) for body in page.bodies)
        queued += deliveries.queue_deliveries(of_page)
        cursors.advance(gateway, account, cursor, page.read_until)
        if time_left_s() <= RESERVE_S:
            break
    return queued
