"""The judge at every step: what may never be seen in the table or on the bus, not for a moment."""

import json
from collections import Counter
from typing import Any, NamedTuple

from tests.simulation.items import Key
from tests.simulation.schedule import Schedule
from tests.simulation.values import Item

_REFUNDING = {"pending", "requires_action", "succeeded"}


class Moved(NamedTuple):
    """A posting as the judge reads it from an event's item."""

    subject_id: str
    object_id: str
    kind: str
    source: str
    destination: str
    amount_minor: int
    currency: str


class Judge:
    """Sees every write and every telling, and notes what is wrong."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.facts: dict[str, str] = {}  # fact id -> event id
        self.names: dict[str, str] = {}  # fact id -> its name
        self.told: dict[str, str] = {}  # fact id -> what the bus was told
        self.tellings: Counter[str] = Counter()
        self.postings: list[Moved] = []
        self.balances: Counter[tuple[str, str]] = Counter()

    def _find(self, words: str) -> None:
        self._schedule.findings.append(f"{self._schedule.now_s:.3f} {words}")

    def see_write(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at one item before and after a write."""
        if new is None:
            self._find(f"{key} was deleted")
        elif key[1] == "STATE":
            self._see_state(key, old or {}, new)
        elif key[1].startswith("EVENT#"):
            self._see_event(key, old, new)
        elif key[1] == "INVOICE" and old is not None and _stated(old) != _stated(new):
            self._find(f"{key} was issued, and changed after that")

    def _see_state(self, key: Key, old: Item, new: Item) -> None:
        if integer(new, "version") <= integer(old, "version"):
            self._find(f"{key} was written without raising its version")
        if "GSI2PK" in new and "GSI2PK" not in old:
            self._schedule.seen["something overtook its capture and waits"] += 1
        if "GSI2PK" in old and "GSI2PK" not in new:
            self._schedule.seen["what waited was explained"] += 1
        held = sum(reservations(new).values())
        if integer(new, "headroom") != _headroom(new) - held:
            self._find(f"{key} has a headroom that its objects and reservations don't explain")

    def _see_event(self, key: Key, old: Item | None, new: Item) -> None:
        if old is not None and "is_ignored" not in old:
            self._find(f"{key} was written again")
        if "is_ignored" in new:
            self._schedule.seen["an event was ignored"] += 1
        event_id, subject_id = new["event_id"]["S"], new["subject"]["L"][3]["S"]
        for name, said, moved in json.loads(new.get("facts", {"S": "[]"})["S"]):
            fact_id = f"{subject_id}:{said['object_id']}:{name}"
            if self.facts.setdefault(fact_id, event_id) != event_id:
                self._find(f"fact {fact_id} became true twice")
            self.names[fact_id] = said["fact"]
            for posting in moved:
                self._see_posting(Moved(subject_id, said["object_id"], *posting))

    def _see_posting(self, posting: Moved) -> None:
        self.postings.append(posting)
        self.balances[posting.source, posting.currency] -= posting.amount_minor
        self.balances[posting.destination, posting.currency] += posting.amount_minor
        sums: Counter[str] = Counter()
        for (_, currency), amount in self.balances.items():
            sums[currency] += amount
        if posting.amount_minor <= 0 or any(sums.values()):
            self._find(f"the ledger is out of balance after {posting}")

    def see_telling(self, name: str, detail: dict[str, Any]) -> None:
        """Look at a fact on the bus: it must be true, and say what it said before."""
        fact_id = detail["metadata"]["fact_id"]
        if fact_id not in self.facts:
            self._find(f"fact {fact_id} was told before it was true")
        told = json.dumps(detail, sort_keys=True)
        if self.told.setdefault(fact_id, told) != told:
            self._find(f"fact {fact_id} was told in other words")
        self.tellings[fact_id] += 1
        if self.tellings[fact_id] == 2:
            self._schedule.seen["a fact was told again"] += 1


def _stated(invoice: Item) -> Item:
    """Return what an invoice states; where its document stands is noted later."""
    return {name: value for name, value in invoice.items() if not name.startswith("document_")}


def integer(item: Item, name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])


def reservations(item: Item) -> dict[str, int]:
    inner = item.get("reservations", {"M": {}})["M"]
    return {name: int(value["N"]) for name, value in inner.items()}


def named(item: Item) -> set[str]:
    """Return the asks that refunds of the payment name: their reservations are consumed."""
    objects = item.get("objects", {"M": {}})["M"].values()
    return {known["M"]["q"]["S"] for known in objects if "q" in known["M"]}


def _headroom(item: Item) -> int:
    """Work out from a state's objects what may still be refunded, reservations aside."""
    total, named, told, disputes = 0, 0, 0, dict[str, int]()
    for object_id, known in item.get("objects", {"M": {}})["M"].items():
        kind, state = known["M"]["k"]["S"], known["M"]["s"]["S"]
        amount = int(known["M"]["a"]["N"])
        if kind == "charge" and state == "captured":
            total += amount
        elif kind == "refund":
            total -= amount if state in _REFUNDING else 0
            named += amount
        elif kind == "refunded_total":
            told += amount
        elif kind == "dispute":
            disputes[object_id] = amount if state == "open" else 0
    return total - max(0, told - named) - sum((disputes | _moved(item)).values())


def _moved(item: Item) -> dict[str, int]:
    """Return what each dispute took and didn't give back; each movement names its dispute."""
    moved: dict[str, int] = {}
    for known in item.get("objects", {"M": {}})["M"].values():
        if known["M"]["k"]["S"] == "dispute_funds":
            owner, amount = known["M"]["o"]["S"], int(known["M"]["a"]["N"])
            sign = 1 if known["M"]["s"]["S"] == "withdrawn" else -1
            moved[owner] = moved.get(owner, 0) + sign * amount
    return {owner: max(0, minor) for owner, minor in moved.items()}
