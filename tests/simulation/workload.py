"""What happens in a seed: payments and what becomes of them, and a neighbour who reserves."""

import random
from typing import Any

from kassa.adapters import aws
from tests.simulation.schedule import Schedule
from tests.simulation.world import TABLE, World

_CURRENCIES = ("eur", "eur", "jpy", "gbp")
_DAY_S = 86_400.0
HUNDRED = 100


class Life:
    """One payment's life, drawn as it goes; `step_s` apart, or all at the same instant."""

    def __init__(self, world: World, source: random.Random) -> None:
        self._gateway = world.gateway
        self._schedule = world.schedule
        self._source = source
        self._step_s = source.choice((0.0, 0.0, 1.0, 90.0))
        self.payment_id = self._gateway.open_payment(
            source.randint(500, 20_000), source.choice(_CURRENCIES)
        )

    def begin(self) -> None:
        """Draw attempts and a capture, and what follows a capture."""
        for _ in range(self._source.choice((0, 0, 1, 2))):
            self._gateway.attempt(self.payment_id, "card", "failed")
        kind = self._source.choice(("captured",) * 5 + ("authorized", "authorized", "left"))
        if kind == "left":
            self._gateway.check_out(self.payment_id, "expired")
            return
        if self._source.random() < 0.3:
            self._gateway.check_out(self.payment_id, "complete")
        charge_id = self._gateway.attempt(
            self.payment_id, self._source.choice(("card", "paypay", "konbini")), kind
        )
        if kind == "captured":
            self._later(lambda: self._after_capture(charge_id))
        elif self._source.random() < 0.3:
            self._later(lambda: self._gateway.cancel(charge_id))
        else:
            self._later(lambda: self._capture(charge_id))

    def _later(self, step: Any) -> None:
        self._schedule.at(self._step_s * self._source.random(), step)

    def _capture(self, charge_id: str) -> None:
        amount = int(self._gateway.objects[charge_id]["amount"])
        first = self._source.choice((amount, amount, amount // 2))
        self._gateway.capture(charge_id, first)
        is_euro = self._gateway.objects[charge_id]["currency"] == "eur"
        if first < amount and is_euro and self._source.random() < 0.5:
            self._gateway.capture(charge_id, amount - first)
        self._later(lambda: self._after_capture(charge_id))

    def _after_capture(self, charge_id: str) -> None:
        captured = int(self._gateway.objects[charge_id]["amount_captured"])
        parts = self._source.choice((0, 0, 1, 2, 3))
        for _ in range(parts):
            self._refund(charge_id, captured // (parts + 1))
        if self._source.random() < 0.25:
            self._dispute(charge_id, captured // (parts + 1))

    def _refund(self, charge_id: str, amount: int) -> None:
        request = f"rr_{amount}" if self._source.random() < 0.3 else ""
        refund_id = self._gateway.refund(charge_id, amount, request)
        ends = self._source.choice(("succeeded",) * 4 + ("failed", "canceled", "late", "pending"))
        if ends == "late":
            self._gateway.settle_refund(refund_id, "succeeded")
            self._schedule.at(
                self._source.choice((0.0, 3 * _DAY_S)),
                lambda: self._gateway.settle_refund(refund_id, "failed"),
            )
        elif ends != "pending":
            self._later(lambda: self._gateway.settle_refund(refund_id, ends))

    def _dispute(self, charge_id: str, amount: int) -> None:
        if self._source.random() < 0.3:
            inquiry = self._gateway.dispute(charge_id, amount, "warning_needs_response")
            self._later(lambda: self._gateway.close_dispute(inquiry, "warning_closed"))
            return
        dispute_id = self._gateway.dispute(charge_id, amount, "needs_response")
        ends = self._source.choice(("won", "lost", "open"))
        if ends != "open":
            self._later(lambda: self._gateway.close_dispute(dispute_id, ends))


class Neighbour:
    """Reserves headroom on payments, as approve_refund will: one update, under conditions."""

    def __init__(self, schedule: Schedule, source: random.Random) -> None:
        self._schedule = schedule
        self._source = source
        self._reserved = 0

    def reserve(self, payment_id: str) -> None:
        """Try to reserve a little of a payment's headroom."""
        self._reserved += 1
        name = f"reservation-{self._reserved}"
        amount = self._source.randint(1, 200)
        self._schedule.start(
            name, lambda: self._reserve(payment_id, name, amount), lambda *_: None, 20.0
        )

    def _reserve(self, payment_id: str, name: str, amount: int) -> None:
        key = {"PK": {"S": f"PAYMENT#stripe#main#{payment_id}"}, "SK": {"S": "STATE"}}
        client = aws.client("dynamodb")
        item = client.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item", {})
        whole = "reservations" not in item
        path = "reservations" if whole else "reservations.#name"
        minor = {"N": str(amount)}
        values = {
            ":value": {"M": {name: minor}} if whole else minor,
            ":amount": minor,
            ":one": {"N": "1"},
        }
        request: dict[str, Any] = {
            "TableName": TABLE,
            "Key": key,
            "UpdateExpression": (
                f"SET {path} = :value, headroom = headroom - :amount, version = version + :one"
            ),
            "ConditionExpression": f"headroom >= :amount AND attribute_not_exists({path})",
            "ExpressionAttributeValues": values,
        }
        if not whole:
            request["ExpressionAttributeNames"] = {"#name": name}
        client.update_item(**request)
        self._schedule.seen["headroom was reserved"] += 1


def start(world: World, seed: int) -> None:
    """Set a seed's happenings going; every hundredth puts a hundred events on one payment."""
    source = random.Random(f"workload {seed}")
    neighbour = Neighbour(world.schedule, source)
    if seed % 100 == 49:
        _hundred(world, source, neighbour)
        return
    for _ in range(source.choice((1, 1, 2, 3))):
        life = Life(world, source)
        world.schedule.at(source.choice((0.0, 0.0, 30.0)), life.begin)
        for _ in range(source.choice((0, 2, 4))):
            _reserved_at(world, neighbour, life.payment_id, source.uniform(0.0, 20.0))
    if source.random() < 0.3:
        payout_id = world.gateway.pay_out(source.randint(100, 900))
        ends = source.choice(("paid", "paid", "failed"))
        world.schedule.at(60.0, lambda: world.gateway.settle_payout(payout_id, ends))
    if source.random() < 0.1:
        world.gateway.tell_oddities()
    for after_s in (1_800.0, 5_400.0, 9_000.0):
        world.schedule.at(after_s, world.watch)


def _reserved_at(world: World, neighbour: Neighbour, payment_id: str, delay_s: float) -> None:
    world.schedule.at(delay_s, lambda: neighbour.reserve(payment_id))


def _hundred(world: World, source: random.Random, neighbour: Neighbour) -> None:
    """A hundred events on one payment, at once and in any order."""
    gateway = world.gateway
    payment_id = gateway.open_payment(100_000, "eur")
    charge_id = gateway.attempt(payment_id, "card", "captured")
    for _ in range(HUNDRED // 4):  # each refund tells four events
        refund_id = gateway.refund(charge_id, source.randint(1, 100))
        gateway.settle_refund(refund_id, source.choice(("succeeded", "failed")))
    for n in range(5):
        _reserved_at(world, neighbour, payment_id, n * 0.5)
    world.schedule.at(3_600.0, world.watch)
