"""Refunds in a world of orders: a policy, a shop that asks for them, and people who decide.

Duplicate payments are put up for refund by Kassa itself meanwhile; all of them take the same way.
"""

import random
from datetime import datetime, timedelta
from functools import partial

from kassa.refunds.policy.model import Outcome
from tests.simulation.checkouts.lifecycle import OrderLifecycle
from tests.simulation.checkouts.refund_checks import is_alive
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.refunds.cases import is_unknown
from tests.simulation.refunds.people import PEOPLE, People
from tests.simulation.refunds.request_bodies import SHOP, drawn_policy, save_policy

_HOUR_S = 3600.0
_BURSTS_S = (40.0, 900.0, 2 * _HOUR_S, 7 * _HOUR_S, 28 * _HOUR_S)
_VISITS_S = (1.5 * _HOUR_S, 9 * _HOUR_S, 30 * _HOUR_S, 50 * _HOUR_S)
_TRIES_MAX = 5
_RICH = 45_000  # of which two are within a customer's day, and three are not
HORIZON_S = 60 * _HOUR_S


class TruthfulPeople(People):
    """People who look at the gateway before they say what became of a refund."""

    def visit(self) -> None:
        """Say first what is unknown for long, then act on the rest."""
        for request_id, lifecycle in list(self._world.cases.lifecycles.items()):
            if is_unknown(lifecycle) and lifecycle["state"] in ("escalated", "rejected"):
                self._resolve(request_id)
        super().visit()

    def _resolve(self, request_id: str) -> None:
        """Say what became of a refund as its gateway has it, an hour after it was asked for."""
        lifecycle = self._world.cases.lifecycles[request_id]
        submitted_at = datetime.fromisoformat(lifecycle["first_submitted_at"])
        if self._world.schedule.now() < submitted_at + timedelta(hours=1):
            return
        is_made = is_alive(self._world, request_id)
        for person in PEOPLE[:2]:  # above one person's limit a second one must say the same
            self.act(request_id, "resolve-paid" if is_made else "resolve-not_paid", person)


class RefundsRequested:
    """The shop asks for refunds of whatever was paid for its orders."""

    def __init__(self, world: CheckoutWorld, source: random.Random) -> None:
        self._world, self._source = world, source
        self._claims = 0

    def begin(self) -> None:
        """Save a policy, and let the shop and people come by."""
        save_policy(self._world, drawn_policy(self._source))
        people = TruthfulPeople(self._world, self._source)
        self._world.people = people
        for _ in range(self._source.choice((0, 1, 1, 2))):
            self._world.schedule.at(self._source.choice(_BURSTS_S), self._burst)
        for at_s in self._source.sample(_VISITS_S, 2):
            self._world.schedule.at(at_s, people.visit)
        self._world.watch_until(HORIZON_S)

    def begin_rich(self) -> None:
        """Let one customer pay four orders past our pages, each elsewhere, and want all back."""
        self._world.people = TruthfulPeople(self._world, self._source)
        policy = drawn_policy(self._source)
        save_policy(self._world, policy.model_copy(update={"otherwise": Outcome.APPROVE}))
        for number, gateway in enumerate(("stripe", "paypal", "klarna", "adyen")):
            lifecycle = OrderLifecycle(self._world, number, self._source)
            lifecycle.body |= {"amount_minor": _RICH, "currency": "EUR", "customer_id": "rich"}
            lifecycle.body.pop("method", None)
            lifecycle.tries_max = 3
            self._world.schedule.at(1.0, lifecycle.send)
            self._world.schedule.at(60.0, partial(self._sell, gateway, lifecycle.order_id))
            self._world.schedule.at(2 * _HOUR_S, partial(self._want, gateway))
        self._world.schedule.seen["a customer wanted more back than a day allows"] += 1
        self._world.watch_until(8 * _HOUR_S)

    def _sell(self, gateway: str, order_id: str) -> None:
        """Let an order be paid past our pages."""
        if order_id in self._world.ordered:
            sold = self._world.counters[gateway].sell(order_id, _RICH, "EUR")
            self._world.sold_elsewhere.add(sold)

    def _want(self, gateway: str) -> None:
        """Ask for all that was paid at a gateway."""
        for name, payment_id, minor in self._world.taken():
            if name == gateway:
                self.request_refund(gateway, payment_id, minor, f"all-of-{payment_id}")

    def _burst(self) -> None:
        """Ask for refunds of a payment: one claim often, or several at one instant."""
        taken = self._world.taken()
        if taken:
            name, payment_id, minor = self._source.choice(taken)
            share = self._source.choice((0.3, 0.6, 1.0))
            amount = max(10, int(minor * share) // 10 * 10)
            is_one_claim = self._source.random() < 0.4
            for number in range(self._source.choice((1, 1, 2, 3))):
                self._claims += not is_one_claim or not number
                self.request_refund(name, payment_id, amount, f"claim-{self._claims}")

    def request_refund(
        self, gateway: str, payment_id: str, minor: int, claim: str, tries: int = 1
    ) -> None:
        """Ask for one refund, and again where no answer came."""
        body = {
            "gateway": gateway,
            "payment_id": payment_id,
            "amount_minor": minor,
            "reason": "damaged",
            "claim_id": claim,
        }

        def on_answer(status: int, answer: dict[str, object]) -> None:
            seen = self._world.schedule.seen
            if status == 200:
                seen["a refund of an order was decided"] += 1
            elif status == 409:
                seen["a refund of an order was beyond what is left"] += 1
            elif status == 400:
                self._world.schedule.findings.append(f"a request was refused: {answer}")
            elif tries < _TRIES_MAX:
                again_s = min(_HOUR_S, 5.0 * 4**tries)
                self._world.schedule.at(
                    again_s,
                    lambda: self.request_refund(gateway, payment_id, minor, claim, tries + 1),
                )

        self._world.call_api("approve_refund", "/refunds", body, SHOP, on_answer)
