"""A few seeds of the fault simulation; `make simulate` runs thousands, what once failed first."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from tests.simulation.engine.coverage import never_met
from tests.simulation.engine.faults import CALM, INJECTED, Fault
from tests.simulation.engine.mutants import first_catch
from tests.simulation.payments import runs
from tests.simulation.payments.coverage import SITUATIONS
from tests.simulation.payments.enumerations import LIFECYCLE_SEED, one_lifecycle
from tests.simulation.payments.mutants.catalog import MUTANTS
from tests.simulation.payments.world import World
from tests.simulation.refunds import lifecycles as refund_lifecycles

ROOT = Path(__file__).parents[3]
SEEDS = 50  # within which a planted mistake shows
TRIED = 2
EACH = 50  # of the writes at which `make enumerate` tries every fault


def test_nothing_is_lost_doubled_or_unexplained_whatever_fails() -> None:
    for seed in range(TRIED):
        result = runs.run(seed)
        assert result.findings == [], f"python -m tests.simulation --seed {seed}"


def test_the_same_seed_gives_the_same_trace_in_any_process() -> None:
    code = "from tests.simulation.payments import runs;print(runs.run(3).trace_hash)"
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers/common")])
    theirs = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert theirs.stdout.strip() == runs.run(3).trace_hash


def test_a_calm_lifecycle_takes_no_retries_and_leaves_no_findings() -> None:
    result = runs.run(LIFECYCLE_SEED, CALM, begin=one_lifecycle)
    assert result.findings == []
    assert not [fault for fault in INJECTED if result.seen[fault]]


@pytest.mark.parametrize("lifecycle", [refund_lifecycles.by_policy, refund_lifecycles.by_people])
def test_a_crash_at_any_write_of_a_refund_changes_nothing(
    lifecycle: Callable[[World], None],
) -> None:
    plain = runs.run(LIFECYCLE_SEED, CALM, begin=lifecycle)
    assert plain.findings == []
    assert set(plain.ended.values()) == {"paid"}
    writes = [n for n, possible in enumerate(plain.possible) if Fault.REPEATED in possible]
    for number in writes[::EACH]:
        result = runs.run(LIFECYCLE_SEED, CALM, {number: Fault.CRASH_AFTER}, begin=lifecycle)
        assert (result.findings, result.ended) == ([], plain.ended), number


@pytest.mark.parametrize("fault", [Fault.CRASH_AFTER, Fault.LANDS_LATE, Fault.REPEATED])
def test_a_fault_at_any_write_of_the_books_changes_nothing(fault: Fault) -> None:
    plain = runs.run(LIFECYCLE_SEED, CALM, begin=one_lifecycle)
    writes = [n for n, possible in enumerate(plain.possible) if Fault.CONFLICT in possible]
    for number in writes[::EACH]:
        result = runs.run(LIFECYCLE_SEED, CALM, {number: fault}, begin=one_lifecycle)
        assert result.findings == [], (number, fault)


@pytest.mark.parametrize(
    "name",
    [
        "dedupe before the effect",
        "publish only once",
        "a reservation is never consumed",
    ],
)
def test_the_checks_see_a_planted_mistake(name: str) -> None:
    (mutant,) = [mutant for mutant in MUTANTS if mutant.name == name]
    assert first_catch(mutant, SEEDS, runs.run) is not None


def test_a_situation_that_never_occurred_is_named() -> None:
    seen = Counter(dict.fromkeys(chain(*SITUATIONS.values()), 1))
    seen["timed out"] = seen["escalated: undone"] = 0
    assert never_met(seen, 50, SITUATIONS) == []
    assert never_met(seen, 200, SITUATIONS) == ["timed out"]
    assert never_met(seen, 2000, SITUATIONS) == ["timed out", "escalated: undone"]
