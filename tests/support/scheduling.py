"""Which worker plays which tests: one has the embedded stack, the others play file by file.

So all cores are used while the stack waits, and what a file's tests share is made once.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

STACK = "tests/e2e/"
WITHOUT_STACK = ("test_layers.py", "test_leaving.py")  # of those; one starts stacks of its own
LONGEST = (STACK, "tests/reports/")  # these begin, so that none of them is left over in the end


class BesideTheStack(LoadScopeScheduling):
    """Shares tests out by file, all that need the stack together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        needs_stack = file.startswith(STACK) and not file.endswith(WITHOUT_STACK)
        return STACK if needs_stack else file


def scheduler(config: pytest.Config, log: Any) -> BesideTheStack | None:
    """Share tests out so where they are to be shared by scope."""
    return BesideTheStack(config, log) if config.getvalue("dist") == "loadscope" else None


def longest_first(items: list[pytest.Item]) -> None:
    """Let the longest begin; all else stays in its order."""
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in LONGEST])
