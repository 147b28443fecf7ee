"""People who say what became of an attempt: sometimes what is so, sometimes what they guess."""

import random

from tests.simulation.checkouts.world import CheckoutWorld

_VISITS_S = (60.0, 900.0, 2_400.0, 5_000.0, 8 * 3600.0)


class OrderPeople:
    """They come by and look at what is unknown or open."""

    def __init__(self, world: CheckoutWorld, source: random.Random) -> None:
        self._world, self._source = world, source

    def begin(self) -> None:
        """Draw when somebody comes by, in some worlds."""
        if self._source.random() < 0.4:
            for at_s in self._source.sample(_VISITS_S, 2):
                self._world.schedule.at(at_s, self._visit)

    def _visit(self) -> None:
        for order_id, lifecycle in list(self._world.lifecycles.items()):
            attempts = lifecycle.get("attempts", [])
            if attempts and attempts[-1]["state"] in ("unknown", "open"):
                self._resolve(order_id, attempts[-1])

    def _resolve(self, order_id: str, attempt: dict[str, object]) -> None:
        """Say an outcome; of what no gateway can know, the true one: nobody was shown it."""
        is_unknown = attempt["state"] == "unknown"
        outcome = self._source.choice(("expired", "failed", "failed" if is_unknown else "paid"))
        path = f"/orders/{order_id}/attempts/{attempt['number']}/resolve"
        body = {"outcome": outcome, "reason": "as they guess"}

        def on_answer(status: int, answer: dict[str, object]) -> None:
            seen = self._world.schedule.seen
            if status == 409:
                seen["a person's resolution contradicted the gateway"] += 1
            elif status in (400, 404):
                self._world.schedule.findings.append(f"{path} was answered with {status}: {answer}")

        self._world.call_api("open_checkout", path, body, "key_one", on_answer)
