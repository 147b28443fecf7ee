"""Checks at every step: what may never be seen in the table or on the bus, not for a moment."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

from kassa.audit.trail import GENESIS
from kassa.platform import table
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.engine.schedule import Schedule

_REFUNDING = {"pending", "requires_action", "succeeded"}
_FOLLOWING = {"EventHealed", "GatewayCallsCounted", "PaymentAttributed"}  # kept nowhere
_OF_DOCUMENTS = {"issued", "credited", "credit_voided", "voided"}  # entries that are facts anyway


class Moved(NamedTuple):
    """A posting as the checks read it from an event's item."""

    subject_id: str
    object_id: str
    kind: str
    source: str
    destination: str
    amount_minor: int
    currency: str


class Checks:
    """Sees every write and every publication, and notes what is wrong."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.facts: dict[str, str] = {}  # fact id -> event id
        self.names: dict[str, str] = {}  # fact id -> its name
        self.published: dict[str, str] = {}  # fact id -> what was published of it
        self.tellings: Counter[str] = Counter()
        self.postings: list[Moved] = []
        self.balances: Counter[tuple[str, str]] = Counter()
        self._booked: set[str] = set()  # ids of the events that were booked
        self._last_act = GENESIS

    def _find(self, finding: str) -> None:
        self._schedule.findings.append(f"{self._schedule.now_s:.3f} {finding}")

    def see_write(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at one item before and after a write."""
        if new is None:
            self._find(f"{key} was deleted")
        elif key[1] == "STATE":
            self._see_state(key, old or {}, new)
        elif key[1].startswith("EVENT#"):
            self._see_event(key, old, new)
        elif key[0] == "AUDITHEAD":
            self._see_head(new)
        elif key[0].startswith("AUDIT#"):
            self._see_act(key, old, new)
        elif key[1] == "INVOICE":
            self._see_invoice(key, old, new)

    def _see_invoice(self, key: Key, old: Item | None, new: Item) -> None:
        """An invoice states the same for ever; what is entered of it is published as facts."""
        if old is not None and _stated(old) != _stated(new):
            self._find(f"{key} was issued, and changed after that")
        _, _, series, counted = key[0].split("#")
        for one in json.loads(new["receivable"]["S"])["e"] if "receivable" in new else ():
            if one["k"] in _OF_DOCUMENTS or any(one.get("m", ())):
                self.facts[f"{series}-{counted}:{one['i']}:{one['k']}"] = one["i"]

    def _see_head(self, head: Item) -> None:
        """Note which days of the audit trail are over: no act goes to a day before the head's."""
        day = date.fromisoformat(head["published_on"]["S"]) + timedelta(days=1)
        while day < date.fromisoformat(head["day"]["S"]):
            fact_id = f"audit-{day}:audit-{day}:AuditDayClosed"
            self.facts.setdefault(fact_id, f"audit-{day}")
            self.names[fact_id] = "AuditDayClosed"
            day += timedelta(days=1)

    def _see_act(self, key: Key, old: Item | None, new: Item) -> None:
        """Hold every audit item to the one before; none is ever written again."""
        if old is not None:
            self._find(f"{key} was written again")
        if json.loads(new["content"]["S"])["previous"] != self._last_act:
            self._find(f"{key} doesn't follow from the act before")
        self._last_act = new["hash"]["S"]
        self._schedule.seen["an act was audited"] += 1

    def _see_state(self, key: Key, old: Item, new: Item) -> None:
        if integer(new, "version") <= integer(old, "version"):
            self._find(f"{key} was written without raising its version")
        if "waiting_since" in new and "waiting_since" not in old:
            self._schedule.seen["something overtook its capture and waits"] += 1
        if "waiting_since" in old and "waiting_since" not in new:
            self._schedule.seen["what waited was explained"] += 1
        held = sum(reservations(new).values())
        if integer(new, "headroom") != _headroom(new) - held:
            self._find(f"{key} has a headroom that its objects and reservations don't explain")

    def _see_event(self, key: Key, old: Item | None, new: Item) -> None:
        if old is not None and "is_ignored" not in old:
            self._find(f"{key} was written again")
        event_id, subject_id = new["event_id"]["S"], new["subject"]["L"][3]["S"]
        if "is_ignored" in new:
            self._schedule.seen["an event was ignored"] += 1
        else:
            self._booked.add(event_id)
        for name, known, moved in json.loads(new.get("facts", {"S": "[]"})["S"]):
            fact_id = f"{subject_id}:{known['object_id']}:{name}"
            if self.facts.setdefault(fact_id, event_id) != event_id:
                self._find(f"fact {fact_id} became true twice")
            is_opening = {posting[2] for posting in moved} == {"opening_balance"}
            self.names[fact_id] = f"{known['fact']} of the opening" if is_opening else known["fact"]
            for posting in moved:
                self._see_posting(Moved(subject_id, known["object_id"], *posting))

    def _see_posting(self, posting: Moved) -> None:
        self.postings.append(posting)
        self.balances[posting.source, posting.currency] -= posting.amount_minor
        self.balances[posting.destination, posting.currency] += posting.amount_minor
        sums: Counter[str] = Counter()
        for (_, currency), amount in self.balances.items():
            sums[currency] += amount
        if posting.amount_minor <= 0 or any(sums.values()):
            self._find(f"the ledger is out of balance after {posting}")

    def see_published(self, name: str, detail: dict[str, Any]) -> None:
        """Look at a fact on the bus: it must be true, and the same as before."""
        fact_id = detail["metadata"]["fact_id"]
        if name in _FOLLOWING:
            self._see_following(name, fact_id, detail["metadata"]["event_id"])
        if fact_id not in self.facts:
            self._find(f"fact {fact_id} was published before it was true")
        content = json.dumps(detail, sort_keys=True)
        if self.published.setdefault(fact_id, content) != content:
            self._find(f"fact {fact_id} was published with other content")
        self.tellings[fact_id] += 1
        if self.tellings[fact_id] == 2:
            self._schedule.seen["a fact was published again"] += 1

    def _see_following(self, name: str, fact_id: str, event_id: str) -> None:
        """Hold what no item keeps to what it follows from, where that is kept."""
        if name == "EventHealed" and event_id not in self._booked:
            self._find(f"event {event_id} was healed before it was booked")
        explained = fact_id.removesuffix(":attributed")
        if name == "PaymentAttributed" and explained not in self.facts:
            self._find(f"fact {explained} was explained before it was true")
        self.facts.setdefault(fact_id, event_id)


