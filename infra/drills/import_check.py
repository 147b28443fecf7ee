"""Imports every function with nothing but its own built layers, on the runtime's own Python.

The emulator's packages lie on the same path as the layers there, so a package that a layer
forgot would only be missed on Lambda. This looks at what `sam build` made, as Lambda would.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

from infra.local.errors import DemoError
from layers import build_layer

IMPORT = "import sys; sys.path[:0] = sys.argv[1:]; import app; assert app.lambda_handler"
ENVIRONMENT = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-west-1"}


def find_python() -> str | None:
    """Return the Python that the layers were built for, if it is here."""
    return build_layer.find_compiler()


def layers_of(function: dict[str, Any], common: list[dict[str, str]]) -> list[str]:
    """Return the logical ids of a function's layers."""
    return [layer["Ref"] for layer in [*common, *function.get("Layers", [])]]


def import_functions(build: Path, python: str) -> list[str]:
    """Import every function of a build and return their names; the first failure is a DemoError."""
    template = yaml.safe_load((build / "template.yaml").read_text())
    common = template["Globals"]["Function"]["Layers"]
    imported = []
    for name, resource in template["Resources"].items():
        if resource.get("Type") == "AWS::Serverless::Function":
            layers = layers_of(resource["Properties"], common)
            code = (build / resource["Properties"]["CodeUri"]).resolve()
            import_one(python, name, [code, *(build / layer / "python" for layer in layers)])
            imported.append(name)
    return imported


def import_one(python: str, name: str, path: list[Path]) -> None:
    """Import one function, isolated from the environment and from installed packages."""
    command = [python, "-I", "-S", "-B", "-c", IMPORT, *map(str, path)]
    known = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        command, env=known | ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DemoError(f"{name} can't be imported with its own layers alone:\n{done.stderr}")
