"""What is done to a payment past Kassa: by hand at the gateway, by a bank, by the gateway itself.

Each is an act of the fake gateway itself; one that the gateway doesn't know isn't drawn, and one
that it refuses just then doesn't happen.
"""

import functools
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from infra.fake_gateways.stripe.api.errors import Refusal
from tests.simulation.checkouts.counters import Counter, StripeCounter
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.refunds.cases import lifecycle_in
from tests.simulation.refunds.people import PEOPLE, People

Act = Callable[[Counter | StripeCounter, str, int], object]
# A chain that forgets coins tells nobody: BTCPay has to be looked at by whoever misses them.
_UNTOLD = defaultdict[str, set[str]](set, {"btcpay": {"disprove"}})
_ENDS = ("won", "lost", "lost in part")
_DECIDES_S = (5.0, 3_000.0, 25 * 3600.0)  # when a bank decides
TAKING_BACK = ("paypal",)  # whose reversals are of the payment itself, where it has no dispute
SELDOM = ("unheard", "in part", "relied on")
_OFTEN_S, _LATE_S = tuple(float(at_s) for at_s in range(5, 200, 5)), 4_000.0
_WHEN_S = (30.0, 700.0, 4_000.0, 6 * 3600.0, 27 * 3600.0)


class AfterSale:
    """What becomes of payments once they were captured, drawn as it goes."""

    def __init__(self, world: CheckoutWorld, source: random.Random) -> None:
        self._world, self._source = world, source
        self._people = People(world, source)

    def begin(self) -> None:
        """Draw how often somebody acts, and when."""
        for _ in range(self._source.choice((1, 1, 2, 3))):
            self._world.schedule.at(self._source.choice(_WHEN_S), self._act)

    def begin_seldom(self, what: str) -> None:
        """Let something come about that hardly ever does by itself."""
        if what == "unheard":
            for at_s in _OFTEN_S:
                self._world.schedule.at(at_s, self._refund_unheard)
        elif what == "in part":
            self._world.schedule.at(_LATE_S, self._lose_in_part)
        else:
            self._world.store.on_write.append(self._see_approved)

    def _refund_unheard(self) -> None:
        """Refund by hand, in part, what was captured and its order hasn't heard of yet."""
        known = {name for one in self._world.lifecycles.values() for name in _payments_of(one)}
        for name, payment_id, minor in self._world.taken():
            counter, part = self._world.counters[name], max(1, minor // 4)
            if "refund" not in counter.can or payment_id in known | self._world.touched:
                continue
            if self._done(functools.partial(_refund, counter, payment_id, part)):
                self._world.note_act(f"a refund by hand at {name}", payment_id, part)

    def _lose_in_part(self) -> None:
        """Dispute a payment whose gateway gives a part of it back though it is lost."""
        for name, payment_id, minor in self._world.taken():
            counter = self._world.counters[name]
            if "dispute_parts" in counter.can and payment_id not in self._world.disputed:
                self._dispute(counter, payment_id, minor, _ENDS[2:])
                return

    def _see_approved(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Let people approve that a duplicate payment goes back; then dispute what it relies on."""
        if new is None or not key[0].startswith("REFUND#") or key[1] != "LIFECYCLE":
            return
        request_id, lifecycle = key[0].removeprefix("REFUND#"), lifecycle_in(new)
        relies_on = self._world.cases.requests[request_id].get("relies_on", [])
        if relies_on and lifecycle["state"] == "escalated" and len(lifecycle["changes"]) == 2:
            for number, person in enumerate(PEOPLE[:2]):
                act = functools.partial(self._people.act, request_id, "approve", person)
                self._world.schedule.at(60.0 + number, act)
        elif lifecycle["state"] == "approved":
            for payer in relies_on:
                take = functools.partial(self._take, payer["gateway"], payer["subject_id"])
                self._world.schedule.at(1.0, take)

    def _take(self, name: str, payment_id: str) -> None:
        """Dispute all of a payment, once."""
        minor = next((one[2] for one in self._world.taken() if one[:2] == (name, payment_id)), 0)
        counter = self._world.counters[name]
        if minor and "dispute" in counter.can and payment_id not in self._world.disputed:
            self._dispute(counter, payment_id, minor, _ENDS[:2])

    def _act(self) -> None:
        """Do something to any payment that was captured by now."""
        taken = self._world.taken()
        if not taken:
            return
        name, payment_id, minor = self._source.choice(taken)
        counter = self._world.counters[name]
        known = [act for act, needs in ACTS.items() if needs in counter.can - _UNTOLD[name]]
        act = self._source.choice(known)
        part = max(1, minor // self._source.choice((1, 2, 4)))
        if act == "dispute":
            self._dispute(counter, payment_id, part)
        elif self._done(lambda: _DONE[act](counter, payment_id, part)):
            self._world.note_act(f"{act} at {name}", payment_id, part)
            if act == "a reversal" and name in TAKING_BACK:
                self._world.reversed.add(payment_id)

    def _dispute(
        self,
        counter: Counter | StripeCounter,
        payment_id: str,
        minor: int,
        possible: tuple[str, ...] = (),
    ) -> None:
        """A bank takes money and decides later: all comes back, nothing, or a part."""
        opened: dict[str, Any] = {}

        def opening() -> None:
            opened.update(counter.fake.open_dispute(payment_id=payment_id, amount_minor=minor))

        if not self._done(opening):
            return
        self._world.note_act(f"a dispute at {counter.name}", payment_id, minor)
        if opened.get("state") == "returned":
            self._world.returned_debits.add(payment_id)
            self._world.schedule.seen["a SEPA debit was charged back"] += 1
        else:
            self._world.contested.add(payment_id)
        drawn = possible or (_ENDS if "dispute_parts" in counter.can else _ENDS[:2])
        ends = self._source.choice(drawn)
        outcome, _, is_part = ends.partition(" ")
        more = {"returned_minor": max(1, minor // 2)} if is_part and minor > 1 else {}

        def closing() -> None:
            dispute_id = opened["dispute_id"]
            if self._done(lambda: counter.fake.close_dispute(dispute_id, outcome=outcome, **more)):
                self._world.schedule.seen[f"a dispute was {ends}"] += 1

        self._world.schedule.at(self._source.choice(_DECIDES_S), closing)

    def _done(self, act: Callable[[], object]) -> bool:
        """Do something at a gateway and let it report; say whether the gateway let it happen."""
        try:
            act()
        except (Refusal, ValueError):
            return False
        finally:
            self._world.pass_times()
        return True


def _payments_of(lifecycle: dict[str, Any]) -> set[str]:
    """Return the payments that an order has heard of."""
    kinds = ("paid_with", "part_payments", "duplicate_payments")
    known = [one for kind in kinds for one in lifecycle.get(kind, [])]
    paid_by = [lifecycle["paid_by"]] if lifecycle.get("paid_by") else []
    return {one["payment_id"] for one in [*known, *paid_by]}


def _refund(counter: Counter | StripeCounter, payment_id: str, minor: int) -> object:
    return counter.fake.refund_in_dashboard(payment_id=payment_id, amount_minor=minor)


def _reverse(counter: Counter | StripeCounter, payment_id: str, minor: int) -> object:
    fake = counter.fake
    reverse = fake.reverse_capture if hasattr(fake, "reverse_capture") else fake.reverse
    return reverse(payment_id, minor)


def _disprove(counter: Counter | StripeCounter, payment_id: str, minor: int) -> object:
    """What was captured turns out not to be, whole."""
    return counter.fake.fail_capture(payment_id)


def _return_debit(counter: Counter | StripeCounter, payment_id: str, minor: int) -> object:
    """A bank takes it back after it was settled."""
    if hasattr(counter.fake, "return_debit"):
        return counter.fake.return_debit(payment_id)
    counter.fake.pay_out_all()
    return _disprove(counter, payment_id, minor)


_DONE: dict[str, Act] = {
    "a refund by hand": _refund,
    "a reversal": _reverse,
    "a disproved capture": _disprove,
    "a returned debit": _return_debit,
}
ACTS = {
    "a refund by hand": "refund",
    "dispute": "dispute",
    "a reversal": "reverse",
    "a disproved capture": "disprove",
    "a returned debit": "debit_return",
}
