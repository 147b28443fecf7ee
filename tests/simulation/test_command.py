"""The command runs what once failed before anything else, in every kind of world."""

import sys

import pytest

from tests.simulation import __main__ as command


@pytest.mark.parametrize("name", command.WORLDS)
def test_every_run_begins_with_the_seeds_that_once_failed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds, tried = command.WORLDS[name], list[int]()

    def noted(of: command.Worlds, seeds: list[int]) -> int:
        assert of is worlds
        tried.extend(seeds)
        return 0

    monkeypatch.setattr(command, "_seeds", noted)
    monkeypatch.setattr(sys, "argv", ["simulation", "--seeds", "2", *worlds.option.split()])

    assert command.main() == 0
    assert tried == [*command.failed_seeds(worlds), 0, 1]
    assert len(tried) > 2
