"""What happens in a seed: payments and what becomes of them, and refunds that are asked for."""

import random
from collections.abc import Callable

from tests.simulation.payments.world import World
from tests.simulation.refunds import workload as refunding

_CURRENCIES = ("eur", "eur", "jpy", "gbp", "isk")
_HUNDREDTHS = {"isk"}  # Stripe counts them so, though there are none
_METHODS = ("card", "card", "alipay", "konbini")
_CONVERTED = {"jpy", "gbp"}  # into euros, at a rate
_DEBIT = "sepa_debit"
_ENDS = ("succeeded",) * 5 + ("failed", "canceled", "late", "late", "pending", "asks")
_DAY_S = 86_400.0
_REFUNDING = 0.75  # the share of seeds in which refunds are asked for
HUNDRED = 100


class Lifecycle:
    """One payment's lifecycle, drawn as it goes; `step_s` apart, or all at the same instant."""

    def __init__(self, world: World, source: random.Random, customer: str = "") -> None:
        self._gateway = world.gateway
        self._schedule = world.schedule
        self._source = source
        kinds = ("captured",) * 5 + ("authorized", "authorized", "left")
        steps_s = (0.0, 0.0, 1.0, 90.0)
        if world.opened_at:  # authorised before that, and captured after, now and then
            kinds, steps_s = ("authorized", "authorized", "captured"), (1.0, 90.0, 90.0)
        self._step_s, self._kind = source.choice(steps_s), source.choice(kinds)
        capture = "manual"
        if self._kind != "authorized":
            capture = source.choice(("automatic", "automatic", "automatic_async"))
        currency = source.choice(_CURRENCIES)
        self._unit = 100 if currency in _HUNDREDTHS else 1
        self._own = source.randint(500, 20_000)  # as Stripe counts
        if self._unit > 1:  # thousands, so that a wrong unit is no fraction that Stripe refuses
            self._own = source.randint(5, 200) * 1_000 * self._unit
        self.payment_id = self._gateway.open_payment(self._own, currency, capture, customer)

    @property
    def amount(self) -> int:
        """Return what the payment is of, in minor units of ISO 4217."""
        return self._own // self._unit

    def _whole(self, amount: int) -> int:
        return amount // self._unit * self._unit

    def begin(self) -> None:
        """Draw attempts and a capture, and what follows a capture."""
        for _ in range(self._source.choice((0, 0, 1, 2))):
            self._gateway.attempt(self.payment_id, fails=True)
        if self._kind == "left":
            self._gateway.check_out(self.payment_id, "expired")
            return
        if self._source.random() < 0.3:
            self._gateway.check_out(self.payment_id, "complete")
        is_debit = self._kind == "captured" and self._source.random() < 0.15
        method = _DEBIT if is_debit else self._source.choice(_METHODS)
        charge_id = self._gateway.attempt(self.payment_id, method)
        if is_debit:
            self._schedule.at(self._source.choice((1.0, _DAY_S)), self._return_debit)
        elif self._kind == "captured":
            self._later(lambda: self._after_capture(charge_id))
        elif self._source.random() < 0.3:
            self._later(lambda: self._gateway.cancel(charge_id))
        else:
            self._later(lambda: self._capture(charge_id))

    def _later(self, step: Callable[[], object]) -> None:
        self._schedule.at(self._step_s * self._source.random(), step)

    def _capture(self, charge_id: str) -> None:
        first = self._source.choice((self._own, self._own, self._whole(self._own // 2)))
        is_exact = self._gateway.found(charge_id)["currency"] != "jpy"  # a cent is several yen
        has_second = first < self._own and is_exact and self._source.random() < 0.5
        self._gateway.capture(charge_id, first, is_final=not has_second)
        if has_second:
            self._gateway.capture(charge_id, self._own - first)
        self._later(lambda: self._after_capture(charge_id))

    def _after_capture(self, charge_id: str) -> None:
        captured = int(self._gateway.found(charge_id)["amount_captured"])
        parts = self._source.choice((0, 0, 1, 2, 3))
        for _ in range(parts):
            begins = self._source.choice(("", "pending", "pending"))
            named = "rr_of_another" if self._source.random() < 0.1 else ""
            self._gateway.refund(charge_id, captured // (parts + 1), begins, named)
        if self._source.random() < 0.25:
            self._dispute(charge_id, captured // (parts + 1))
        if self._source.random() < 0.08:
            self._schedule.seen["a payment was disputed twice"] += 1
            self._dispute(charge_id, captured // 8)

    def _dispute(self, charge_id: str, amount: int) -> None:
        if self._source.random() < 0.3:
            inquiry = self._gateway.dispute(charge_id, amount, "warning_needs_response")
            self._later(lambda: self._gateway.close_dispute(inquiry, "warning_closed"))
            return
        dispute_id = self._gateway.dispute(charge_id, amount)
        ends = self._source.choice(("won", "lost", "lost in part", "open"))
        returned = amount // 3 // self._unit if ends == "lost in part" else 0
        if self._gateway.found(charge_id)["currency"] in _CONVERTED:
            returned = 0  # what a part was in yen or pounds, nobody is told
        if ends != "open":
            outcome = ends.partition(" ")[0]
            self._later(lambda: self._gateway.close_dispute(dispute_id, outcome, returned))

    def _return_debit(self) -> None:
        """A bank takes the money back, unless the payment is disputed or refunded by then."""
        charge = self._gateway.found(self._gateway.found(self.payment_id)["latest_charge"])
        is_touched = charge["disputed"] or charge["amount_refunded"]
        if charge["status"] == "succeeded" and not is_touched:
            self._gateway.return_debit(self.payment_id)


class Fate:
    """What becomes of a refund that the gateway took, whoever asked for it."""

    def __init__(self, world: World, source: random.Random) -> None:
        self._gateway = world.gateway
        self._schedule = world.schedule
        self._source = source
        self._step_s = source.choice((0.0, 1.0, 90.0))

    def draw(self, refund_id: str) -> None:
        """Let a refund leave, come back, be called off or stay where it is."""
        ends = self._source.choice(_ENDS)
        after_s = self._step_s * self._source.random()
        if ends == "late":
            self._settle(refund_id, "succeeded", after_s)
            late_s = self._source.choice((after_s, 3 * _DAY_S))
            self._settle(refund_id, "failed", late_s)
        elif ends == "asks":
            self._settle(refund_id, "requires_action", after_s)
            self._settle(refund_id, self._source.choice(("canceled", "succeeded")), _DAY_S)
        elif ends != "pending":
            self._settle(refund_id, ends, after_s)
        if self._source.random() < 0.2:
            self._schedule.at(_DAY_S / 2, lambda: self._gateway.fake.trace_refund(refund_id))

    def _settle(self, refund_id: str, status: str, after_s: float) -> None:
        self._schedule.at(after_s, lambda: self._gateway.settle_refund(refund_id, status))


def start(world: World, seed: int) -> None:
    """Set a seed's happenings going; every hundredth puts a hundred events on one payment."""
    source = random.Random(f"workload {seed}")
    if seed % 100 == 49:
        _hundred(world, source)
        return
    world.gateway.on_refund.append(Fate(world, source).draw)
    lifecycles = [Lifecycle(world, source) for _ in range(source.choice((1, 1, 2, 3)))]
    for lifecycle in lifecycles:
        world.schedule.at(source.choice((0.0, 0.0, 30.0)), lifecycle.begin)
    if source.random() < _REFUNDING:
        refunding.start(
            world, source, {lifecycle.payment_id: lifecycle.amount for lifecycle in lifecycles}
        )
    if source.random() < 0.3:
        payout_id = world.gateway.pay_out(source.randint(100, 900))
        ends = source.choice(("paid", "paid", "failed"))
        world.schedule.at(60.0, lambda: world.gateway.settle_payout(payout_id, ends))
    if source.random() < 0.1:
        world.gateway.send_oddities()
    for after_s in (1_800.0, 5_400.0, 9_000.0):
        world.schedule.at(after_s, world.watch)


def _hundred(world: World, source: random.Random) -> None:
    """A hundred events on one payment, at once and in any order."""
    gateway = world.gateway
    payment_id = gateway.open_payment(100_000, "eur")
    charge_id = gateway.attempt(payment_id)
    for _ in range(HUNDRED // 4):  # each refund tells four events
        refund_id = gateway.refund(charge_id, source.randint(1, 100))
        gateway.settle_refund(refund_id, source.choice(("succeeded", "failed")))
    world.schedule.at(3_600.0, world.watch)
