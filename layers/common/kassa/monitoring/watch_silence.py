"""Listen to the gateways: count who spoke, and say which one is missed."""

from datetime import datetime, timedelta
from functools import partial

from kassa.monitoring import heartbeat as beats
from kassa.monitoring import heartbeat_store as heartbeats
from kassa.monitoring.heartbeat import Heartbeat
from kassa.monitoring.silence import Silence, is_missed, silence
from kassa.platform import clock
from kassa.platform.keep_going import keep_going
from kassa.platform.telemetry import count_by, logger, metrics

SETTLED = timedelta(minutes=1)  # what was booked before stands in the list
COUNTED_MAX = timedelta(days=1)  # at once; after a longer pause the next runs go on

Account = tuple[str, str]


def watch_silence(accounts: list[Account]) -> int:
    """Count what each account told since the last run; return how many are missed."""
    now = clock.now()
    heard: dict[Account, Heartbeat] = {}
    for account in accounts:
        listen = partial(_listened, account, now, heard)
        keep_going("silent", listen, gateway=account[0], account=account[1])
    missed = 0
    for account, beat in heard.items():
        others = [other for name, other in heard.items() if name != account]
        one = silence(beat)
        if one is not None and is_missed(one, others):
            _tell(account, one)
            missed += 1
    metrics.add_metric(name="GatewaySilent", unit="Count", value=missed)
    return missed


def _listened(account: Account, now: datetime, heard: dict[Account, Heartbeat]) -> None:
    beat = heartbeats.read(*account) or beats.begin(now - SETTLED)
    until = min(now - SETTLED, beat.counted_until + COUNTED_MAX)
    if until > beat.counted_until:
        events = heartbeats.counted(*account, beat.counted_until, until)
        beat = beats.listen(beat, until, events)
    heartbeats.keep(*account, beat)
    heard[account] = beat


def _tell(account: Account, one: Silence) -> None:
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
