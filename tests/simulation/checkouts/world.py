"""A world with orders in it: the functions that open and track them, and five gateways."""

import json
import random
from collections import Counter as Counted
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from kassa.checkout.apply_fact import APPLICABLE
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.simulation.aws.bus import Rule
from tests.simulation.checkouts.counters import Counter, StripeCounter
from tests.simulation.checkouts.routing import Routing
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.engine.faults import Weather
from tests.simulation.engine.schedule import EPOCH
from tests.simulation.payments.world import World

CALLED_OVER_HTTP = ("paypal", "klarna", "adyen", "btcpay")
_TRACKED = frozenset(one.__name__ for one in APPLICABLE)
_LIFECYCLE = "LIFECYCLE"
_STILL = ("submitted", "unknown", "open")  # an attempt by which money may still come
_OUTAGE = 0.3  # the share of gateways that are out for a while
_LOSES = (0.0, 0.0, 0.5, 1.0)
_REVOKED = 0.25  # the share of gateways whose API key isn't taken for a while
_DEBITS_EVERY = 2  # every so many customers at Adyen pay by SEPA debit
_BUSY_OUT_S = (0.0, 2 * 3600.0)
_OUT_S = (600.0, 2 * 3600.0, 30 * 3600.0)


class Visitors(Protocol):
    """People who come by."""

    def visit(self) -> None:
        """Look at what waits for them."""


