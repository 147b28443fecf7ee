"""Runs one of the bench's programs in a process of its own, so that its memory is its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(program: str, *arguments: str, python: str = sys.executable) -> dict[str, float]:
    """Return what a program measured, its last line; nothing where it only makes something."""
    path = os.pathsep.join(map(str, (ROOT, ROOT / "layers" / "common")))
    answer = subprocess.run(
        [python, "-m", f"bench.{program}", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    lines = answer.stdout.splitlines()
    measured: dict[str, float] = json.loads(lines[-1]) if lines else {}
    return measured
