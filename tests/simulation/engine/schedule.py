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


class Crash(BaseException):
    """The process is gone: no handler may catch this."""


class Task:
    """One run of a handler: a greenlet, its name, and until when it may live."""

    def __init__(self, name: str, run: Callable[[], Any], ends_at_s: float) -> None:
        self.name = name
        self.ends_at_s = ends_at_s
        self.is_dead = False
        self.greenlet = greenlet(run)


class Schedule:
    """Time, turns and faults of one seed."""

    def __init__(self, seed: int, weather: Weather) -> None:
        self.source = random.Random(seed)
        self.weather = weather
        self.forced: dict[int, Fault] = {}  # call number -> fault, for enumerations
        self.now_s = 0.0
        self.calls = 0
        self.possible: dict[int, tuple[Fault, ...]] = {}
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

    def run(self, steps_max: int) -> bool:
        """Run until nothing is left to do; False when that takes too long."""
        for _ in range(steps_max):
            if not self._heap:
                return True
            self.now_s, _, _, step = heapq.heappop(self._heap)
            step()
        return False

    def start(
        self,
        name: str,
        run: Callable[[], Any],
        done: Callable[[Any, BaseException | None], None],
        timeout_s: float,
    ) -> None:
        """Run a handler now; `done` gets its answer or what ended it."""

        def whole() -> None:
            try:
                answer = run()
            except (Exception, Crash) as error:
                self._ended(task, done, None, error)
            else:
                self._ended(task, done, answer, None)

        task = Task(name, whole, self.now_s + timeout_s)
        self._tasks[task.greenlet] = task
        task.greenlet.switch()

    def _ended(
        self,
        task: Task,
        done: Callable[[Any, BaseException | None], None],
        answer: Any,
        error: BaseException | None,
    ) -> None:
        del self._tasks[task.greenlet]
        outcome = "ok" if error is None else type(error).__name__
        self.trace.append(f"{self.now_s:.3f} {task.name} ended {outcome}")
        done(answer, error)

    def task(self) -> Task | None:
        """Return the task whose turn it is; none outside of tasks."""
        return self._tasks.get(getcurrent())

    def pause(self, delay_s: float) -> None:
        """Hand the turn back and come back later, unless the task's time is over by then."""
        task = self.task()
        if task is None:
            return
        if task.is_dead:
            raise Crash("the process is gone")
        left_s = task.ends_at_s - self.now_s
        self.at(min(delay_s, max(left_s, 0.0)), task.greenlet.switch)
        main = task.greenlet.parent
        assert main is not None
        main.switch()
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
        if task.is_dead:
            raise Crash("the process is gone")
        number, self.calls = self.calls, self.calls + 1
        self.possible[number] = possible
        drawn = self.weather.drawn(self.source, possible)
        fault = self.forced.get(number, Fault.NONE) if self.forced else drawn
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
            self.pause(CLIENT_TIMEOUT_S)
            raise aws_errors.no_answer(service)
        answer = effect()
        if fault is Fault.CRASH_AFTER:
            self._crash(task, fault)
        if fault is Fault.RESPONSE_LOST:
            self.pause(CLIENT_TIMEOUT_S)
            raise aws_errors.no_answer(service)
        return effect() if fault is Fault.REPEATED else answer

    def _land(self, effect: Callable[[], Any]) -> None:
        """Let the effect of a call come true that nobody waits for any more."""
        try:
            effect()
            self.seen["an effect landed late"] += 1
        except Exception as error:
            self.seen["a late effect was refused"] += 1
            self.trace.append(f"{self.now_s:.3f} late {type(error).__name__}")
