"""Read how Kassa is fed and what failed: gateways, refused webhooks, dead letters, deliveries."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.console.pages.health import GatewaySpoke, HealthRead
from kassa.console.reading.read_dead_letters import dead_letters
from kassa.deliveries import lists as delivery_lists
from kassa.deliveries.lists import DeliveryFilter
from kassa.intake.lists import refused_lately
from kassa.monitoring import heartbeat_store
from kassa.monitoring.heartbeat import hour_of
from kassa.monitoring.silence import silence
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.find_payment import accounts

DAYS, REFUSED, DELIVERIES = 7, 10, 25
DAY_HOURS, ONE_DAY = 24, timedelta(days=1)


def read_health(now: datetime) -> HealthRead:
    """Return how Kassa is fed, and what waits for a person."""
    refused, newest = refused_lately(now, DAYS, REFUSED)
    page = PageRequest(None, DELIVERIES)
    failed, more = delivery_lists.failed(settings().merchant_id, DeliveryFilter(), page)
    return HealthRead(
        gateways=tuple(spoke(now)),
        refused=refused,
        newest_refused=newest,
        dead_letters=dead_letters(),
        failed=failed,
        has_more_failed=more is not None,
    )


def spoke(now: datetime) -> Iterator[GatewaySpoke]:
    """Yield when each gateway account spoke last, as far as that is known."""
    beats = {account: heartbeat_store.read(*account) for account in accounts()}
    uncounted = [account for account, beat in beats.items() if beat is None]
    booked = heartbeat_store.last_spoke(uncounted, (now.date(), (now - ONE_DAY).date()))
    hour = hour_of(now)
    for (gateway, account), beat in beats.items():
        quiet = silence(beat) if beat else None
        yield GatewaySpoke(
            gateway=gateway,
            account=account,
            received_at=beat.received_until if beat else booked.get((gateway, account)),
            events=sum(beat.counts_between(hour - DAY_HOURS + 1, hour)) if beat else 0,
            is_surprising=bool(quiet and quiet.is_surprising),
        )