class CheckoutWorld(World):
    """Everything of one seed of orders."""

    opens_books = False  # here every capture is an ordinary one

    def __init__(self, seed: int, weather: Weather, is_busy: bool = False) -> None:
        super().__init__(seed, weather, "2025")
        self.is_busy = is_busy
        source = random.Random(f"counters of {seed}")
        self.orders = self._queue("orders", "track_order", 60.0, receives_max=10)
        self.queues.append(self.orders)
        self.rules.append(Rule(_TRACKED, self.orders))
        self.counters: dict[str, Counter | StripeCounter] = {"stripe": StripeCounter(self)}
        self._by_address: list[tuple[str, Counter]] = []
        for name in CALLED_OVER_HTTP:
            self._open_counter(name, seed, source)
        accounts = [f"{name}/main" for name in self.counters]
        source.shuffle(accounts)
        if is_busy:  # Stripe's outages are the weather's
            accounts.sort(key=lambda one: one.startswith("stripe"))
        self._lose_first(accounts[0].partition("/")[0])
        self.routing = Routing(self.store, self.schedule, is_busy)
        self.environment |= {"GATEWAY_ACCOUNTS": ",".join(accounts), "PULL_AFTER_S": "0"}
        self.lifecycles: dict[str, dict[str, Any]] = {}
        self.sold_elsewhere: set[str] = set()  # payments of orders past our pages
        self.ordered: dict[str, dict[str, Any]] = {}  # each order as it is kept
        self.reopened: Counted[str] = Counted()  # how often what paid an order was taken back
        self.touched: set[str] = set()  # payments of which something went back past Kassa
        self.paid_at_s: dict[str, float] = {}  # pages, by when their customer paid there
        self.left: set[str] = set()  # pages that a customer has finished or let go
        self.people: Visitors | None = None  # who decide about refunds, if any are asked for
        self.by_hand: dict[str, list[tuple[float, int]]] = {}  # refunds made past Kassa
        self.disproved: set[str] = set()  # payments of which a capture was taken back
        self.disputed: set[str] = set()  # payments that a bank took back, or asked for
        self.returned_debits: set[str] = set()  # of them, those that nobody can contest
        self.reversed: set[str] = set()  # what a gateway took back, where a dispute may explain it
        self.contested: set[str] = set()  # payments that have a dispute
        self.were_second: set[str] = set()  # payments that ever came second
        self.store.on_write.append(self._see_write)

    def _lose_first(self, name: str) -> None:
        """Where it is busy, let only the gateway be out that every order is routed to first."""
        for counter in self.counters.values():
            if self.is_busy and isinstance(counter, Counter):
                counter.be_out(_BUSY_OUT_S if counter.name == name else (0.0, 0.0))

    def _open_counter(self, name: str, seed: int, source: random.Random) -> None:
        scene = import_module(f"tests.support.gateway_scenes.{name}").SCENE(
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
        if name == "adyen":
            counter.fake.switches.debits_every = _DEBITS_EVERY
        for secret_name, secret in scene.secrets().items():
            self.secrets[f"kassa/{secret_name}"] = json.dumps(secret | {"merchant_id": "main"})
            if secret_name.startswith("api/"):
                self._by_address.append((str(secret.get("api_base") or ""), counter))

    def taken(self) -> list[tuple[str, str, int]]:
        """Return all payments that were captured: gateway, id and amount."""
        return [
            (name, payment_id, one["captured_minor"])
            for name, counter in self.counters.items()
            for payment_id, one in counter.truth()["payments"].items()
            if one["captured_minor"]
        ]

    def note_act(self, act: str, payment_id: str, minor: int) -> None:
        """Note what somebody did to a payment past Kassa."""
        self.schedule.seen[act] += 1
        self.touched.add(payment_id)
        if act.startswith("a refund"):
            self.by_hand.setdefault(payment_id, []).append((self.schedule.now_s, minor))
        elif act.startswith("a dispute"):
            self.disputed.add(payment_id)
        else:
            self.disproved.add(payment_id)

    def pass_times(self) -> None:
        """Let what is due happen at every gateway."""
        for counter in self.counters.values():
            counter.pass_time()

    @property
    def moved(self) -> set[str]:
        """Return the payments of which something went back, or may have, by Kassa or past it."""
        requests = self.cases.requests.values()
        refunded = {
            one["payment"]["subject_id"] for one in requests if one["requested_by"] != "kassa"
        }
        return self.touched | refunded

    def settle(self) -> None:
        """Let every gateway that holds a balance send it to the bank: what it moved is reported."""
        self.pass_times()
        for counter in self.counters.values():
            if counter.name != "stripe" and "payout" in counter.can:
                counter.fake.pay_out_all()
        self._claim()
        self.pass_times()

    def _claim(self) -> None:
        """Let customers claim what they are offered at BTCPay, and be paid."""
        fake: Any = self.counters["btcpay"].fake
        for one in list(fake.store.pull_payments.values()):
            if not one.is_archived and not one.payouts:
                fake.pay_refund_out(one.id)

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
        """Look at every change of an order's lifecycle: one attempt at a time, and none
        forgotten.
        """
        if new is None or not key[0].startswith("ORDER#"):
            return
        order_id = key[0].rpartition("#")[2]
        if key[1] != _LIFECYCLE:
            self.ordered[order_id] = json.loads(new["order"]["S"])
            return
        before = self.lifecycles.get(order_id, {}).get("attempts", [])
        lifecycle = json.loads(new["lifecycle"]["S"])
        after = lifecycle.get("attempts", [])
        self._see_payment(self.lifecycles.get(order_id, {}), lifecycle)
        self.lifecycles[order_id] = lifecycle
        self.reopened[order_id] += "reopened_at" in lifecycle
        self.were_second |= {one["payment_id"] for one in lifecycle.get("duplicate_payments", [])}
        if len(after) > len(before):
            self._see_attempt(order_id, after[:-1], after[-1])
        for was, now in zip(before, after, strict=False):
            self._see_change(order_id, was, now)

    def _see_payment(self, was: dict[str, Any], now: dict[str, Any]) -> None:
        """Count payments that an order came to know after a refund of them."""
        if "paid_by" in now and "paid_by" not in was and not was.get("part_payments"):
            late = bool(now["paid_by"].get("refunded_minor"))
            self.schedule.seen["an order applied its payment after a refund of it"] += late

    def _see_change(self, order_id: str, was: dict[str, Any], now: dict[str, Any]) -> None:
        """Look at an attempt before and after a write."""
        self.routing.see_outcome(was, now, self.schedule.now_s)
        if "resolution" in now and "resolution" not in was:
            self._see_resolution(order_id, was, now)
        is_paid = "paid_by" in self.lifecycles[order_id]
        is_sure = was.get("payment_id") not in self.disproved | self.disputed and is_paid
        if was["state"] == "paid" and now["state"] != "paid" and is_sure:
            self.schedule.findings.append(f"{order_id} was paid and is {now['state']}")
        if was["state"] == "unknown" and now["state"] != "unknown":
            self.schedule.seen["an unknown checkout was looked up"] += 1
        if now.get("reason") == "closed_unseen" and was.get("reason") != "closed_unseen":
            self._see_closing(order_id, now)

    def _see_closing(self, order_id: str, attempt: dict[str, Any]) -> None:
        """Look at an attempt that ended by its time: its page has closed, and was never shown."""
        self.schedule.seen["an unknown checkout expired by itself"] += 1
        now = EPOCH.timestamp() + self.schedule.now_s
        if now < datetime.fromisoformat(attempt["closes_at"]).timestamp() or attempt.get("url"):
            self.schedule.findings.append(f"{order_id} was given up while it could be paid")

    def _see_resolution(self, order_id: str, was: dict[str, Any], now: dict[str, Any]) -> None:
        """Look at what a person said of an attempt: they can't say otherwise than it stands."""
        outcome, counter = now["resolution"]["outcome"], self.counters[now["gateway"]]
        self.schedule.seen[f"a person resolved an attempt as {outcome}"] += 1
        until = now.get("expires_at") or now.get("closes_at") or ""
        is_over = not until or datetime.fromisoformat(until) <= self.schedule.now()
        if outcome == "paid":
            paid = [one[1] for one in self.taken() if one[0] == counter.name]
            if not paid:
                self.schedule.findings.append(f"{order_id} is resolved as paid at {counter.name}")
        elif was["state"] == "open" and not is_over and was["checkout_id"] not in self.left:
            self.schedule.findings.append(
                f"{order_id} is resolved as {outcome}, and can be paid: {was} {now}"
            )

    def _see_attempt(self, order_id: str, earlier: list[dict[str, Any]], new: Any) -> None:
        states = [one["state"] for one in earlier]
        self.routing.see_attempt(self.ordered[order_id], earlier, new, self.schedule.now_s)
        if set(states) & {*_STILL, "paid"}:
            self.schedule.findings.append(f"{order_id} has a second attempt beside {states}")
        for one in earlier:
            submission_id = f"{order_id}.{one['number']}"
            if (
                one["state"] == "refused"
                and submission_id in self.counters[one["gateway"]].checkouts
            ):
                self.schedule.findings.append(f"{order_id} has a checkout that counts as refused")
        if earlier:
            last = earlier[-1]
            self.schedule.seen[f"a new attempt after {last['state']}"] += 1
            if last["state"] == "refused" and new["gateway"] != last["gateway"]:
                self.schedule.seen["a refusal led to another gateway"] += 1
