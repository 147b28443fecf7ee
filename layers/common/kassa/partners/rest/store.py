"""Targets in the table: each version that was ever saved, none ever changed; the newest rules."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import NotFound, UnreadableItem
from kassa.partners import keys
from kassa.partners.rest.target import SavedTarget, Target
from kassa.platform import clock, table
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out

KEPT_FOR = timedelta(minutes=1)

_kept: dict[str, tuple[datetime, list[Target]]] = {}


class Targets:
    """One merchant's targets."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def ruling(self) -> list[Target]:
        """Return every target as it rules, at most a minute old."""
        kept = _kept.get(self._merchant_id)
        if kept and timedelta(0) <= clock.now() - kept[0] < KEPT_FOR:
            return kept[1]
        found = [one.target for one in self.listed()]
        _kept[self._merchant_id] = clock.now(), found
        return found

    def listed(self) -> list[SavedTarget]:
        """Return every target as it rules, as of now; a newer release's is left out."""
        return list(_read(keys.targets(self._merchant_id, "").PK, newest_first=False))

    def find(self, name: str, version: int | None = None) -> SavedTarget:
        """Return a target as it rules, or a version of it; raise NotFound without one."""
        of = keys.targets(self._merchant_id, name)
        if version is not None:
            of = keys.target_version(self._merchant_id, name, version)
        item = table.get(of)
        if item is None:
            which = f"no version {version} of" if version is not None else "no"
            raise NotFound(f"there is {which} target {name}: 'kassa partners save' keeps one")
        return stored.read_text(SavedTarget, item["document"])

    def versions(self, name: str) -> Iterator[SavedTarget]:
        """Yield every version of a target, newest first."""
        return _read(keys.target_version(self._merchant_id, name, 0).PK, newest_first=True)

    def save(self, target: Target, by: Actor) -> SavedTarget | None:
        """Keep a target as its next version, which rules from now on; None if it does already.

        Raises StaleWrite when another took that number.
        """
        before = next(self.versions(target.name), None)
        if before is not None and before.target == target:
            return None
        version = before.version + 1 if before else 1
        saved = SavedTarget(target=target, version=version, saved_at=clock.now(), saved_by=by.name)
        kept = {"version": version, "document": stored.text(saved, exclude_defaults=True)}
        places = (
            (
                keys.target_version(self._merchant_id, target.name, version),
                "attribute_not_exists(PK)",
            ),
            (keys.targets(self._merchant_id, target.name), None),
        )
        puts = [_put(of._asdict() | kept, condition) for of, condition in places]
        act = Act(
            operation="partner_target.save",
            object_id=f"partner_target/{target.name}",
            by=by,
            before=str(before.version) if before else None,
            after=str(version),
        )
        audit_trail.save_version(puts, act, f"the target {target.name}")
        return saved


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()


def _put(item: dict[str, object], condition: str | None) -> dict[str, object]:
    put: dict[str, object] = {"TableName": settings().table_name, "Item": table.typed(item)}
    return {"Put": put | ({"ConditionExpression": condition} if condition else {})}


def _read(partition: str, *, newest_first: bool) -> Iterator[SavedTarget]:
    pages = table.pages(
        KeyConditionExpression="PK = :targets",
        ExpressionAttributeValues=table.typed({":targets": partition}),
        ScanIndexForward=not newest_first,
        ConsistentRead=True,
    )
    for item in (item for page in pages for item in page):
        try:
            yield stored.read_text(SavedTarget, item["document"])
        except UnreadableItem as error:
            leave_out(error, target=str(item["SK"]))
