"""Writes what this code stores, for later releases to be tested on: -m tests.releases.write NAME.

Run it once, on the commit that is released. Tests are how the stack is made here, so what writes
stands in `writing.py` as tests that are only run by this.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Write the folder NAME beside this file; one that is there already is never written again."""
    (name,) = sys.argv[1:]
    if (HERE / name).exists():
        print(f"{name} is written: a release's fixtures never change", file=sys.stderr)  # noqa: T201
        return 1
    (HERE / name).mkdir()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", str(HERE / "writing.py")]
    environment = os.environ | {"KASSA_RELEASE": name}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
