"""What holds for every test: properties have no deadline, since timings are noisy everywhere.

And they try the same examples for everybody, so that a change fails by what it changed alone.
What no example has shown yet is looked for at random by `make properties`, every night; what
that finds becomes an example, or a test of its own, for good.
"""

import gc
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import Phase, settings

from tests.support.aws_stack import context as context
from tests.support.aws_stack import fake_clock as fake_clock
from tests.support.aws_stack import stack as stack
from tests.support.intake import intake as intake
from tests.support.scheduling import longest_first, scheduler
from tests.support.summary_alone import summary_alone as summary_alone

MEMORY, ROOM = Path("/dev/shm"), 2 << 30


def _is_in_memory() -> bool:
    """Say whether there is a folder in memory, with room and for libraries of layers too."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return False
    mounted = os.statvfs(MEMORY)
    room = mounted.f_bavail * mounted.f_frsize
    return room > ROOM and not mounted.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK)


if _is_in_memory():  # a disk makes and removes tens of thousands of small files ten times slower
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

gc.disable()  # a fifth of what finding all tests takes: next to nothing of it is ever garbage
stripe.enable_telemetry = False  # it would write an id into HOME
# What Stripe's client tries again, such as at a gateway that isn't there, it tries again at once.
stripe.HTTPClient.INITIAL_DELAY, stripe.HTTPClient.MAX_DELAY = 0.0, 0

settings.register_profile("kassa", deadline=None, derandomize=True)
settings.register_profile(  # prints how to play what failed again
    "search",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "100")),
    print_blob=True,
)
settings.register_profile(  # against each planted mistake: few examples, the same, not made small
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("kassa")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Share the tests out beside the embedded stack."""
    return scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest begin."""
    longest_first(items)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a worker send what is counted or failed: the rest is a third of what running it costs."""
    for plugin in session.config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            plugin.sendevent = partial(_send, plugin.sendevent)


def _send(send: Callable[..., None], name: str, **event: Any) -> None:
    report = event.get("data", {}) if name == "testreport" else {}
    is_around = report.get("when") in ("setup", "teardown") and report["outcome"] == "passed"
    if name != "logstart" and not is_around:
        send(name, **event)


def pytest_collection_finish() -> None:
    """Collect what the tests leave, and look no more at the modules and tests themselves.

    Else every full collection looks at two million objects that stay: an eighth of all the time.
    """
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Let the interpreter clear up at its end as ever, once pytest has looked for what is left."""
    gc.unfreeze()
