"""A world with orders in it: the functions that open and track them, and five gateways."""

import json
import random
from collections import Counter as Counted
from datetime import datetime
from importlib import import_module
from typing import Any

from kassa.adapters.gateways.http import HttpAnswer, HttpRequest
from tests.simulation.bus import Rule
from tests.simulation.checkouts.counters import Counter, StripeCounter
from tests.simulation.faults import Weather
from tests.simulation.items import Key
from tests.simulation.schedule import EPOCH
from tests.simulation.values import Item
from tests.simulation.world import World

ASKED_BY_HTTP = ("paypal", "klarna", "adyen", "btcpay")
_TRACKED = frozenset(
    {
        *("CheckoutCompleted", "CheckoutExpired", "PaymentCaptured", "PaymentFailed"),
        *(
            "PaymentReversed",
            "PaymentVoided",
            "RefundCanceled",
            "RefundCreated",
            "RefundFailed",
            "RefundSucceeded",
        ),
    }
)
_LIFE = "LIFE"
_STILL = ("asked", "unknown", "open")  # an attempt by which money may still come
_OUTAGE = 0.3  # the share of gateways that are out for a while
_LOSES = (0.0, 0.0, 0.5, 1.0)
_REVOKED = 0.25  # the share of gateways whose API key isn't taken for a while
_OUT_S = (600.0, 2 * 3600.0, 30 * 3600.0)


class CheckoutWorld(World):
    """Everything of one seed of orders."""

    def __init__(self, seed: int, weather: Weather) -> None:
        super().__init__(seed, weather, "2025")
        source = random.Random(f"counters of {seed}")
        self.orders = self._queue("orders", "track_order", 60.0, receives_max=10)
        self.queues.append(self.orders)
        self.rules.append(Rule(_TRACKED, self.orders))
        self.counters: dict[str, Counter | StripeCounter] = {"stripe": StripeCounter(self)}
        self._by_address: list[tuple[str, Counter]] = []
        for name in ASKED_BY_HTTP:
            self._open_counter(name, seed, source)
        accounts = [f"{name}/main" for name in self.counters]
        source.shuffle(accounts)
        self.environment |= {"GATEWAY_ACCOUNTS": ",".join(accounts), "PULL_AFTER_S": "0"}
        self.lives: dict[str, dict[str, Any]] = {}
        self.sold_elsewhere: Counted[str] = Counted()  # payments of an order past our pages
        self.ordered: dict[str, int] = {}  # what each order costs
        self.store.on_write.append(self._see_write)

    def _open_counter(self, name: str, seed: int, source: random.Random) -> None:
        scene = import_module(f"tests.gateway_scenes.{name}").SCENE(
            lambda: EPOCH.timestamp() + self.schedule.now_s, seed
        )
        begins_s = source.uniform(0.0, 60.0)
        lasts_s = source.choice(_OUT_S) if source.random() < _OUTAGE else 0.0
        counter = Counter(self, scene, (begins_s, begins_s + lasts_s))
        if name != "adyen":  # which can be asked neither for its events nor for a payment
            counter.loses = source.choice(_LOSES)
        if source.random() < _REVOKED:
            counter.refuses_until_s = source.choice(_OUT_S[:2])
        self.counters[name] = counter
        for told, said in scene.secrets().items():
            self.secrets[f"kassa/{told}"] = json.dumps(said | {"merchant_id": "main"})
            if told.startswith("api/"):
                self._by_address.append((str(said.get("api_base") or ""), counter))

    def _has_been_calm(self) -> bool:
        """Say whether all faults ended long ago, outages that go on among them."""
        is_away = any(counter.is_away for counter in self.counters.values())
        return super()._has_been_calm() and not is_away

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Carry a call of ours to the gateway whose address it has."""
        for address, counter in self._by_address:
            if address and request.url.startswith(address):
                return counter.transport(request)
        for name, found in self.counters.items():
            if name in request.url and isinstance(found, Counter):
                return found.transport(request)
        raise AssertionError(f"nobody is at {request.url}")

    def _see_write(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at every change of an order's life: one attempt at a time, and none forgotten."""
        if new is None or not key[0].startswith("ORDER#"):
            return
        order_id = key[0].rpartition("#")[2]
        if key[1] != _LIFE:
            self.ordered[order_id] = json.loads(new["order"]["S"])["amount_minor"]
            return
        before = self.lives.get(order_id, {}).get("attempts", [])
        life = json.loads(new["life"]["S"])
        after = life.get("attempts", [])
        self.lives[order_id] = life
        if len(after) > len(before):
            self._see_attempt(order_id, after[:-1], after[-1])
        for was, now in zip(before, after, strict=False):
            if was["state"] == "paid" and now["state"] != "paid" and "reopened_at" not in life:
                self.schedule.findings.append(f"{order_id} was paid and is {now['state']}")
            if was["state"] == "unknown" and now["state"] != "unknown":
                self.schedule.seen["an unknown page was found out"] += 1
            if now.get("reason") == "closed_unseen" and was.get("reason") != "closed_unseen":
                self._see_closing(order_id, now)

    def _see_closing(self, order_id: str, attempt: dict[str, Any]) -> None:
        """Look at an attempt that ended by its time: its page has closed, and was never shown."""
        self.schedule.seen["an unknown page closed by itself"] += 1
        now = EPOCH.timestamp() + self.schedule.now_s
        if now < datetime.fromisoformat(attempt["closes_at"]).timestamp() or attempt.get("url"):
            self.schedule.findings.append(f"{order_id} was given up while it could be paid")

    def _see_attempt(self, order_id: str, earlier: list[dict[str, Any]], new: Any) -> None:
        states = [one["state"] for one in earlier]
        if set(states) & {*_STILL, "paid"}:
            self.schedule.findings.append(f"{order_id} has a second attempt beside {states}")
        for one in earlier:
            asked = f"{order_id}.{one['number']}"
            if one["state"] == "refused" and asked in self.counters[one["gateway"]].pages:
                self.schedule.findings.append(f"{order_id} has a page that counts as refused")
        if earlier:
            last = earlier[-1]
            self.schedule.seen[f"a new attempt after {last['state']}"] += 1
            if last["state"] == "refused" and new["gateway"] != last["gateway"]:
                self.schedule.seen["a refusal led to another gateway"] += 1
