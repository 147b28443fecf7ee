"""Copied into each scratch as its conftest: quick tests go first, since most mistakes fall to them.

What a test took without a mistake stands in what mutmut noted before it planted any.
"""

import json
from pathlib import Path

import pytest

_NOTED = Path("mutmut-stats.json")  # mutmut runs pytest in the folder that it writes this to


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by what each test took; none is sorted while that is still being measured."""
    if _NOTED.exists():
        took_s = json.loads(_NOTED.read_text())["duration_by_test"]
        items.sort(key=lambda item: took_s.get(item.nodeid, 0.0))
