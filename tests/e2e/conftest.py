"""One embedded stack for all e2e tests, on ports of its own, beside any that a person runs."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from unittest.mock import patch

import pytest

from cli.stack import choose
from infra import stack as stacks
from infra.demo.result import Result
from infra.demo.run import run_demo
from infra.local.embedded import embedded_stack
from infra.local.place import Place
from infra.stack import Stack
from tests.e2e.processes import in_sessions

# Below those that systems give to clients; a stack takes a few in a row.
PORTS = range(20_000, 32_000, 16)
_left = random.SystemRandom().sample(PORTS, len(PORTS))
LAST = str(Path(__file__).with_name("test_api_schema.py"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark everything here."""
    item.add_marker(pytest.mark.e2e)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those be the last that leave policies and orders behind."""
    items.sort(key=lambda item: str(item.path) == LAST)


def free_port() -> int:
    """Return a port that nobody listens on, nor on the next ones, and no client is given."""
    while _left:
        first = _left.pop()  # so that nobody is given the same twice
        with ExitStack() as probes, suppress(OSError):
            for port in range(first, first + PORTS.step):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    pytest.fail("no ports are free")


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where the tests' stack runs."""
    return Place(free_port(), free_port(), home=tmp_path_factory.mktemp("kassa"))


@pytest.fixture(scope="package")
def stack(place: Place) -> Iterator[Stack]:
    """Start the stack as `kassa up` does; in the end see that nothing is left of it.

    Nor of the environment that commands take from it: other tests follow in this process.
    """
    kept = {"KASSA_STATE": str(place.home / "stack.json")}
    with patch.dict(os.environ, kept), embedded_stack(place, os.getpid(), print) as ready:
        stacks.write(ready)
        choose(None)
        yield ready
    choose(None)
    assert in_sessions({ready.pids["emulator"], ready.pids["gateway-stripe"]}) == []
    assert list(place.home.glob("run-*")) == []


@pytest.fixture(scope="package")
def result(stack: Stack, place: Place) -> Result:
    """Play the demo once, as `kassa up` does."""
    return run_demo(stack, place.home / "output", print)
