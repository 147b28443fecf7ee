"""Lambda: execution environments with their own copy of a handler's module, one run at a time."""

import importlib.util
import itertools
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import KassaError
from tests.simulation.engine.schedule import Crash, Schedule

ROOT = Path(__file__).parents[3]
_MEMORY_MB = 512


class Context:
    """What Lambda hands to a handler of its run; time comes from the schedule."""

    memory_limit_in_mb = _MEMORY_MB

    def __init__(self, name: str, run: int, schedule: Schedule) -> None:
        self.function_name = name
        self.invoked_function_arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
        self.aws_request_id = f"{name}-{run}"
        self._schedule = schedule

    def get_remaining_time_in_millis(self) -> int:
        """Return how long this run may still take."""
        return int(self._schedule.left_s() * 1000)


@cache
def _module(name: str, environment: int) -> ModuleType:
    """Load a copy of a handler's module, as each execution environment has one."""
    spec = importlib.util.spec_from_file_location(
        f"simulated_{name}_{environment}", ROOT / "functions" / name / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exists(name: str) -> bool:
    """Say whether a function has been built yet."""
    return (ROOT / "functions" / name / "app.py").exists()


def note_breakage(schedule: Schedule, where: str, error: BaseException) -> None:
    """Note an error that is neither ours nor the outside's: code that breaks under faults."""
    if isinstance(error, Crash | KassaError | ClientError | BotoCoreError):
        return
    finding = f"{where} broke with {type(error).__name__}: {error}"
    if finding not in schedule.findings:
        schedule.findings.append(finding)


class Function:
    """A Lambda function: as many environments as it needs at once."""

    def __init__(self, name: str, schedule: Schedule, timeout_s: float) -> None:
        self.name = name
        self.timeout_s = timeout_s
        self._schedule = schedule
        self._free: list[int] = []
        self._made = itertools.count(1)
        self._runs = itertools.count(1)

    def start(self, event: Any, done: Callable[[Any, BaseException | None], None]) -> None:
        """Run the handler from now on, in a free environment or a new one."""
        environment = self._free.pop() if self._free else next(self._made)
        run = next(self._runs)
        handler = _module(self.name, environment).lambda_handler
        context = Context(self.name, run, self._schedule)

        def ended(answer: Any, error: BaseException | None) -> None:
            self._free.append(environment)
            if error is not None:
                note_breakage(self._schedule, self.name, error)
            done(answer, error)

        name = f"{self.name}-{run}"
        self._schedule.start(name, lambda: handler(event, context), ended, self.timeout_s)
