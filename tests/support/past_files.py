"""A past that comes from a CSV: the account whose rows a mapping reads, and the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.aws_stack import Stack
from tests.support.builders import OPERATOR
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS
from tests.support.gateway_stage import Stage
from tests.support.past_stage import happen, past


@contextmanager
def mapped_past(
    document: dict[str, Any], stack: Stack, fake_clock: FakeClock, patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Connect an account whose past a mapping reads."""
    with past("standard", stack, fake_clock, patch) as stage:
        happen(stage, SCENARIOS["pay"])
        mapping = read_mapping(document).mapping
        assert mapping is not None
        mappings.save("standard", "main", mapping, OPERATOR)
        mappings.forget()
        yield stage


def written(folder: Path, text: str) -> str:
    """Write a file of a past and return where it is."""
    file = folder / "past.csv"
    file.write_text(text)
    return str(file)
