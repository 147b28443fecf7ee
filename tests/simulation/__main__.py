"""The command: `python -m tests.simulation --seeds 2000`, and how a failing seed is replayed.

With `--orders` the worlds are those of orders and the pages where customers pay, with `--numbers`
those in which documents are numbered, with `--deliveries` those in which people are told.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "layers/common")) if path not in sys.path]

from tests.simulation.checkouts import coverage as order_coverage  # noqa: E402
from tests.simulation.checkouts import mutants as order_mutants  # noqa: E402
from tests.simulation.checkouts import runs as order_runs  # noqa: E402
from tests.simulation.deliveries import coverage as delivery_coverage  # noqa: E402
from tests.simulation.deliveries import mutants as delivery_mutants  # noqa: E402
from tests.simulation.deliveries import runs as delivery_runs  # noqa: E402
from tests.simulation.engine.coverage import Situations, never_met  # noqa: E402
from tests.simulation.engine.mutants import Mutant, first_catch  # noqa: E402
from tests.simulation.engine.runs import Result  # noqa: E402
from tests.simulation.numbering import coverage as number_coverage  # noqa: E402
from tests.simulation.numbering import mutants as number_mutants  # noqa: E402
from tests.simulation.numbering import runs as number_runs  # noqa: E402
from tests.simulation.payments import coverage, enumerations, runs  # noqa: E402
from tests.simulation.payments.mutants import catalog as mutants  # noqa: E402

_FINDINGS_SHOWN = 10
_SCHEDULE_SHOWN = 100  # lines; a replay shows all


class Worlds(NamedTuple):
    """What is simulated: how a seed runs, what must happen somewhere, what is planted."""

    option: str
    run: Callable[[int], Result]
    situations: Situations
    mutants: tuple[Mutant, ...]
    failed_seeds: Path


HERE = Path(__file__).parent
PAYMENTS = Worlds(
    "", runs.run, coverage.SITUATIONS, mutants.MUTANTS, HERE / "payments" / "failed_seeds.txt"
)
ORDERS = Worlds(
    " --orders",
    order_runs.run,
    order_coverage.SITUATIONS,
    order_mutants.MUTANTS,
    HERE / "checkouts" / "failed_seeds.txt",
)
NUMBERS = Worlds(
    " --numbers",
    number_runs.run,
    number_coverage.SITUATIONS,
    number_mutants.MUTANTS,
    HERE / "numbering" / "failed_seeds.txt",
)
DELIVERIES = Worlds(
    " --deliveries",
    delivery_runs.run,
    delivery_coverage.SITUATIONS,
    delivery_mutants.MUTANTS,
    HERE / "deliveries" / "failed_seeds.txt",
)
WORLDS = {"orders": ORDERS, "numbers": NUMBERS, "deliveries": DELIVERIES, "payments": PAYMENTS}


def main() -> int:
    """Run what was asked for; 0 when nothing was found."""
    arguments = _arguments()
    which = next((name for name in list(WORLDS)[:-1] if vars(arguments)[name]), "payments")
    worlds = WORLDS[which]
    if arguments.seed is not None:
        return _replay(worlds, arguments.seed)
    if arguments.mutants:
        return _mutants(which, arguments.seeds)
    if arguments.enumerate:
        return _enumerate()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    return _seeds(worlds, [*failed_seeds(worlds), *seeds])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many seeds (default 500)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (default 0)")
    parser.add_argument("--seed", type=int, help="replay one seed and print its schedule")
    parser.add_argument("--mutants", action="store_true", help="plant each mistake; all caught?")
    parser.add_argument("--orders", action="store_true", help="simulate orders and their pages")
    parser.add_argument("--numbers", action="store_true", help="simulate numbering of documents")
    parser.add_argument("--deliveries", action="store_true", help="simulate who is told of facts")
    parser.add_argument(
        "--enumerate", action="store_true", help="all single faults of three lifecycles"
    )
    return parser.parse_args()


def failed_seeds(worlds: Worlds = PAYMENTS) -> list[int]:
    """Return every seed that ever failed; they are replayed for ever."""
    lines = worlds.failed_seeds.read_text().splitlines()
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _replay(worlds: Worlds, seed: int) -> int:
    result = worlds.run(seed)
    for line in result.trace:
        _print(line)
    _print_findings(result)
    _print(f"seed {seed}: {len(result.findings)} findings, trace {result.trace_hash}")
    return 1 if result.findings else 0


def _print_findings(result: Result) -> None:
    for finding in result.findings[:_FINDINGS_SHOWN]:
        _print(f"seed {result.seed}: {finding}")


def _seeds(worlds: Worlds, seeds: list[int]) -> int:
    seen: Counter[str] = Counter()
    calls, failed = 0, []
    for number, result in enumerate(_results(worlds, seeds), 1):
        seen += result.seen
        calls += result.calls
        if result.findings:
            failed.append(result.seed)
            _print("\n".join(result.trace[-_SCHEDULE_SHOWN:]))
            _print_findings(result)
            _print(
                f"replay it with: python -m tests.simulation{worlds.option} --seed {result.seed}"
            )
        if number % 250 == 0:
            _print(f"{number} of {len(seeds)} seeds, {calls} calls, {len(failed)} failed")
    for situation in sorted(seen):
        _print(f"{seen[situation]:>9}  {situation}")
    missed = never_met(seen, len(seeds), worlds.situations)
    for situation in missed:
        _print(f"never happened in the whole run: {situation}")
    _print(f"{len(seeds)} seeds, {calls} calls, {len(failed)} failed: {failed[:20]}")
    return 1 if failed or missed else 0


def _results(worlds: Worlds, seeds: list[int]) -> Iterator[Result]:
    """Run seeds on every core; a seed knows nothing of the others, so which core doesn't matter."""
    with ProcessPoolExecutor(os.cpu_count()) as cores:
        yield from cores.map(_result, repeat(worlds.run), seeds, chunksize=10)


