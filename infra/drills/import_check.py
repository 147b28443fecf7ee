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

# One after the other in one process, which reads what they share once: with the same layers, what
# one finds the next finds too. What stands in a function's own folder is forgotten after it.
IMPORT = """
import sys
layers = sys.argv[1].split("\\n")
for code in sys.argv[2:]:
    sys.path[:0] = [code, *layers]
    import app
    assert app.lambda_handler, code
    del sys.path[:1 + len(layers)]
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").startswith(code + "/"):
            del sys.modules[name]
"""
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
    functions = {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource.get("Type") == "AWS::Serverless::Function"
    }
    for layers, names in by_layers(functions, common).items():
        codes = [(build / functions[name]["CodeUri"]).resolve() for name in names]
        import_all(python, codes, [build / layer / "python" for layer in layers])
    return list(functions)


def by_layers(
    functions: dict[str, Any], common: list[dict[str, str]]
) -> dict[tuple[str, ...], list[str]]:
    """Return the functions that have each set of layers, by name."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(functions):
        found.setdefault(tuple(layers_of(functions[name], common)), []).append(name)
    return found


def import_all(python: str, codes: list[Path], layers: list[Path]) -> None:
    """Import functions of the same layers, isolated from the environment and installed packages."""
    command = [python, "-I", "-S", "-B", "-c", IMPORT, "\n".join(map(str, layers))]
    known = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        [*command, *map(str, codes)],
        env=known | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DemoError(f"a function can't be imported with its own layers alone:\n{done.stderr}")
