"""README says how many tests there are; only a run of all of them can see if that is so."""

import re

import pytest

from tests.support.template import ROOT

PASSED = re.findall(r"^=+ (\d+) passed(?:, (\d+) skipped)?", (ROOT / "README.md").read_text(), re.M)


def test_readme_says_how_many_tests_there_are(request: pytest.FixtureRequest) -> None:
    stated, there = sum(int(number or 0) for number in PASSED[0]), len(request.session.items)
    if there < stated / 2:
        pytest.skip("only a run of all tests can say how many there are")

    assert abs(there - stated) <= stated / 20, f"tell in README's `make test` of {there}"
