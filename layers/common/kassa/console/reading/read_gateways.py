"""Read how each gateway account is connected: its secrets by name, and when it sent last."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.console.pages.settings import GatewayRead, KeptSecret
from kassa.console.reading.read_health import spoke
from kassa.gateways.registry import MANUAL
from kassa.monitoring import heartbeat_store
from kassa.platform.secret_dates import changed_at

ONE_DAY = timedelta(days=1)
SECRETS = ("webhooks", "api")  # what proves a gateway's calls, and ours


def read_gateways(base_url: str, now: datetime) -> Iterator[GatewayRead]:
    """Yield the gateway accounts that the stack names; what people enter payments at is none."""
    connected = [one for one in spoke(now) if one.gateway != MANUAL]
    quiet = [(one.gateway, one.account) for one in connected if one.received_at is None]
    booked = heartbeat_store.last_spoke(quiet, (now.date(), now.date() - ONE_DAY))
    for one in connected:
        place = f"{one.gateway}/{one.account}"
        yield GatewayRead(
            gateway=one.gateway,
            account=one.account,
            url=f"{base_url}/webhooks/{place}",
            secrets=tuple(_kept(f"{kind}/{place}") for kind in SECRETS),
            received_at=one.received_at or booked.get((one.gateway, one.account)),
        )


def _kept(name: str) -> KeptSecret:
    at = changed_at(name)
    return KeptSecret(name, at is not None, at)
