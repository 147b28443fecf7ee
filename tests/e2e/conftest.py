"""One embedded stack for all e2e tests, on ports of its own, beside any that a person runs."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from cli.stack import choose
from infra import stack as stacks
from infra.demo.result import Result
from infra.demo.run import run_demo
from infra.local.embedded import embedded_stack
from infra.local.place import Place
from infra.stack import Stack
from tests.e2e.processes import in_sessions

LAST = str(Path(__file__).with_name("test_api_schema.py"))
WITHOUT_STACK = ("test_layers.py", "test_leaving.py")


class BesideTheStack(LoadScopeScheduling):
    """Lets one worker have the stack to itself, and the other what needs none."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.partition("::")[0].endswith(WITHOUT_STACK) else "stack"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BesideTheStack:
    """Share the tests out so, however they are asked for."""
    return BesideTheStack(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark everything here."""
    item.add_marker(pytest.mark.e2e)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those be the last that leave policies and orders behind."""
    items.sort(key=lambda item: str(item.path) == LAST)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where the tests' stack runs."""
    return Place(free_port(), free_port(), home=tmp_path_factory.mktemp("kassa"))


@pytest.fixture(scope="session")
def stack(place: Place) -> Iterator[Stack]:
    """Start the stack as `kassa up` does; in the end see that nothing is left of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KASSA_STATE", str(place.home / "stack.json"))
        with embedded_stack(place, os.getpid(), print) as ready:
            stacks.write(ready)
            choose(None)
            yield ready
    choose(None)
    assert in_sessions({ready.pids["emulator"], ready.pids["gateway-stripe"]}) == []
    assert list(place.home.glob("run-*")) == []


@pytest.fixture(scope="session")
def result(stack: Stack, place: Place) -> Result:
    """Play the demo once, as `kassa up` does."""
    return run_demo(stack, place.home / "output", print)
