"""Every part that `make bench` measures is there: nobody runs it every day."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.__main__ import PARTS
from bench.programs import run


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_bench_is_there(part: str) -> None:
    assert find_spec(f"bench.{part}") is not None


def test_the_report_that_is_measured_says_what_bare_queries_say(tmp_path: Path) -> None:
    run("reporting.archive", str(tmp_path), "200")

    ours, bare = (run(f"reporting.{name}", str(tmp_path)) for name in ("ours", "bare"))
    assert ours["gross"]
    assert ours["gross"] == bare["gross"]
