"""Listen to the gateways: count who spoke, and say which one is missed."""

from datetime import datetime, timedelta
from functools import partial

from kassa.monitoring import heartbeat, heartbeat_store
from kassa.monitoring.heartbeat import Heartbeat
from kassa.monitoring.silence import Silence, is_missed, silence
from kassa.platform import clock
from kassa.platform.keep_going import keep_going
from kassa.platform.telemetry import count_by, logger, metrics

SETTLED = timedelta(minutes=1)  # what was booked before stands in the list
COUNTED_MAX = timedelta(days=1)  # at once; after a longer pause the next runs go on

Account = tuple[str, str]


def accounts_named(parameter: str) -> list[Account]:
    """Return the gateway accounts that a stack's parameter names, each once."""
    pairs = (name.strip().partition("/") for name in parameter.split(",") if name.strip())
    return list(dict.fromkeys((gateway, account or "main") for gateway, _, account in pairs))


def watch_silence(accounts: list[Account]) -> int:
    """Count what each account sent since the last run; return how many are missed."""
    now = clock.now()
    received: dict[Account, Heartbeat] = {}
    for account in accounts:
        listen = partial(_listened, account, now, received)
        keep_going("silent", listen, gateway=account[0], account=account[1])
    missed = 0
    for account, beat in received.items():
        others = [other for name, other in received.items() if name != account]
        one = silence(beat)
        if one is not None and is_missed(one, others):
            _alarm(account, one)
            missed += 1
    metrics.add_metric(name="GatewaySilent", unit="Count", value=missed)
    return missed


def _listened(account: Account, now: datetime, received: dict[Account, Heartbeat]) -> None:
    beat = heartbeat_store.read(*account) or heartbeat.begin(now - SETTLED)
    until = min(now - SETTLED, beat.counted_until + COUNTED_MAX)
    if until > beat.counted_until:
        events = heartbeat_store.counted(*account, beat.counted_until, until)
        beat = heartbeat.listen(beat, until, events)
    heartbeat_store.keep(*account, beat)
    received[account] = beat


def _alarm(account: Account, one: Silence) -> None:
    gateway, name = account
    count_by("GatewaySilent", "gateway_account", f"{gateway}/{name}")
    logger.error(
        "gateway silent",
        gateway=gateway,
        account=name,
        since=one.since.isoformat(timespec="seconds"),
        silent_hours=round((one.until - one.since).total_seconds() / 3600, 1),
        expected_events=round(one.expected),
        missed_days=round(one.missed_days, 1),
    )
