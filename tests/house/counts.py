"""Counts the house: files and their lines, and small modules that only one other reads.

`python -m tests.house.counts` prints it; the budgets' test holds what it finds.
"""

import sys
from functools import cache
from statistics import median, quantiles

import grimp

from tests.house.closures import file_of
from tests.house.roles import OPERATION, RULES, modules, role

SMALL = 60  # lines; a smaller module with one reader in its room says why it is one


@cache
def lines() -> dict[str, int]:
    """Return how many lines each module of the layer has."""
    return {one: len(file_of(f"kassa.{one}").read_text().splitlines()) for one in modules()}


@cache
def readers() -> dict[str, set[str]]:
    """Return, by module of the layer, who imports it of all that isn't a test."""
    graph = grimp.build_graph("kassa", "functions", "cli", "infra", cache_dir=None)
    return {one: graph.find_modules_that_directly_import(f"kassa.{one}") for one in modules()}


def with_one_reader() -> dict[str, str]:
    """Return the modules that one other module of their own room reads, and nobody else."""
    single = {one: next(iter(by)) for one, by in readers().items() if len(by) == 1}
    return {one: by for one, by in single.items() if by.split(".")[:2] == ["kassa", _room(one)]}


def crumbs() -> dict[str, str]:
    """Return small modules that could stand in the one that reads them: both may touch the same."""
    found = {one: by.removeprefix("kassa.") for one, by in with_one_reader().items()}
    return {one: by for one, by in found.items() if lines()[one] < SMALL and _may_join(one, by)}


def _may_join(module: str, reader: str) -> bool:
    """A rule stays out of what touches AWS; stores, vendors' files and routes are what they are."""
    return role(module) in (RULES, OPERATION) and role(module) == role(reader)


def _room(module: str) -> str:
    return module.partition(".")[0]


def as_text() -> str:
    """Return the figures as a sentence."""
    sizes, single = sorted(lines().values()), len(with_one_reader())
    return (
        f"{len(sizes)} modules of {sum(sizes)} lines: median {median(sizes):.0f}, p90"
        f" {quantiles(sizes, n=10)[-1]:.0f}, max {sizes[-1]}; {single} with one reader in their"
        f" room and nowhere else, {len(crumbs())} of them crumbs\n"
    )


if __name__ == "__main__":
    sys.stdout.write(as_text())
