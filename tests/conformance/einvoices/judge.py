"""Ask the judge's environment what files break, and tell failures from warnings."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-judge/bin/python"
RULES = Path(__file__).with_name("rules.py")
WARNINGS = {"warning", "warn", "information", "info"}


class NoJudge(Exception):
    """The environment of the official rules isn't there."""


class Failure(NamedTuple):
    """A rule that a file breaks."""

    rule_set: str
    id: str
    flag: str
    text: str

    @property
    def is_fatal(self) -> bool:
        """Tell a failure from a warning, which most rules of syntax binding are."""
        return self.flag.lower() not in WARNINGS


def judged(asked: dict[Path, list[str]]) -> dict[Path, list[Failure]]:
    """Return what each file breaks of its sets of rules.

    Raises NoJudge where the packages that carry the rules aren't installed.
    """
    if not PYTHON.exists():
        raise NoJudge(f"{PYTHON.relative_to(ROOT)} isn't there: make judge-invoices makes it")
    done = subprocess.run(
        [str(PYTHON), "-I", str(RULES)],
        input=json.dumps({str(file): rule_sets for file, rule_sets in asked.items()}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 2:
        raise NoJudge(done.stderr.strip())
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout)
    return {Path(file): [Failure(**one) for one in failures] for file, failures in found.items()}
