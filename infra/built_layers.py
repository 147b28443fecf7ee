"""What the template runs on, and what the layers that were built last are for."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}  # Lambda's word -> Python's


class Runs(NamedTuple):
    """Where functions run, in Lambda's words."""

    runtime: str  # python3.13
    architecture: str  # x86_64 or arm64

    @property
    def stamp(self) -> str:
        """Return what a layer built for it says in its stamp."""
        return f"{self.runtime} {MACHINES[self.architecture]}"


def deployed_on(template: Path = ROOT / "template.yaml") -> Runs:
    """Return what the template says under Globals: the one place that says it."""
    text = template.read_text()
    (runtime,) = re.findall(r"(?m)^    Runtime: (python3\.\d+)\b", text)
    (architecture,) = re.findall(r"(?m)^    Architectures: \[(\w+)\]", text)
    return Runs(runtime, architecture)


def stale_layers(built: Path, runs: Runs) -> dict[str, str]:
    """Return the built layers that aren't for it, and what each is for instead."""
    stamps = built.glob("*Layer/python/built_for/*")
    built_for = {stamp.name: stamp.read_text().strip() for stamp in stamps}
    return {layer: one for layer, one in built_for.items() if one != runs.stamp}
