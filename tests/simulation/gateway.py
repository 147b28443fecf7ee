"""The gateway: its own truth about payments, told by events in Stripe's words.

What can happen stands in `gateway_life.py`. It sends each event until it hears 2xx, sometimes
twice, in any order, and a day later again; it books every movement of the balance for the pull.
"""

import itertools
from collections.abc import Callable
from typing import Any

from tests.simulation import stripe_events as stripe
from tests.simulation.schedule import EPOCH, Schedule
from tests.simulation.stripe_events import Body
from tests.simulation.values import copied

SECRETS = ["whsec_first", "whsec_second"]
_RATE = {"jpy": 0.625, "gbp": 1.25}  # euro cents for a minor unit; the balance is in euro
_REPAIRABLE = {
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.captured",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
}
_LARGE_RATE, _LARGE_BYTES = 0.005, 40_000  # a body that no message can carry
POISON = "poison-"  # how the id of what is no event begins
FORGED = "forged-"  # how the id of what somebody else signed begins
_AGAIN_S = (0.0, 3.0, 4_000.0, 90_000.0)  # when a duplicate comes: now, soon, after 1 h, next day

Post = Callable[[Body, str, Callable[[int], None]], None]


class Gateway:
    """Objects by id, the balance transactions, and what was told of them."""

    def __init__(self, schedule: Schedule, post: Post, version: str) -> None:
        self.objects: dict[str, Body] = {}
        self.movements: list[Body] = []
        self.events: list[Body] = []
        self.accepted: set[str] = set()
        self.missed = 0
        self._schedule = schedule
        self._post = post
        self.version = version
        self._ids = itertools.count(1)

    def now_s(self) -> int:
        """Return the instant in whole seconds since 1970, as the gateway counts."""
        return int(EPOCH.timestamp() + self._schedule.now_s)

    def new_id(self, prefix: str) -> str:
        """Return an id that was never used."""
        return f"{prefix}_{next(self._ids)}"

    def emit(self, gateway_type: str, body: Body, livemode: bool = True) -> None:
        """Tell an event: the object as it stands now, sometimes with more words than fit."""
        if gateway_type in _REPAIRABLE and self._is_silent():
            return
        shown = self.shown(body)
        if self._schedule.source.random() < _LARGE_RATE:
            shown["description"] = "long " * _LARGE_BYTES
        event = stripe.event(self.new_id("evt"), gateway_type, shown, self.now_s(), self.version)
        event["livemode"] = livemode
        self.events.append(event)
        weather, source = self._schedule.weather, self._schedule.source
        self.send(event, 0, source.uniform(0.0, weather.delay_max_s))
        if source.random() < weather.duplicate:
            self._schedule.seen["a webhook was sent twice"] += 1
            self.send(event, 0, source.choice(_AGAIN_S))

    def _is_silent(self) -> bool:
        """Keep an event to itself, now and then; the balance still moves."""
        if self._schedule.source.random() >= self._schedule.weather.silent:
            return False
        self.missed += 1
        self._schedule.seen["an event was never sent"] += 1
        return True

    def shown(self, body: Body) -> Body:
        """Return an object as the account's API version shows it."""
        shown: Body = copied(body)
        if self.version == "2018" and body["object"] in ("refund", "dispute"):
            del shown["payment_intent"]
        if self.version != "2025" and body["object"] == "payment_intent":
            del shown["latest_charge"]
            mine = [b for b in self._all("charge") if b["payment_intent"] == body["id"]]
            shown["charges"] = {"object": "list", "data": [self.shown(b) for b in mine]}
        if self.version != "2025" and body["object"] == "charge":
            mine = [b for b in self._all("refund") if b["charge"] == body["id"]]
            shown["refunds"] = {"object": "list", "data": [self.shown(b) for b in mine]}
        return shown

    def _all(self, kind: str) -> list[Body]:
        return [body for body in self.objects.values() if body["object"] == kind]

    def send(self, event: Body, attempt: int, delay_s: float) -> None:
        """Send an event's webhook after a while, and again until it is answered with 2xx."""

        forged = event["id"].startswith(FORGED)

        def heard(status: int) -> None:
            if forged:
                self._hear_of_forged(event["id"], status)
            elif 200 <= status < 300:
                self.accepted.add(event["id"])
            elif status in (400, 404, 413):
                self._schedule.findings.append(f"{event['id']} was refused with {status}")
            else:
                self._schedule.seen["a webhook was refused and sent again"] += 1
                self.send(event, attempt + 1, min(3600.0, 5.0 * 3**attempt))

        def sent() -> None:
            text, header = stripe.signed(event, [FORGED] if forged else SECRETS, self.now_s())
            self._post({"body": text, "signature": header}, event["id"], heard)

        self._schedule.at(delay_s, sent)

    def _hear_of_forged(self, event_id: str, status: int) -> None:
        if status == 400:
            self._schedule.seen["a forged webhook was refused"] += 1
        elif status < 500:
            self._schedule.findings.append(f"forged {event_id} was answered with {status}")

    def moved(self, kind: str, amount: int, source: Body, fee: int = 0) -> Body:
        """Book a movement of the balance, exchanged to euro where needed."""
        rate = _RATE.get(source["currency"])
        settled = (
            round(amount * rate * (100 if source["currency"] == "jpy" else 1)) if rate else amount
        )
        body = stripe.balance_transaction(self.new_id("txn"), kind, settled, fee, self.now_s())
        body["exchange_rate"] = rate
        shown: dict[str, Any] = {k: v for k, v in body.items() if k != "source"}
        self.movements.append(body | {"source": source["id"]})
        return shown
