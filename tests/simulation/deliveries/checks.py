"""Checks at every write: what may not be seen of a delivery, not for a moment."""

from typing import Any

from kassa.deliveries.delivery import ENDED, Status
from kassa.platform import table
from tests.simulation.deliveries.world import DeliveriesWorld
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item

_FOR_GOOD = ("fact_id", "channel", "recipient", "message", "payload", "created_at")
_REPORTED = (Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)


class Checks:
    """Sees every write, and notes what is wrong."""

    def __init__(self, world: DeliveriesWorld) -> None:
        self._world = world
        world.store.on_write.append(self.see_write)

    def _find(self, finding: str) -> None:
        self._world.schedule.findings.append(f"{self._world.schedule.now_s:.3f} {finding}")

    def see_write(self, name: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at one item before and after a write."""
        if new is None:
            self._find(f"{key} was deleted")
        elif key[1] == "DELIVERY" and old:
            self._see(key[0], table.plain(old), table.plain(new))

    def _see(self, key: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        if changed := [name for name in _FOR_GOOD if old.get(name) != new.get(name)]:
            self._find(f"{key} was begun, and {changed[0]} changed after that")
        if int(new["version"]) != int(old["version"]) + 1:
            self._find(f"{key} went from version {old['version']} to {new['version']}")
        was, is_now = Status(old["status"]), Status(new["status"])
        if was in _REPORTED and _REPORTED.index(was) >= _rank(is_now):
            self._find(f"{key} was {was}, and became {is_now}")
        is_redriven = key.rpartition("#")[2] in self._world.redriven
        if was in ENDED and is_now not in ENDED and not is_redriven:
            self._find(f"{key} had ended as {was}, and became {is_now}")


def _rank(status: Status) -> int:
    return _REPORTED.index(status) if status in _REPORTED else -1
