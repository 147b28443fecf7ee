"""Counts the instructions a program takes, which a busy machine doesn't change."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

AWS = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def missing_tool() -> str:
    """Return why nothing can be counted here, or nothing."""
    return "" if shutil.which("valgrind") else "valgrind isn't installed (apt-get install valgrind)"


def isolated(paths: Sequence[Path], more: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which only these trees can be imported, and nothing is cached."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **AWS,
        **more,
    }


def interpreter() -> list[str]:
    """Return the Python below any virtual environment, started without its site-packages."""
    return [getattr(sys, "_base_executable", sys.executable), "-S"]


def counted(program: str, paths: Sequence[Path], more: Mapping[str, str]) -> int:
    """Run a program under cachegrind with these trees on its path and count its instructions."""
    valgrind = [
        "valgrind",
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
    ]
    run = subprocess.run(
        [*valgrind, *interpreter(), "-c", program],
        env=isolated(paths, more),
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
    if found is None:
        raise RuntimeError(run.stderr)
    return int(found[1].replace(",", ""))
