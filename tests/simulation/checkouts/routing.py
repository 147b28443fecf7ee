"""Where new attempts go: to whoever ended none of the order yet, and to no gateway that rests."""

from collections import defaultdict
from typing import Any

from kassa.gateways import registry
from kassa.orders.keys import circuit
from tests.simulation.dynamodb.store import Store
from tests.simulation.engine.schedule import Schedule
from tests.simulation.payments.world import TABLE

SILENCES = 3  # in a row, until a gateway is left alone (docs: "Circuit breaker")
_RESTS_S, _RESTS_MAX_S = 60.0, 300.0
_UNDER_WAY_S = 5.0  # a request that read the circuit before may still come so far
Attempt = dict[str, Any]


class Routing:
    """Checks each new attempt by what all orders have met so far.

    `is_calm`: no call to the table fails, so that every silence is counted.
    """

    def __init__(self, store: Store, schedule: Schedule, is_calm: bool) -> None:
        self._store, self._schedule, self._is_calm = store, schedule, is_calm
        self._findings = schedule.findings
        self._silences: dict[str, list[float]] = defaultdict(list)  # in a row, by gateway
        self.rested = 0

    def see_outcome(self, was: Attempt, now: Attempt, now_s: float) -> None:
        """Note that a gateway was silent, or answered."""
        if was["state"] == "submitted" and now["state"] == "unknown":
            self._silences[now["gateway"]].append(now_s)
            self.rested += len(self._silences[now["gateway"]]) == SILENCES
        elif was["state"] == "submitted":
            self._silences[now["gateway"]].clear()

    def see_attempt(
        self, order: Attempt, earlier: list[Attempt], new: Attempt, at_s: float
    ) -> None:
        """Look at where an order's new attempt goes."""
        silences = self._silences[new["gateway"]]
        if self._is_calm and len(silences) >= SILENCES:
            rests_s = min(_RESTS_S * 2 ** (len(silences) - SILENCES), _RESTS_MAX_S)
            if silences[-1] + _UNDER_WAY_S < at_s < silences[-1] + rests_s:
                self._findings.append(f"{order['order_id']} goes to {new['gateway']}, it rests")
        tried = {one["gateway"] for one in earlier}
        is_passed_over = self._schedule.seen["a secret wasn't read"]  # its gateway can't be asked
        if new["gateway"] in tried and not is_passed_over:
            others = [name for name in self._offering(order) if name not in tried]
            if others:
                finding = f"{order['order_id']} is submitted to {new['gateway']} again"
                self._findings.append(f"{finding}, {others} weren't tried")

    def _offering(self, order: Attempt) -> list[str]:
        """Return the gateways that could take an order, and are not left alone."""
        method = order.get("method")
        return [
            name
            for name, one in registry.GATEWAYS.items()
            if registry.Ability.OPEN_CHECKOUT in one.can
            and (method is None or method in one.methods)
            and not self._is_left_alone(name)
        ]

    def _is_left_alone(self, gateway: str) -> bool:
        key = circuit("main", gateway)
        return "rests_until" in (self._store.peek(TABLE, (key.PK, key.SK)) or {})
