"""Plant every small mistake that mutmut knows in the rules, one at a time; the tests must see it.

Prints a score for each file. Exits 1 below 90 % in one or 95 % in all, or where a mistake survives
that isn't listed in `survivors.yaml` with the reason why it can't matter. By default the rules are
mutated; `--nightly` does the operations, and `--only ledger/booking.py` does one module.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from tests.mutation.scratch import PARTS, ROOT, Part, make

GOAL, GOAL_IN_ALL = 90.0, 95.0
LISTED = ROOT / "tests" / "mutation" / "survivors.yaml"
SEEN = {1, 3, 24, -24, 36, 152, 255}  # what mutmut notes of a mutant that failed or hung its tests

Verdicts = dict[str, int | None]


class Mutant(NamedTuple):
    """A planted mistake: where, and which line became which."""

    function: str
    was: str
    becomes: str


def main() -> int:
    """Plant, count, compare."""
    began = time.monotonic()
    verdicts: dict[str, Verdicts] = {}
    found: dict[Mutant, str] = {}
    for part in _chosen_parts():
        planted = _plant(part)
        found |= dict(_survivors(part, planted))
        verdicts |= planted
    lowest, in_all = _print_scores(verdicts)
    known = {Mutant(*one["mutant"]) for one in yaml.safe_load(LISTED.read_text()) or []}
    known = {one for one in known if _module(one.function) in verdicts}
    for mutant in sorted(found.keys() - known):
        show(f"\nsurvived, not listed ({found[mutant]}):\n- mutant: {json.dumps(mutant)}")
    for mutant in sorted(known - found.keys()):
        show(f"\nlisted, but caught by now or no more there: {json.dumps(mutant)}")
    show(f"\n{in_all:.1f} % of {sum(map(len, verdicts.values()))} mistakes seen")
    show(f"(at least {GOAL_IN_ALL:g} %, and {GOAL:g} % in each module)")
    show(f"{len(found)} kinds survived, {time.monotonic() - began:.0f} s")
    return int(lowest < GOAL or in_all < GOAL_IN_ALL or bool(found.keys() - known))


def _chosen_parts() -> Iterator[Part]:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="a module or part")
    parser.add_argument("--nightly", action="store_true", help="the operations, in the night")
    chosen = parser.parse_args()
    for part in PARTS:
        names = {part.name, *part.modules} if not chosen.only else set(chosen.only)
        modules = (
            part.modules if part.name in names else tuple(n for n in part.modules if n in names)
        )
        if modules and (chosen.only or part.is_nightly == chosen.nightly):
            yield part._replace(modules=modules)


def _plant(part: Part) -> dict[str, Verdicts]:
    """Run the part's tests against each mistake, and return what became of it, by module."""
    make(part)
    environment = os.environ | {"CI": "1", "PYTHONHASHSEED": "0"}  # the same examples every time
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 2)]
    log_path = part.scratch / "mutmut.log"
    with log_path.open("w") as log:
        ran = subprocess.run(command, cwd=part.scratch, env=environment, stdout=log, stderr=log)
    if ran.returncode:
        show(log_path.read_text()[-3000:])
        raise SystemExit(f"{part.name}: the tests don't pass without a mistake ({log_path})")
    return {name: _verdicts(part, name) for name in part.modules}


def _verdicts(part: Part, name: str) -> Verdicts:
    path = part.scratch / "mutants" / "src" / "kassa" / f"{name}.meta"
    verdicts: Verdicts = json.loads(path.read_text())["exit_code_by_key"]
    return verdicts


def _print_scores(verdicts: dict[str, Verdicts]) -> tuple[float, float]:
    """Print how many mistakes in each file were seen; return the lowest share, and that of all."""
    total, shares = Counter[bool](), [100.0]
    for name, each in verdicts.items():
        seen = Counter(code in SEEN for code in each.values())
        total += seen
        if each:
            shares.append(100 * seen[True] / len(each))
            show(f"{name:36} {seen[True]:4} of {len(each):4}  {shares[-1]:5.1f} %")
    return min(shares), 100 * total[True] / total.total()


def _survivors(part: Part, verdicts: dict[str, Verdicts]) -> Iterator[tuple[Mutant, str]]:
    """Say which line of which function became which; mutmut's own numbers shift with each edit."""
    from mutmut.configuration import reset_config
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    os.chdir(part.scratch)
    reset_config()  # it keeps the first part's
    for name in (n for each in verdicts.values() for n, code in each.items() if code not in SEEN):
        lines = get_diff_for_mutant(name).splitlines()
        was = [line[1:].strip() for line in lines if line.startswith("-") and line[:3] != "---"]
        becomes = [line[1:].strip() for line in lines if line.startswith("+") and line[:3] != "+++"]
        function = name.removeprefix("kassa.").partition("__mutmut_")[0]
        yield Mutant(function, " / ".join(was), " / ".join(becomes)), name


def _module(function: str) -> str:
    """Return the file of a function, as parts name it."""
    return function.partition(".x")[0].replace(".", "/") + ".py"


def show(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
