"""Checks at every write: what may not be seen of a number or a series, not for a moment."""

import json
from datetime import timedelta
from typing import Any

from kassa.platform import table
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.numbering.world import SKEW_S, NumberingWorld

_LATE_S = 65.0  # how long after a worker read the clock its write may still land
_FOR_GOOD = ("entry", "entry_hash", "fact_id", "issued_on", "total")


class Checks:
    """Sees every write, and notes what is wrong."""

    def __init__(self, world: NumberingWorld) -> None:
        self._world = world
        world.store.on_write.append(self.see_write)

    def _find(self, finding: str) -> None:
        self._world.schedule.findings.append(f"{self._world.schedule.now_s:.3f} {finding}")

    def see_write(self, name: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at one item before and after a write."""
        if new is None:
            self._find(f"{key} was deleted")
        elif key[1] == "INVOICE":
            self._see_number(key, table.plain(old or {}), table.plain(new))
        elif key[1] == "SERIES":
            self._see_series(key, table.plain(old or {}), table.plain(new))

    def _see_number(self, key: Key, old: dict[str, Any], new: dict[str, Any]) -> None:
        seen = self._world.schedule.seen
        if not old:
            self._see_date(key, new)
            seen["a number was given by the earlier release"] += "entry" not in new
            return
        changed = [name for name in _FOR_GOOD if old.get(name) != new.get(name)]
        changed += [name for name in ("void_entry", "document_sha256") if _replaced(name, old, new)]
        if changed:
            self._find(f"{key} was issued, and {changed[0]} changed after that")
        seen["a number became void"] += "void_entry" in new and "void_entry" not in old

    def _see_date(self, key: Key, new: dict[str, Any]) -> None:
        """Hold a number's date, and its series' year, to the seller's calendar at the commit."""
        issued_on = json.loads(new["entry"])["issued_on"] if "entry" in new else new["issued_on"]
        now, day_of = self._world.now(), self._world.day_of
        first = day_of(now - timedelta(seconds=_LATE_S + SKEW_S))
        last = day_of(now + timedelta(seconds=SKEW_S))
        if not str(first) <= issued_on <= str(last):
            self._find(f"{key} bears {issued_on}, and the seller's day is {day_of(now)}")
        year = key[0].split("#")[2][-4:]
        if issued_on[:4] != year:
            self._find(f"{key} bears {issued_on}, of another year than its series")
        self._world.schedule.seen["a number of the new year was given"] += year == "2027"

    def _see_series(self, key: Key, old: dict[str, Any], new: dict[str, Any]) -> None:
        numbers = int(new["last_number"]) - int(old.get("last_number", 0))
        places = int(new.get("last_position", 0)) - int(old.get("last_position", 0))
        is_first = not old and numbers > 1 and not places  # what an earlier release left
        if not is_first and (numbers, places) not in ((1, 1), (0, 1), (1, 0)):
            self._find(f"{key} went on by {numbers} numbers and {places} places")
        if str(new["last_issued_on"]) < str(old.get("last_issued_on", "")):
            self._find(f"{key} went back to {new['last_issued_on']}")


def _replaced(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    return name in old and old[name] != new.get(name)