def _result(run: Callable[[int], Result], seed: int) -> Result:
    """Run a seed; of one that found nothing, the schedule is left behind."""
    result = run(seed)
    return result if result.findings else result._replace(trace=[], possible=[])


def _mutants(which: str, seeds: int) -> int:
    worlds = WORLDS[which]
    uncaught, numbers = 0, range(len(worlds.mutants))
    with ProcessPoolExecutor(os.cpu_count()) as cores:
        tried = cores.map(_caught, repeat(which), numbers, repeat(seeds))
        for mutant, caught in zip(worlds.mutants, tried, strict=True):
            uncaught += caught is None
            _print(f"{mutant.name:<45} {(caught or 'NOT CAUGHT')[:110]}")
    _print(f"{len(numbers) - uncaught} of {len(numbers)} caught")
    return 1 if uncaught else 0


def _caught(which: str, number: int, seeds: int) -> str | None:
    """Plant a mistake; say which seed shows it first, and how.

    One that doesn't fit what it replaces breaks before anybody looks: that catches nothing.
    """
    worlds = WORLDS[which]  # mistakes can't be sent to another process
    caught = first_catch(worlds.mutants[number], seeds, worlds.run)
    if caught is None or any("broke with TypeError" in one for one in caught.findings):
        return None
    return f"seed {caught.seed:>3}: {caught.findings[0]}"


def _enumerate() -> int:
    failed = 0
    for lifecycle in enumerations.LIFECYCLES:
        plain, singles = enumerations.single_faults(lifecycle)
        failed += len(plain.findings)
        with ProcessPoolExecutor(os.cpu_count()) as cores:
            tried = cores.map(enumerations.found_with, singles, repeat(plain.ended), chunksize=10)
            for single, found in zip(singles, tried, strict=True):
                if found:
                    failed += 1
                    _print(f"{lifecycle}, call {single.number}, {single.fault}: {found[0]}")
        _print(f"{lifecycle}: {len(singles) + 1} runs")
    _print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
