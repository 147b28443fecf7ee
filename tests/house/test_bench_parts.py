"""Every part that `make bench` measures is there: nobody runs it every day."""

from importlib.util import find_spec

import pytest

from bench.__main__ import PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_bench_is_there(part: str) -> None:
    assert find_spec(f"bench.{part}") is not None
