"""Who sends requests, what stands around the code, and how often a request was sent."""

from functools import partial
from typing import Any

from tests.simulation.dynamodb.items import Index, Table
from tests.simulation.dynamodb.store import Store
from tests.simulation.engine.faults import CALM, drawn_weather
from tests.simulation.engine.schedule import Schedule
from tests.simulation.example import service

_AGAIN_S, _TIMEOUT_S = 5.0, 30.0
_KEYS: dict[str, Index] = {}


class CounterWorld:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.schedule = Schedule(seed, CALM)
        self.schedule.weather = drawn_weather(self.schedule.source)
        self.store = Store({service.TABLE: Table("PK", "SK", _KEYS)}, lambda: self.schedule.now_s)
        self.requests = [f"r{n}" for n in range(self.schedule.source.randint(2, 8))]

    def begin(self) -> None:
        """Let every request be sent within a second, or all at one instant."""
        for request_id in self.requests:
            delay_s = 0.0 if self.schedule.weather.is_hot else self.schedule.source.random()
            self.schedule.at(delay_s, partial(self.send, request_id))

    def send(self, request_id: str) -> None:
        """Send a request, again and again until it is answered."""
        on_answer = partial(self._answered, request_id)
        self.schedule.start(request_id, lambda: service.count(request_id), on_answer, _TIMEOUT_S)

    def _answered(self, request_id: str, answer: Any, error: BaseException | None) -> None:
        if error is not None:
            self.schedule.seen["a request was sent again"] += 1
            self.schedule.at(_AGAIN_S, partial(self.send, request_id))

    def calm_down(self) -> None:
        """End all faults."""
        self.schedule.weather = CALM
