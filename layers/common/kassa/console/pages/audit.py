"""What the screen of the audit trail shows: acts of some days that a filter lets through."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from kassa.audit.checks import Break
from kassa.audit.trail import AuditItem
from kassa.reports.localization import Texts

SEEN_AT = {  # where an object's own page stands
    "refund_request/": "/console/refunds/",
    "order/": "/console/search?q=",
    "invoice/": "/console/invoices/",
    "customer/": "/console/customers/",
}
TEXT_MAX = 200  # of a filter
PAGE = 50  # of acts: a key that may do everything takes a thousand bytes


class AuditDay(NamedTuple):
    """A UTC day of the trail: its acts in their order, and whether its chain is whole."""

    day: date
    acts: tuple[AuditItem, ...] = ()
    broken: Break | None = None
    is_kept: bool = False  # its head stands in the bucket, and was compared


class AuditFilter(NamedTuple):
    """Which acts are looked for: each part is what the id or name holds."""

    who: str = ""
    what: str = ""
    about: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "AuditFilter":
        """Return what a query asks for."""
        return cls(*(query.get(name, "").strip()[:TEXT_MAX] for name in ("who", "what", "object")))

    def lets(self, act: AuditItem, names: Mapping[str, str]) -> bool:
        """Tell whether an act is looked for; `names` are persons' by their ids."""
        by = act.by
        ids = [one for one in (by.person_id, by.key_id, by.aws_arn, by.system) if one]
        known = [*ids, names.get(by.person_id or "", "")]
        is_theirs = any(self.who.lower() in one.lower() for one in known)
        return is_theirs and self.what in act.operation and self.about in act.object_id

    def query(self, **more: object) -> str:
        """Return the address of these acts elsewhere."""
        own = {"who": self.who, "what": self.what, "object": self.about}
        return urlencode({name: one for name, one in (own | more).items() if one})


def shown(
    days: Iterable[AuditDay],
    asked: AuditFilter,
    names: Mapping[str, str],
    place: tuple[Texts, ZoneInfo],
) -> list[dict[str, Any]]:
    """Return the days as a page shows them, newest first, each with the acts that are asked for."""
    texts, _ = place
    return [
        {
            "day": texts.day(one.day),
            "count": texts.number(len(one.acts)),
            "is_empty": not one.acts,
            "is_kept": one.is_kept,
            "broken": f"{one.broken.item_id} {one.broken.what}" if one.broken else "",
            "acts": [
                _act(act, names, place) for act in reversed(one.acts) if asked.lets(act, names)
            ],
        }
        for one in days
    ]


def cut(days: list[dict[str, Any]], most: int = PAGE) -> int:
    """Leave so many acts in all, and return how many more there were."""
    left, more = most, 0
    for one in days:
        more += max(len(one["acts"]) - left, 0)
        one["acts"] = one["acts"][:left]
        left -= len(one["acts"])
    return more


def _act(act: AuditItem, names: Mapping[str, str], place: tuple[Texts, ZoneInfo]) -> dict[str, Any]:
    texts, zone = place
    who = names.get(act.by.person_id or "", "")
    return {
        "id": act.item_id,
        "at": texts.instant(act.at.astimezone(zone)),
        "operation": act.operation,
        "object": act.object_id,
        "path": _path(act.object_id),
        "who": who or act.by.name,
        "who_id": act.by.name if who else "",
        "key": act.by.key_id if act.by.person_id and act.by.key_id != "console" else "",
        "change": " → ".join(one or "–" for one in (act.before, act.after))
        if act.before or act.after
        else "",
        "reason": act.reason or "",
        "outcome": act.outcome.value,
        "from": act.source_ip or "",
    }


def _path(object_id: str) -> str:
    """Return where an object is seen; nothing where no screen is of its kind."""
    for kind, path in SEEN_AT.items():
        name = object_id.removeprefix(kind)
        if name != object_id and "/" not in name:
            return path + name
    return ""