def _stated(invoice: Item) -> Item:
    """Return what an invoice states; its document and what is owed of it are noted later."""
    later = ("document_", "receivable", "GSI")
    return {
        name: value
        for name, value in invoice.items()
        if not name.startswith(later) and name != "state"
    }


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
    objects = {
        object_id: {name: next(iter(value.values())) for name, value in known["M"].items()}
        for object_id, known in item.get("objects", {"M": {}})["M"].items()
    }
    closed = table.plain(item).get("closed", {})
    named = sum(int(minor) for minor in closed.get("named", {}).values())
    total = -sum(int(minor) for minor in closed.get("refunded", {}).values())
    reported = 0
    for known in objects.values():
        amount, left = int(known["a"]), int(known.get("w", 0))
        if known["k"] == "charge" and known["s"] == "captured":
            total += amount
        elif known["k"] == "refund":
            named += amount
            total -= amount if known["s"] in _REFUNDING else 0
            total -= max(0, left - amount) if known["s"] == "failed" else 0
        elif known["k"] == "refunded_total":
            reported += amount
    return total - max(0, reported - named) - sum(_held(objects).values())


def _held(objects: dict[str, Any]) -> dict[str, int]:
    """Add up what each dispute took less what it gave back; an open one holds its amount."""
    funds = {one: known for one, known in objects.items() if known["k"] == "dispute_funds"}
    owners = {one: known.get("o", one.removesuffix("/funds")) for one, known in funds.items()}
    sure = {(owners[one], known["s"]) for one, known in funds.items() if not known.get("y")}
    held: dict[str, int] = {}
    for one, known in funds.items():
        if known.get("y") and (owners[one], known["s"]) in sure:
            continue
        sign = 1 if known["s"] == "withdrawn" else -1
        held[owners[one]] = held.get(owners[one], 0) + sign * int(known["a"])
    held = {owner: max(0, minor) for owner, minor in held.items()}
    for dispute_id, known in objects.items():
        if (known["k"], known["s"]) == ("dispute", "open"):
            held.setdefault(dispute_id, int(known["a"]))
    return held
