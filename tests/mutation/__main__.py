"""Plant every small mistake that mutmut knows in the refunds, one at a time; the tests must see it.

Prints a score for each file. Exits 1 below 85 % in all, or where a mistake survives that isn't
listed in `survivors.yaml` with the reason why it can't matter.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from typing import NamedTuple

import yaml

from tests.mutation.scratch import MUTATED, ROOT, SCRATCH, make

GOAL = 85.0
LISTED = ROOT / "tests" / "mutation" / "survivors.yaml"
SEEN = {1, 3, 24, -24, 36, 152, 255}  # what mutmut notes of a mutant that failed or hung its tests


class Mutant(NamedTuple):
    """A planted mistake: where, and which line became which."""

    function: str
    was: str
    becomes: str


def main() -> int:
    """Plant, count, compare."""
    began = time.monotonic()
    make()
    environment = os.environ | {"CI": "1", "PYTHONHASHSEED": "0"}  # the same examples every time
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 2)]
    with (SCRATCH / "mutmut.log").open("w") as log:
        subprocess.run(command, cwd=SCRATCH, env=environment, stdout=log, stderr=log, check=True)
    os.chdir(SCRATCH)
    verdicts = {name: _verdicts(name) for name in MUTATED}
    score = _print_scores(verdicts)
    known = {Mutant(*one["mutant"]) for one in yaml.safe_load(LISTED.read_text()) or []}
    survivors = [n for each in verdicts.values() for n, code in each.items() if code not in SEEN]
    found = {mutant: name for name in survivors for mutant in [_described(name)]}
    for mutant in sorted(found.keys() - known):
        say(f"\nsurvived, not listed ({found[mutant]}):\n- mutant: {json.dumps(mutant)}")
    for mutant in sorted(known - found.keys()):
        say(f"\nlisted, but caught by now or no more there: {json.dumps(mutant)}")
    say(f"\n{score:.1f} % of {sum(map(len, verdicts.values()))} mistakes seen")
    say(f"(at least {GOAL:g} %), {len(found)} kinds survived, {time.monotonic() - began:.0f} s")
    return int(score < GOAL or bool(found.keys() - known))


def _verdicts(name: str) -> dict[str, int | None]:
    path = SCRATCH / "mutants" / "src" / "kassa" / f"{name}.meta"
    verdicts: dict[str, int | None] = json.loads(path.read_text())["exit_code_by_key"]
    return verdicts


def _print_scores(verdicts: dict[str, dict[str, int | None]]) -> float:
    """Print how many mistakes in each file were seen; return the share of all."""
    total: Counter[bool] = Counter()
    for name, each in verdicts.items():
        seen = Counter(code in SEEN for code in each.values())
        total += seen
        say(f"{name:32} {seen[True]:4} of {len(each):4}  {100 * seen[True] / len(each):5.1f} %")
    return 100 * total[True] / total.total()


def _described(name: str) -> Mutant:
    """Say which line of which function became which; mutmut's own numbers shift with each edit."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    lines = get_diff_for_mutant(name).splitlines()
    was = [line[1:].strip() for line in lines if line.startswith("-") and line[:3] != "---"]
    becomes = [line[1:].strip() for line in lines if line.startswith("+") and line[:3] != "+++"]
    function = name.removeprefix("kassa.").partition("__mutmut_")[0]
    return Mutant(function, " / ".join(was), " / ".join(becomes))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
