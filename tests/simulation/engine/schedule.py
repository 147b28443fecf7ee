"""The scheduler: one heap of timed steps, a virtual clock, and handlers in greenlets.

Handlers are ordinary synchronous Python. Whatever they ask of the outside goes through `call`,
which hands the turn back, may inject a fault, and comes back in the virtual future. The same
seed gives the same schedule, step by step.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet

from tests.simulation.aws import errors as aws_errors
from tests.simulation.engine.faults import LATE_S, Fault, Weather

EPOCH = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CLIENT_TIMEOUT_S = 10.0
_STEPS_MAX = 60_000

Done = Callable[[Any, BaseException | None], None]  # takes a run's answer, or what ended it


class Crash(BaseException):
    """The process is gone: no handler may catch this."""


class NotQuiet(Exception):
    """Something goes on for ever."""


class Task:
    """One run of a handler: a greenlet, who gave it its turn, and until when it may live."""

    def __init__(self, name: str, run: Callable[[], Any], ends_at_s: float) -> None:
        self.name = name
        self.ends_at_s = ends_at_s
        self.is_dead = False
        self.greenlet, self.parent = greenlet(run), getcurrent()


class Schedule:
    """Time, turns and faults of one seed."""

    def __init__(self, seed: int, weather: Weather) -> None:
        self.source = random.Random(seed)
        self.weather = weather
        self.forced: dict[int, Fault] = {}  # call number -> fault, for enumerations
        self.now_s = 0.0
        self.possible: list[tuple[Fault, ...]] = []  # of each call, the faults that it could have
        self.seen: Counter[str] = Counter()  # rare situations that did occur
        self.trace: list[str] = []
        self.findings: list[str] = []
        self._heap: list[tuple[float, float, int, Callable[[], None]]] = []
        self._number = 0
        self._tasks: dict[greenlet, Task] = {}

    def now(self) -> datetime:
        """Return the virtual instant."""
        return EPOCH + timedelta(seconds=self.now_s)

    def at(self, delay_s: float, step: Callable[[], None]) -> None:
        """Do something later."""
        self._number += 1
        lot = self.source.random()  # what is due at one instant comes in any order
        heapq.heappush(self._heap, (self.now_s + delay_s, lot, self._number, step))

    def run(self) -> None:
        """Run until nothing is left to do; raise NotQuiet when that takes too long."""
        for _ in range(_STEPS_MAX):
            if not self._heap:
                return
            self.now_s, _, _, step = heapq.heappop(self._heap)
            step()
        raise NotQuiet("something goes on for ever")

    def start(self, name: str, run: Callable[[], Any], done: Done, timeout_s: float) -> None:
        """Run a handler now; `done` gets its answer or what ended it."""

        def whole() -> None:
            answer, error = _outcome(run)
            del self._tasks[task.greenlet]
            ended = "ok" if error is None else type(error).__name__
            self.trace.append(f"{self.now_s:.3f} {task.name} ended {ended}")
            done(answer, error)

        task = Task(name, whole, self.now_s + timeout_s)
        self._tasks[task.greenlet] = task
        task.greenlet.switch()

    def task(self) -> Task | None:
        """Return the task whose turn it is, none outside of tasks; a dead one does nothing more."""
        task = self._tasks.get(getcurrent())
        if task is not None and task.is_dead:
            raise Crash("the process is gone")
        return task

    def pause(self, delay_s: float) -> None:
        """Hand the turn back and come back later, unless the task's time is over by then."""
        task = self.task()
        if task is None:
            return
        left_s = self.left_s()
        self.at(min(delay_s, left_s), task.greenlet.switch)
        task.parent.switch()
        if delay_s >= left_s:
            self._crash(task, "timed out")

    def left_s(self) -> float:
        """Return how long the running task may still live."""
        task = self.task()
        return 900.0 if task is None else max(0.0, task.ends_at_s - self.now_s)

    def _crash(self, task: Task, why: str) -> None:
        task.is_dead = True
        self.seen[why] += 1
        raise Crash(why)

    def call(
        self,
        name: str,
        effect: Callable[[], Any],
        possible: tuple[Fault, ...],
        twisted: Mapping[Fault, Callable[[], Any]] = {},
    ) -> Any:
        """Make a call to the outside: a turn for the others, perhaps a fault, then the effect."""
        task = self.task()
        if task is None:
            return effect()
        number = len(self.possible)
        self.possible.append(possible)
        fault = self.forced.get(number, self.weather.drawn(self.source, possible))
        self.trace.append(f"{self.now_s:.3f} {number} {task.name} {name} {fault}")
        if fault is Fault.CRASH_BEFORE:
            self._crash(task, fault)
        self.pause(0.0 if self.weather.is_hot else self.source.uniform(0.002, 0.05))
        if fault is Fault.NONE:
            return effect()
        self.seen[fault] += 1
        self.seen["a secret wasn't read"] += name.startswith("secretsmanager")
        if fault in twisted:
            return twisted[fault]()
        return self._faulty(task, name.partition(".")[0], fault, effect)

    def _faulty(self, task: Task, service: str, fault: Fault, effect: Callable[[], Any]) -> Any:
        if fault is Fault.THROTTLE:
            raise aws_errors.throttled(service, "")
        if fault is Fault.REQUEST_LOST:
            self.pause(self.source.uniform(0.5, CLIENT_TIMEOUT_S))
            raise aws_errors.no_connection(service)
        if fault is Fault.LANDS_LATE:
            self.at(self.source.uniform(*LATE_S), lambda: self._land(effect))
        answer = None if fault is Fault.LANDS_LATE else effect()
        if fault is Fault.CRASH_AFTER:
            self._crash(task, fault)
        if fault in (Fault.LANDS_LATE, Fault.RESPONSE_LOST):
            self.pause(CLIENT_TIMEOUT_S)
            raise aws_errors.no_answer(service)
        return effect() if fault is Fault.REPEATED else answer

    def _land(self, effect: Callable[[], Any]) -> None:
        """Let the effect of a call come true that nobody waits for any more."""
        _, error = _outcome(effect)
        self.seen["a late effect was refused" if error else "an effect landed late"] += 1
        if error is not None:
            self.trace.append(f"{self.now_s:.3f} late {type(error).__name__}")


def _outcome(run: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Return a run's answer, or what ended it."""
    try:
        return run(), None
    except (Exception, Crash) as error:
        return None, error
