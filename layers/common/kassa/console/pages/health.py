"""What the screen of health shows: who was spoke, what was refused, and what failed."""

from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kassa.deliveries.delivery import Delivery
from kassa.reports.localization import Texts

_WHYS = {400: "not_proved", 404: "unknown", 413: "too_large"}  # by how it was answered


class Dead(Protocol):
    """What failed for good of one kind of queued work."""

    @property
    def queue(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def waiting(self) -> int: ...


class Refused(Protocol):
    """A webhook that was refused, as far as the page shows it."""

    @property
    def refused_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def gateway(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def reason(self) -> str: ...


class GatewaySpoke(NamedTuple):
    """When a gateway account spoke last, as far as it was counted."""

    gateway: str
    account: str
    received_at: datetime | None
    events: int  # of the last day
    is_surprising: bool  # it is quiet for longer than chance explains


class HealthRead(NamedTuple):
    """What was read for the screen."""

    gateways: tuple[GatewaySpoke, ...]
    refused: int
    newest_refused: tuple[Refused, ...]
    dead_letters: tuple[Dead, ...]
    failed: tuple[Delivery, ...]
    has_more_failed: bool


def shown(read: HealthRead, texts: Texts, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return what the page is filled in with."""
    return {
        "gateways": [
            {
                "name": texts.gateway(f"{one.gateway}/{one.account}"),
                "ago": texts.span(now - one.received_at) if one.received_at else "",
                "events": texts.number(one.events),
                "is_surprising": one.is_surprising,
            }
            for one in read.gateways
        ],
        "refused": read.refused,
        "newest_refused": [
            {
                "at": texts.instant(one.at.astimezone(zone)),
                "gateway": one.gateway[:40],
                "status": one.status,
                "why": _WHYS.get(one.status, "other"),
                "reason": one.reason,
                "id": one.refused_id,
            }
            for one in read.newest_refused
        ],
        "dead_letters": read.dead_letters,
        "failed": [
            {
                "id": one.delivery_id,
                "fact": one.fact,
                "channel": one.channel.value,
                "recipient": one.recipient,
                "reason": one.reason or "",
                "attempts": one.attempts,
                "at": texts.instant(one.created_at.astimezone(zone)),
            }
            for one in read.failed
        ],
        "has_more": read.has_more_failed,
    }
